"""URL parsing: the states of the basic URL parser.

URL Standard, 4.4: https://url.spec.whatwg.org/#url-parsing

A state is a function. It begins at the pointer, eats as much as belongs to it, and returns the next
state, or None where the standard returns or reaches the end of the input. What the standard
collects in its buffer is the run that a state has eaten.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from ..encoding.names_and_labels import UTF_8
from .percent_encoded_bytes import (
    C0_CONTROL_PERCENT_ENCODE_SET, FRAGMENT_PERCENT_ENCODE_SET, PATH_PERCENT_ENCODE_SET,
    QUERY_PERCENT_ENCODE_SET, SPECIAL_QUERY_PERCENT_ENCODE_SET, USERINFO_PERCENT_ENCODE_SET,
    percent_encode_after_encoding, utf_8_percent_encode,
)  # fmt: skip
from .url_representation import (
    DOUBLE_DOT_PATH_SEGMENTS, NORMALIZED_WINDOWS_DRIVE_LETTER, SINGLE_DOT_PATH_SEGMENTS,
    SPECIAL_SCHEMES, START_WITH_A_WINDOWS_DRIVE_LETTER, WINDOWS_DRIVE_LETTER, shorten_a_urls_path,
)  # fmt: skip
from .writing import URLFailure

if TYPE_CHECKING:
    from .url_parsing import URLParser

State: TypeAlias = "Callable[[URLParser], State | None]"

SCHEME = re.compile("[0-9A-Za-z+.-]*")
AUTHORITY = re.compile("[^/?#]*")
SPECIAL_AUTHORITY = re.compile(r"[^/\\?#]*")
# A colon within brackets does not end the host. (A bracket that is never closed has all the rest.)
HOST = re.compile(r"(?:[^\[:/?#]+|\[[^\]/?#]*\]?)*+")
SPECIAL_HOST = re.compile(r"(?:[^\[:/\\?#]+|\[[^\]/\\?#]*\]?)*+")
DIGITS = re.compile("[0-9]*")
SLASHES = re.compile(r"[/\\]*")
PATH = re.compile("[^?#]*")
QUERY = re.compile("[^#]*")


def scheme_start_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#scheme-start-state"""
    if p.c.isascii() and p.c.isalpha():
        return scheme_state
    if p.state_override is None:
        return no_scheme_state
    raise URLFailure


def scheme_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#scheme-state"""
    url = p.url
    buffer = p.take(SCHEME).lower()
    if p.skip(":"):
        if p.state_override is not None:
            if (
                url.is_special != (buffer in SPECIAL_SCHEMES)
                or (buffer == "file" and (url.includes_credentials or url.port is not None))
                or (url.scheme == "file" and url.host == "")
            ):
                return None
            url.scheme = buffer
            if url.port == SPECIAL_SCHEMES.get(buffer):
                url.port = None
            return None
        url.scheme = buffer
        if buffer == "file":
            if not p.starts_with("//"):
                p.validation_error("special-scheme-missing-following-solidus")
            return file_state
        if url.is_special:
            if p.base is not None and p.base.scheme == buffer:
                return special_relative_or_authority_state
            return special_authority_slashes_state
        if p.skip("/"):
            return path_or_authority_state
        url.path = ""
        return opaque_path_state
    if p.state_override is None:
        p.pointer = 0
        return no_scheme_state
    raise URLFailure


def no_scheme_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#no-scheme-state"""
    url, base = p.url, p.base
    if base is None or (base.has_an_opaque_path and p.c != "#"):
        raise URLFailure("missing-scheme-non-relative-URL")
    if base.has_an_opaque_path:
        url.scheme, url.path, url.query = base.scheme, base.path, base.query
        return _query_or_fragment(p)
    return relative_state if base.scheme != "file" else file_state


def special_relative_or_authority_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#special-relative-or-authority-state"""
    if p.skip("//"):
        return special_authority_ignore_slashes_state
    p.validation_error("special-scheme-missing-following-solidus")
    return relative_state


def path_or_authority_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#path-or-authority-state"""
    return authority_state if p.skip("/") else path_state


def relative_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#relative-state"""
    url, base = p.url, p.base
    assert base is not None and base.scheme != "file"
    url.scheme = base.scheme
    if p.skip("/"):
        return relative_slash_state
    if url.is_special and p.skip("\\"):
        p.validation_error("invalid-reverse-solidus")
        return relative_slash_state
    url.username, url.password, url.host, url.port = (
        base.username,
        base.password,
        base.host,
        base.port,
    )
    url.path, url.query = list(base.path), base.query
    if p.c in ("?", "#", ""):
        return _query_or_fragment(p)
    url.query = None
    shorten_a_urls_path(url)
    return path_state


def relative_slash_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#relative-slash-state"""
    url, base = p.url, p.base
    assert base is not None
    if url.is_special and p.c in ("/", "\\"):
        if p.c == "\\":
            p.validation_error("invalid-reverse-solidus")
        p.pointer += 1
        return special_authority_ignore_slashes_state
    if p.skip("/"):
        return authority_state
    url.username, url.password, url.host, url.port = (
        base.username,
        base.password,
        base.host,
        base.port,
    )
    return path_state


def special_authority_slashes_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#special-authority-slashes-state"""
    if not p.skip("//"):
        p.validation_error("special-scheme-missing-following-solidus")
    return special_authority_ignore_slashes_state


def special_authority_ignore_slashes_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#special-authority-ignore-slashes-state"""
    for _ in p.take(SLASHES):
        p.validation_error("special-scheme-missing-following-solidus")
    return authority_state


def authority_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#authority-state"""
    start = p.pointer
    # Each @ but the last belongs to the credentials, and the first colon parts them.
    credentials, at_sign, buffer = p.take(
        SPECIAL_AUTHORITY if p.url.is_special else AUTHORITY
    ).rpartition("@")
    if at_sign:
        for _ in range(credentials.count("@") + 1):
            p.validation_error("invalid-credentials")
        if not buffer:
            raise URLFailure("host-missing")
        username, _, password = credentials.partition(":")
        p.url.username = utf_8_percent_encode(username, USERINFO_PERCENT_ENCODE_SET)
        p.url.password = utf_8_percent_encode(password, USERINFO_PERCENT_ENCODE_SET)
    p.pointer = start + len(credentials) + len(at_sign)
    return host_state


def host_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#host-state"""
    url = p.url
    if p.state_override is not None and url.scheme == "file":
        return file_host_state
    buffer = p.take(SPECIAL_HOST if url.is_special else HOST)
    if p.skip(":"):
        if not buffer:
            raise URLFailure("host-missing")
        if p.state_override is hostname_state:
            raise URLFailure
        url.host = p.parse_host(buffer)
        return port_state
    if url.is_special and not buffer:
        raise URLFailure("host-missing")
    if (
        p.state_override is not None
        and not buffer
        and (url.includes_credentials or url.port is not None)
    ):
        raise URLFailure
    url.host = p.parse_host(buffer)
    return path_start_state if p.state_override is None else None


def hostname_state(p: URLParser) -> State | None:
    """The host state, for a caller who must not set a port.

    https://url.spec.whatwg.org/#hostname-state
    """
    return host_state(p)


def port_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#port-state"""
    url = p.url
    buffer = p.take(DIGITS)
    if (
        p.c not in ("", "/", "?", "#")
        and not (url.is_special and p.c == "\\")
        and p.state_override is None
    ):
        raise URLFailure("port-invalid")
    if buffer:
        buffer = buffer.lstrip("0") or "0"
        if len(buffer) > 5 or int(buffer) > 0xFFFF:
            raise URLFailure("port-out-of-range")
        port = int(buffer)
        url.port = None if port == SPECIAL_SCHEMES.get(url.scheme) else port
        if p.state_override is not None:
            return None
    if p.state_override is not None:
        raise URLFailure
    return path_start_state


def file_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#file-state"""
    url, base = p.url, p.base
    url.scheme = "file"
    url.host = ""
    if p.c in ("/", "\\"):
        if p.c == "\\":
            p.validation_error("invalid-reverse-solidus")
        p.pointer += 1
        return file_slash_state
    if base is None or base.scheme != "file":
        return path_state
    url.host, url.path, url.query = base.host, list(base.path), base.query
    if p.c in ("?", "#", ""):
        return _query_or_fragment(p)
    url.query = None
    if START_WITH_A_WINDOWS_DRIVE_LETTER.match(p.input, p.pointer):
        p.validation_error("file-invalid-Windows-drive-letter")
        url.path = []
    else:
        shorten_a_urls_path(url)
    return path_state


def file_slash_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#file-slash-state"""
    url, base = p.url, p.base
    if p.c in ("/", "\\"):
        if p.c == "\\":
            p.validation_error("invalid-reverse-solidus")
        p.pointer += 1
        return file_host_state
    if base is not None and base.scheme == "file":
        url.host = base.host
        if not START_WITH_A_WINDOWS_DRIVE_LETTER.match(
            p.input, p.pointer
        ) and NORMALIZED_WINDOWS_DRIVE_LETTER.fullmatch(base.path[0]):
            url.path = [base.path[0]]
    return path_state


def file_host_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#file-host-state"""
    url = p.url
    buffer = p.take(SPECIAL_AUTHORITY)
    if p.state_override is None and WINDOWS_DRIVE_LETTER.fullmatch(buffer):
        p.validation_error("file-invalid-Windows-drive-letter-host")
        p.buffer = buffer
        return path_state
    host = p.parse_host(buffer) if buffer else ""
    url.host = "" if host == "localhost" else host
    return path_start_state if p.state_override is None else None


def path_start_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#path-start-state"""
    url = p.url
    if url.is_special:
        if p.c == "\\":
            p.validation_error("invalid-reverse-solidus")
        if p.c in ("/", "\\"):
            p.pointer += 1
        return path_state
    if p.state_override is None and p.c in ("?", "#"):
        return _query_or_fragment(p)
    if p.c:
        p.skip("/")
        return path_state
    if p.state_override is not None and url.host is None:
        assert isinstance(url.path, list)
        url.path.append("")
    return None


def path_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#path-state"""
    url = p.url
    path = url.path
    assert isinstance(path, list)
    run = p.take(PATH) if p.state_override is None else p.take_rest()
    if url.is_special:
        p.validate(run, separator="\\")
        run = run.replace("\\", "/")
    else:
        p.validate(run)
    # Slashes and dots are in no percent-encode set, so the path can be encoded before it is split.
    # What the file host state has left in the buffer begins the first segment.
    segments = (p.buffer + utf_8_percent_encode(run, PATH_PERCENT_ENCODE_SET)).split("/")
    for segment in segments:
        if segment in DOUBLE_DOT_PATH_SEGMENTS:
            shorten_a_urls_path(url)
        elif segment not in SINGLE_DOT_PATH_SEGMENTS:
            if url.scheme == "file" and not path and WINDOWS_DRIVE_LETTER.fullmatch(segment):
                segment = segment[0] + ":"
            path.append(segment)
    if segments[-1] in DOUBLE_DOT_PATH_SEGMENTS or segments[-1] in SINGLE_DOT_PATH_SEGMENTS:
        path.append("")
    return _query_or_fragment(p)


def opaque_path_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#cannot-be-a-base-url-path-state"""
    run = p.take(PATH)
    p.validate(run)
    path = utf_8_percent_encode(run, C0_CONTROL_PERCENT_ENCODE_SET)
    # A space before "?" or "#" is encoded, or it would be at the end when these are taken away.
    p.url.path = path[:-1] + "%20" if path.endswith(" ") and p.c else path
    return _query_or_fragment(p)


def _query_or_fragment(p: URLParser) -> State | None:
    """What several states do at a "?", at a "#" and at the end of the input."""
    if p.skip("?"):
        p.url.query = ""
        return query_state
    if p.skip("#"):
        p.url.fragment = ""
        return fragment_state
    return None


def query_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#query-state"""
    url = p.url
    encode_set = SPECIAL_QUERY_PERCENT_ENCODE_SET if url.is_special else QUERY_PERCENT_ENCODE_SET
    run = p.take(QUERY) if p.state_override is None else p.take_rest()
    p.validate(run)
    encoding = p.encoding if url.is_special and url.scheme not in ("ws", "wss") else UTF_8
    url.query = percent_encode_after_encoding(encoding, run, encode_set)
    return _query_or_fragment(p)


def fragment_state(p: URLParser) -> State | None:
    """https://url.spec.whatwg.org/#fragment-state"""
    run = p.take_rest()
    p.validate(run)
    p.url.fragment = utf_8_percent_encode(run, FRAGMENT_PERCENT_ENCODE_SET)
    return None
