"""Messages: the start line and the field lines, from bytes and to bytes.

RFC 9112, 2 to 5: https://www.rfc-editor.org/rfc/rfc9112#section-2

What a server receives is taken to the letter: where two recipients could understand a request
differently, it is refused. What a client receives may end its lines with LF alone and fold them.
"""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

from .fields import (
    CONTROLS,
    Fields,
    MessageFailure,
    combined_field_values,
    field_name,
    is_token,
    known_names,
)

# https://www.iana.org/assignments/http-status-codes
REASON_PHRASES = {
    100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK",
    201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
    205: "Reset Content", 206: "Partial Content", 207: "Multi-Status", 208: "Already Reported",
    226: "IM Used", 300: "Multiple Choices", 301: "Moved Permanently",
    302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy",
    307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
    402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed",
    406: "Not Acceptable", 407: "Proxy Authentication Required",
    408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required",
    412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
    415: "Unsupported Media Type", 416: "Range Not Satisfiable",
    417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Content",
    423: "Locked", 424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required",
    428: "Precondition Required", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    451: "Unavailable For Legal Reasons", 500: "Internal Server Error", 501: "Not Implemented",
    502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage",
    508: "Loop Detected", 511: "Network Authentication Required",
}  # fmt: skip

# OPTIMIZATION: what nearly all request lines look like, which `parse_request_line` and
# `request_target_form` take as it is: a target in origin form.
PLAIN_REQUEST_LINE = re.compile(
    r"""(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH) (/[!"$-~]*+) HTTP/1\.1"""
)

TargetForm: TypeAlias = Literal["origin", "absolute", "authority", "asterisk"]


class Limits(NamedTuple):
    """How much of a message is taken; sizes are bytes. A sender decides on none of them.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-2.3
    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.4
    """

    request_line: int = 16 * 1024
    header_section: int = 64 * 1024
    field_lines: int = 200
    chunk_line: int = 4 * 1024
    chunk_extensions: int = 16 * 1024  # of all chunks of a message together
    trailer_section: int = 16 * 1024


class RequestHead:
    """What comes before the content of a request. `values` are the fields by name, `version` is 0
    for HTTP/1.0, else 1.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3
    """

    __slots__ = ("fields", "form", "header_section", "method", "target", "values", "version")

    def __init__(
        self,
        method: str,
        target: str,
        form: TargetForm,
        version: int,
        fields: Fields,
        values: dict[str, str],
        header_section: bytes | bytearray = b"",
    ) -> None:
        self.method = method
        self.target = target
        self.form: TargetForm = form
        self.version = version
        self.fields = fields
        self.values = values
        self.header_section = header_section  # as it was sent


class ResponseHead:
    """What comes before the content of a response. `values` are the fields by name, `version` is 0
    for HTTP/1.0, else 1.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-4
    """

    __slots__ = ("fields", "reason", "status", "values", "version")

    def __init__(
        self, status: int, reason: str, version: int, fields: Fields, values: dict[str, str]
    ) -> None:
        self.status = status
        self.reason = reason
        self.version = version
        self.fields = fields
        self.values = values


# ---- received ------------------------------------------------------------------------------------


def parse_request_head(
    block: bytes | bytearray, limits: Limits, previous: RequestHead | None = None
) -> RequestHead:
    """The head in a block of bytes that ends before its empty line; `previous` is the one before it
    on the same connection.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2-1
    """
    start_line, _, header_section = block.partition(b"\r\n")
    if len(start_line) > limits.request_line:
        raise MessageFailure(f"The request line is longer than {limits.request_line} bytes", 414)
    line = start_line.decode("latin-1")
    form: TargetForm = "origin"
    if plain := PLAIN_REQUEST_LINE.fullmatch(line):
        method, target = plain.groups()
        version = 1
    else:
        method, target, version = parse_request_line(line)
        form = request_target_form(method, target)
    if previous is not None and header_section == previous.header_section:
        # OPTIMIZATION: a client says much the same in each of its requests, and what was understood
        # once is understood.
        return RequestHead(
            method, target, form, version, previous.fields, previous.values, header_section
        )
    fields = parse_header_section(header_section, limits)
    return RequestHead(
        method, target, form, version, fields, combined_field_values(fields), header_section
    )


def parse_request_line(line: str) -> tuple[str, str, int]:
    """Method, target and minor version.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3-2
    """
    if not (line.isascii() and line.isprintable()):
        raise MessageFailure(
            f"The request line {line[:80]!r} has characters that no request line has"
        )
    try:
        method, target, version = line.split(" ")
    except ValueError:
        raise MessageFailure(
            f"A request line is a method, a target and a version, not {line[:80]!r}"
        ) from None
    return method, target, 1 if version == "HTTP/1.1" else _minor_version(version)


def _minor_version(version: str) -> int:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.3-3"""
    if not re.fullmatch(r"HTTP/[0-9]\.[0-9]", version):
        raise MessageFailure(f"{version[:80]!r} is not a version of HTTP")
    if version[5] != "1":
        raise MessageFailure(f"This is an HTTP/1.1 server; it does not speak {version}", 505)
    return min(int(version[7]), 1)


def request_target_form(method: str, target: str) -> TargetForm:
    """Which of four forms a target has; MessageFailure if method and target are not a method and a
    target of one.

    The characters that a URI does not have but browsers send in paths and queries, such as "|", are
    let through.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2-2
    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2.3
    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2.4
    """
    if method not in {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"} and not is_token(
        method
    ):
        raise MessageFailure(f"{method[:80]!r} is not a method")
    if "#" in target:
        raise MessageFailure(f"The target {target[:80]!r} has a fragment")
    if target[:1] == "/" and method != "CONNECT":
        return "origin"
    if method == "CONNECT":
        if not is_host(target) or not re.fullmatch(r".+:[0-9]+", target):
            raise MessageFailure(f"The target of CONNECT is a host and a port, not {target[:80]!r}")
        return "authority"
    if target == "*" and method == "OPTIONS":
        return "asterisk"
    absolute = re.match(r"https?://([^/?]*)", target, re.IGNORECASE)
    if not absolute or not absolute[1] or not is_host(absolute[1]):
        raise MessageFailure(
            f"The target {target[:80]!r} is neither a path nor an http or https URL"
        )
    return "absolute"


# OPTIMIZATION: hosts that have been seen to be valid.
known_hosts: set[str] = set()


def is_host(string: str) -> bool:
    """Whether a string is a host, with or without a port; the empty one is.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-7.2
    """
    if string in known_hosts:
        return True
    # uri-host and port of RFC 3986: IP-literal / IPv4address / reg-name, and digits
    if not re.fullmatch(
        r"(?:\[[0-9A-Za-z:.%]+\]|(?:[0-9A-Za-z\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})*)(?::[0-9]*)?",
        string,
    ):
        return False
    # a client must not decide how much memory its hosts take
    if len(known_hosts) < 1000 and len(string) <= 255:
        known_hosts.add(string)
    return True


def target_uri(head: RequestHead, scheme: str, default_authority: str) -> tuple[str, str]:
    """The URI that a request is for, and its authority; where the request does not name one it is
    the default.

    https://www.rfc-editor.org/rfc/rfc9112#section-3.3
    """
    if head.form == "origin":
        authority = head.values.get("host") or default_authority
        return f"{scheme}://{authority}{head.target}", authority
    if head.form == "absolute":
        return head.target, re.split("[/?]", head.target, maxsplit=3)[2]
    authority = (
        head.target if head.form == "authority" else head.values.get("host") or default_authority
    )
    return f"{scheme}://{authority}", authority


def parse_header_section(block: bytes | bytearray, limits: Limits) -> Fields:
    """The fields in a block of bytes that ends before its last CRLF.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2-2
    """
    if not block:
        return []
    if len(block) > limits.header_section:
        raise MessageFailure(
            f"The header section is longer than {limits.header_section} bytes", 431
        )
    lines = block.decode("latin-1").split("\r\n")
    if len(lines) > limits.field_lines:
        raise MessageFailure(
            f"There are {len(lines)} field lines; {limits.field_lines} are allowed", 431
        )
    if len(block.translate(None, CONTROLS)) != len(block) - 2 * len(lines) + 2:
        # 2.2-4
        raise MessageFailure("A field line contains a control character, such as CR or LF alone")
    return parse_field_lines(lines)


# OPTIMIZATION: lines that have been parsed, and their fields: clients say much the same of
# themselves. Secrets are not kept.
known_lines: dict[str, tuple[str, str]] = {}
SECRETS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


def parse_field_lines(lines: list[str]) -> Fields:
    """The fields of lines without control characters.

    https://www.rfc-editor.org/rfc/rfc9112#section-5.1
    """
    return [known_lines.get(line) or parse_field_line(line) for line in lines]


def parse_field_line(line: str) -> tuple[str, str]:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-5.1-2
    Part of https://www.rfc-editor.org/rfc/rfc9110#section-5.5
    """
    name, colon, value = line.partition(":")
    lower_case = known_names.get(name) or _new_field_name(name)
    if not colon:
        raise MessageFailure(f"The field line {line[:80]!r} has no colon")
    field = (lower_case, value.strip(" \t"))
    # a client must not decide how much memory its lines take
    if len(line) <= 256 and lower_case not in SECRETS:
        if len(known_lines) >= 1000:
            known_lines.clear()
        known_lines[line] = field
    return field


def _new_field_name(name: str) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-5.2-4"""
    if name[:1] in {" ", "\t"}:
        raise MessageFailure(
            f"The field line {name[:80]!r} begins with whitespace; a field is not folded onto "
            f"several lines"
        )
    return field_name(name)


def check_incomplete_head(data: bytes | bytearray, start: int, limits: Limits) -> None:
    """MessageFailure if what has come of a head can no longer become one. Before `start`, no LF has
    to be looked at again.

    A recipient need not wait for the end of what is not HTTP, and must not collect without end.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2-3
    """
    line_feed = data.find(b"\n", start)
    while line_feed >= 0:
        if data[line_feed - 1 : line_feed] != b"\r":
            raise MessageFailure("A line ends with LF alone")
        line_feed = data.find(b"\n", line_feed + 1)
    end_of_line = data.find(b"\r\n", 0, limits.request_line + 2)
    if end_of_line < 0:
        if len(data) > limits.request_line + 1:
            raise MessageFailure(
                f"The request line is longer than {limits.request_line} bytes", 414
            )
    elif len(data) - end_of_line > limits.header_section + 5:
        raise MessageFailure(
            f"The header section is longer than {limits.header_section} bytes", 431
        )
    else:
        parse_request_line(data[:end_of_line].decode("latin-1"))


def parse_response_head(block: bytes | bytearray) -> ResponseHead:
    """The head in a block of bytes that ends before its empty line.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-4-2
    """
    text = block.decode("latin-1")
    status_line, *lines = text.split("\r\n")
    # OPTIMIZATION: what has no control characters but those of CRLF, and no folded lines, is split
    # already.
    if (
        len(block.translate(None, CONTROLS)) != len(block) - 2 * len(lines)
        or "\n " in text
        or "\n\t" in text
    ):
        text = re.sub(r"\r?\n[ \t]+", " ", text)  # 5.2-6. A folded line becomes one.
        status_line, *lines = text.replace("\r\n", "\n").split("\n")
        if "\r" in "".join(lines) or "\0" in text:
            # 2.2-4
            raise MessageFailure("The head of the response contains a NUL, or a CR without its LF")
    status = re.fullmatch(r"HTTP/1\.([0-9]) ([0-9]{3})(?: (.*))?", status_line)
    if not status:
        raise MessageFailure(f"{status_line[:80]!r} is not the status line of an HTTP/1.1 response")
    fields = parse_field_lines(lines)
    return ResponseHead(
        int(status[2]),
        status[3] or "",
        min(int(status[1]), 1),
        fields,
        combined_field_values(fields),
    )


# ---- sent ----------------------------------------------------------------------------------------


def serialize_head(lines: list[str]) -> bytes:
    """A start line and field lines as bytes, with the empty line at their end.

    MessageFailure if one of them would end earlier than it does, so that nobody can smuggle in
    another.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.1-2
    """
    head = ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")
    if len(head.translate(None, b"\0\r\n")) != len(head) - 2 * (len(lines) + 1):
        raise MessageFailure("A field or the start line contains CR, LF or NUL")
    return head


def serialize_request_head(
    method: str, target: str, fields: list[tuple[str, str]], length: int | None
) -> bytes:
    """The request line and the fields; of those that frame the message, the ones that the length
    asks for.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-3-1
    """
    if not is_token(method) or " " in target:
        raise MessageFailure(
            f"{method[:80]!r} and {target[:80]!r} are not the method and the target of a request"
        )
    lines = [f"{method} {target} HTTP/1.1"]
    for name, value in fields:
        if name.lower() not in {"content-length", "transfer-encoding"}:
            lines.append(field_line(name, value))
    if length is None:
        lines.append("Transfer-Encoding: chunked")
    elif length or method in {"POST", "PUT"}:
        lines.append(f"Content-Length: {length}")
    return serialize_head(lines)


def reason_phrase(status: int) -> str:
    """What a status is called; nothing, if it has no name.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-15.1
    """
    return REASON_PHRASES.get(status, "")


def field_line(name: str, value: str) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-5-2"""
    if name not in known_names:
        field_name(name)
    return f"{name}: {value}"
