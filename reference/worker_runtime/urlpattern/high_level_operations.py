"""High-level operations: creating a URL pattern, and matching a URL against one.

URL Pattern Standard, 1.4: https://urlpattern.spec.whatwg.org/#high-level-operations
"""

from __future__ import annotations

from functools import lru_cache
from typing import TypeAlias

from ..url.host_serializing import host_serializer
from ..url.url_parsing import basic_url_parser
from ..url.url_representation import SPECIAL_SCHEMES, URLRecord
from ..url.url_serializing import url_path_serializer, url_serializer
from ..url.writing import URLFailure
from .canonicalization import (
    canonicalize_a_hash,
    canonicalize_a_hostname,
    canonicalize_a_password,
    canonicalize_a_pathname,
    canonicalize_a_port,
    canonicalize_a_protocol,
    canonicalize_a_search,
    canonicalize_a_username,
    canonicalize_an_ipv6_hostname,
    canonicalize_an_opaque_pathname,
    process_a_urlpatterninit,
)
from .constructor_string_parsing import parse_a_constructor_string
from .dictionaries import COMPONENT_NAMES, URLPatternInit, URLPatternInput, URLPatternResult
from .internals import (
    DEFAULT_OPTIONS,
    HOSTNAME_OPTIONS,
    PATHNAME_OPTIONS,
    URLPatternRecord,
    compile_a_component,
    create_a_component_match_result,
    hostname_pattern_is_an_ipv6_address,
    protocol_component_matches_a_special_scheme,
)
from .regular_expressions import Captures

# Of protocol, username, password, hostname, port, pathname, search and hash.
ComponentTexts: TypeAlias = tuple[str, str, str, str, str, str, str, str]
ExecResults: TypeAlias = tuple[
    Captures, Captures, Captures, Captures, Captures, Captures, Captures, Captures
]

EMPTY: URLPatternInit = {
    "protocol": "", "username": "", "password": "", "hostname": "", "port": "", "pathname": "",
    "search": "", "hash": ""
}  # fmt: skip


def create(
    input: URLPatternInput, base_url: str | None, ignore_case: bool = False
) -> URLPatternRecord:
    """TypeError if a component is not a well formed pattern, or the base URL is needed and absent,
    or refused and given.

    https://urlpattern.spec.whatwg.org/#url-pattern-create
    """
    if isinstance(input, str):
        init = parse_a_constructor_string(input)
        if base_url is None and "protocol" not in init:
            raise TypeError(f"A relative pattern needs a base URL: {input!r}")
        if base_url is not None:
            init["baseURL"] = base_url
    else:
        if base_url is not None:
            raise TypeError(
                f"A pattern that is a dictionary has its base URL in it, not beside it: "
                f"{base_url!r}"
            )
        init = input
    processed_init = process_a_urlpatterninit(init, "pattern", URLPatternInit())
    for component_name in COMPONENT_NAMES:
        processed_init.setdefault(component_name, "*")
    default_port = SPECIAL_SCHEMES.get(processed_init["protocol"])
    if default_port is not None and processed_init["port"] == str(default_port):
        processed_init["port"] = ""
    protocol = compile_a_component(
        processed_init["protocol"], canonicalize_a_protocol, DEFAULT_OPTIONS
    )
    username = compile_a_component(
        processed_init["username"], canonicalize_a_username, DEFAULT_OPTIONS
    )
    password = compile_a_component(
        processed_init["password"], canonicalize_a_password, DEFAULT_OPTIONS
    )
    if hostname_pattern_is_an_ipv6_address(processed_init["hostname"]):
        hostname = compile_a_component(
            processed_init["hostname"], canonicalize_an_ipv6_hostname, HOSTNAME_OPTIONS
        )
    else:
        hostname = compile_a_component(
            processed_init["hostname"], canonicalize_a_hostname, HOSTNAME_OPTIONS
        )
    port = compile_a_component(processed_init["port"], canonicalize_a_port, DEFAULT_OPTIONS)
    compile_options = DEFAULT_OPTIONS._replace(ignore_case=ignore_case)
    if protocol_component_matches_a_special_scheme(protocol):
        path_compile_options = PATHNAME_OPTIONS._replace(ignore_case=ignore_case)
        pathname = compile_a_component(
            processed_init["pathname"], canonicalize_a_pathname, path_compile_options
        )
    else:
        pathname = compile_a_component(
            processed_init["pathname"], canonicalize_an_opaque_pathname, compile_options
        )
    search = compile_a_component(processed_init["search"], canonicalize_a_search, compile_options)
    hash = compile_a_component(processed_init["hash"], canonicalize_a_hash, compile_options)
    return URLPatternRecord(protocol, username, password, hostname, port, pathname, search, hash)


def match(
    url_pattern: URLPatternRecord,
    input: URLPatternInput | URLRecord,
    base_url_string: str | None = None,
) -> URLPatternResult | None:
    """TypeError if a base URL is given beside a dictionary; input that is not a URL matches
    nothing.

    https://urlpattern.spec.whatwg.org/#url-pattern-match
    """
    texts = texts_to_match(input, base_url_string)
    if texts is None:
        return None
    exec_results = exec_results_of(url_pattern, texts)
    if exec_results is None:
        return None
    if isinstance(input, URLRecord):
        input = url_serializer(input)
    inputs = [input] if base_url_string is None else [input, base_url_string]
    return URLPatternResult(
        inputs, *map(create_a_component_match_result, url_pattern, texts, exec_results)
    )


def exec_results_of(url_pattern: URLPatternRecord, texts: ComponentTexts) -> ExecResults | None:
    """The captures of each component; None if one does not match.

    Part of https://urlpattern.spec.whatwg.org/#url-pattern-match
    """
    protocol, username, password, hostname, port, pathname, search, hash = texts
    # OPTIMIZATION: the pathname first, which tells most patterns apart; no order of these steps can
    # be observed.
    if (
        (pathname_exec_result := url_pattern.pathname_component.regular_expression(pathname))
        is None
        or (hostname_exec_result := url_pattern.hostname_component.regular_expression(hostname))
        is None
        or (protocol_exec_result := url_pattern.protocol_component.regular_expression(protocol))
        is None
        or (port_exec_result := url_pattern.port_component.regular_expression(port)) is None
        or (search_exec_result := url_pattern.search_component.regular_expression(search)) is None
        or (hash_exec_result := url_pattern.hash_component.regular_expression(hash)) is None
        or (username_exec_result := url_pattern.username_component.regular_expression(username))
        is None
        or (password_exec_result := url_pattern.password_component.regular_expression(password))
        is None
    ):
        return None
    return (
        protocol_exec_result, username_exec_result, password_exec_result, hostname_exec_result,
        port_exec_result, pathname_exec_result, search_exec_result, hash_exec_result,
    )  # fmt: skip


def texts_to_match(
    input: URLPatternInput | URLRecord, base_url_string: str | None
) -> ComponentTexts | None:
    """What has to match with the components of a pattern; None if the input is no URL, or the
    components of none.

    Part of https://urlpattern.spec.whatwg.org/#url-pattern-match
    """
    if isinstance(input, str):
        return _texts_of_a_url_string(input, base_url_string)
    if isinstance(input, URLRecord):
        return _texts_of_a_url(input)
    if base_url_string is not None:
        raise TypeError(f"A dictionary has its base URL in it, not beside it: {base_url_string!r}")
    try:
        result = process_a_urlpatterninit(input, "url", EMPTY.copy())
    except TypeError:
        return None
    return (
        result["protocol"], result["username"], result["password"], result["hostname"],
        result["port"], result["pathname"], result["search"], result["hash"],
    )  # fmt: skip


# OPTIMIZATION: a router asks one pattern after the other about one URL, so the last one is kept.
@lru_cache(maxsize=1)
def _texts_of_a_url_string(input: str, base_url_string: str | None) -> ComponentTexts | None:
    try:
        base_url = None if base_url_string is None else basic_url_parser(base_url_string)
        return _texts_of_a_url(basic_url_parser(input, base_url))
    except URLFailure:
        return None


def _texts_of_a_url(url: URLRecord) -> ComponentTexts:
    hostname = "" if url.host is None else host_serializer(url.host)
    port = "" if url.port is None else str(url.port)
    pathname = url_path_serializer(url)
    return (
        url.scheme,
        url.username,
        url.password,
        hostname,
        port,
        pathname,
        url.query or "",
        url.fragment or "",
    )


def has_regexp_groups(url_pattern: URLPatternRecord) -> bool:
    """https://urlpattern.spec.whatwg.org/#url-pattern-has-regexp-groups"""
    return any(component.has_regexp_groups for component in url_pattern)
