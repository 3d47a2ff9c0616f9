"""Canonicalization: pieces of text as they stand in a URL, and URLPatternInit processing.

URL Pattern Standard, 3: https://urlpattern.spec.whatwg.org/#canon
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from ..infra.strings import ascii_lowercase
from ..url.host_serializing import host_serializer
from ..url.url_parsing import basic_url_parser, set_the_password, set_the_username
from ..url.url_parsing_states import (
    fragment_state,
    hostname_state,
    opaque_path_state,
    path_start_state,
    port_state,
    query_state,
)
from ..url.url_representation import SPECIAL_SCHEMES
from ..url.url_serializing import url_path_serializer
from ..url.writing import URLFailure
from .dictionaries import URLPatternInit
from .internals import create_a_dummy_url
from .pattern_strings import escape_a_pattern_string

InitType: TypeAlias = Literal["pattern", "url"]

IPV6_HOSTNAME = re.compile(r"[0-9A-Fa-f:\[\]]*")


# ---- 3.1 Encoding callbacks ----------------------------------------------------------------------


def canonicalize_a_protocol(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-protocol"""
    if not value:
        return value
    try:
        return basic_url_parser(f"{value}://dummy.invalid/").scheme
    except URLFailure:
        raise TypeError(f"Invalid protocol: {value!r}") from None


def canonicalize_a_username(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-username"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    set_the_username(dummy_url, value)
    return dummy_url.username


def canonicalize_a_password(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-password"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    set_the_password(dummy_url, value)
    return dummy_url.password


def canonicalize_a_hostname(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-hostname"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    try:
        basic_url_parser(value, url=dummy_url, state_override=hostname_state)
    except URLFailure:
        raise TypeError(f"Invalid hostname: {value!r}") from None
    return "" if dummy_url.host is None else host_serializer(dummy_url.host)


def canonicalize_an_ipv6_hostname(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-an-ipv6-hostname"""
    if not IPV6_HOSTNAME.fullmatch(value):
        raise TypeError(f"Invalid IPv6 address: {value!r}")
    return ascii_lowercase(value)


def canonicalize_a_port(port_value: str, protocol_value: str | None = None) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-port"""
    if not port_value:
        return port_value
    dummy_url = create_a_dummy_url()
    # DEVIATION: no protocol leaves the scheme "https", whose default port would vanish from "443*".
    # The standard has mended that since, as here: https://github.com/whatwg/urlpattern/pull/286.
    dummy_url.scheme = "" if protocol_value is None else protocol_value
    try:
        basic_url_parser(port_value, url=dummy_url, state_override=port_state)
    except URLFailure:
        raise TypeError(f"Invalid port: {port_value!r}") from None
    return "" if dummy_url.port is None else str(dummy_url.port)


def canonicalize_a_pathname(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-pathname"""
    if not value:
        return value
    leading_slash = value[0] == "/"
    modified_value = value if leading_slash else f"/-{value}"
    dummy_url = create_a_dummy_url()
    dummy_url.path = []
    basic_url_parser(modified_value, url=dummy_url, state_override=path_start_state)
    result = url_path_serializer(dummy_url)
    return result if leading_slash else result[2:]


def canonicalize_an_opaque_pathname(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-an-opaque-pathname"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    dummy_url.path = ""
    try:
        basic_url_parser(value, url=dummy_url, state_override=opaque_path_state)
    except URLFailure:
        raise TypeError(f"Invalid pathname: {value!r}") from None
    return url_path_serializer(dummy_url)


def canonicalize_a_search(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-search"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    dummy_url.query = ""
    basic_url_parser(value, url=dummy_url, state_override=query_state)
    return dummy_url.query


def canonicalize_a_hash(value: str) -> str:
    """https://urlpattern.spec.whatwg.org/#canonicalize-a-hash"""
    if not value:
        return value
    dummy_url = create_a_dummy_url()
    dummy_url.fragment = ""
    basic_url_parser(value, url=dummy_url, state_override=fragment_state)
    return dummy_url.fragment


# ---- 3.2 URLPatternInit processing ---------------------------------------------------------------


def process_a_urlpatterninit(
    init: URLPatternInit, type: InitType, result: URLPatternInit
) -> URLPatternInit:
    """Components with what the base URL has for them; `result` holds the standard's protocol to
    hash that are not null.

    TypeError if the base URL, or a component that is not a pattern, is invalid.

    https://urlpattern.spec.whatwg.org/#process-a-urlpatterninit
    """
    base_url = None
    if "baseURL" in init:
        try:
            base_url = basic_url_parser(init["baseURL"])
        except URLFailure:
            raise TypeError(f"Invalid base URL: {init['baseURL']!r}") from None
        # What is given ends what is inherited: each condition is the one before it and another
        # component.
        inherits = "protocol" not in init
        if inherits:
            result["protocol"] = process_a_base_url_string(base_url.scheme, type)
        inherits_credentials = (
            inherits
            and type != "pattern"
            and init.keys().isdisjoint(("hostname", "port", "username"))
        )
        if inherits_credentials:
            result["username"] = process_a_base_url_string(base_url.username, type)
        if inherits_credentials and "password" not in init:
            result["password"] = process_a_base_url_string(base_url.password, type)
        if inherits := inherits and "hostname" not in init:
            base_host = "" if base_url.host is None else host_serializer(base_url.host)
            result["hostname"] = process_a_base_url_string(base_host, type)
        if inherits := inherits and "port" not in init:
            result["port"] = "" if base_url.port is None else str(base_url.port)
        if inherits := inherits and "pathname" not in init:
            result["pathname"] = process_a_base_url_string(url_path_serializer(base_url), type)
        if inherits := inherits and "search" not in init:
            result["search"] = process_a_base_url_string(base_url.query or "", type)
        if inherits and "hash" not in init:
            result["hash"] = process_a_base_url_string(base_url.fragment or "", type)
    if "protocol" in init:
        result["protocol"] = process_protocol_for_init(init["protocol"], type)
    if "username" in init:
        result["username"] = process_username_for_init(init["username"], type)
    if "password" in init:
        result["password"] = process_password_for_init(init["password"], type)
    if "hostname" in init:
        result["hostname"] = process_hostname_for_init(init["hostname"], type)
    result_protocol_string = result.get("protocol", "")
    if "port" in init:
        result["port"] = process_port_for_init(init["port"], result_protocol_string, type)
    if "pathname" in init:
        pathname = init["pathname"]
        if (
            base_url is not None
            and not base_url.has_an_opaque_path
            and not is_an_absolute_pathname(pathname, type)
        ):
            base_url_path = process_a_base_url_string(url_path_serializer(base_url), type)
            pathname = base_url_path[: base_url_path.rfind("/") + 1] + pathname
        result["pathname"] = process_pathname_for_init(pathname, result_protocol_string, type)
    if "search" in init:
        result["search"] = process_search_for_init(init["search"], type)
    if "hash" in init:
        result["hash"] = process_hash_for_init(init["hash"], type)
    return result


def process_a_base_url_string(input: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-a-base-url-string"""
    return escape_a_pattern_string(input) if type == "pattern" else input


def is_an_absolute_pathname(input: str, type: InitType) -> bool:
    """https://urlpattern.spec.whatwg.org/#is-an-absolute-pathname"""
    return input.startswith("/") or (type == "pattern" and input.startswith(("\\/", "{/")))


def process_protocol_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-protocol-for-init"""
    stripped_value = value.removesuffix(":")
    return stripped_value if type == "pattern" else canonicalize_a_protocol(stripped_value)


def process_username_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-username-for-init"""
    return value if type == "pattern" else canonicalize_a_username(value)


def process_password_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-password-for-init"""
    return value if type == "pattern" else canonicalize_a_password(value)


def process_hostname_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-hostname-for-init"""
    return value if type == "pattern" else canonicalize_a_hostname(value)


def process_port_for_init(port_value: str, protocol_value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-port-for-init"""
    return port_value if type == "pattern" else canonicalize_a_port(port_value, protocol_value)


def process_pathname_for_init(pathname_value: str, protocol_value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-pathname-for-init"""
    if type == "pattern":
        return pathname_value
    if protocol_value in SPECIAL_SCHEMES or protocol_value == "":
        return canonicalize_a_pathname(pathname_value)
    return canonicalize_an_opaque_pathname(pathname_value)


def process_search_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-search-for-init"""
    stripped_value = value.removeprefix("?")
    return stripped_value if type == "pattern" else canonicalize_a_search(stripped_value)


def process_hash_for_init(value: str, type: InitType) -> str:
    """https://urlpattern.spec.whatwg.org/#process-hash-for-init"""
    stripped_value = value.removeprefix("#")
    return stripped_value if type == "pattern" else canonicalize_a_hash(stripped_value)
