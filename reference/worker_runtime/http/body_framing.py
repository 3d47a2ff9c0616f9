"""Body framing: where the content of a message ends.

RFC 9112, 6 and 7: https://www.rfc-editor.org/rfc/rfc9112#section-6

A framing that is received is a generator. It yields what it wants next and is sent exactly that:
for a number, content of at most so many bytes, or no bytes if there will be no more; for a `Line`,
a line without its CRLF. It returns the trailer fields.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable
from typing import Literal, NamedTuple, TypeAlias

from .fields import CONTROLS, Fields, MessageFailure, list_members
from .message import (
    Limits,
    RequestHead,
    ResponseHead,
    field_line,
    parse_field_lines,
    serialize_head,
)


class Line(NamedTuple):
    """A want: a line of at most so many bytes, and what its sender is told when it is longer.
    `begin` is how it may begin.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1.1-4
    """

    limit: int
    failure: str
    status: int = 400
    begin: bytes = b""


HEXDIG = b"0123456789ABCDEFabcdef"

Framing: TypeAlias = "Generator[int | Line, bytes, Fields]"
BodyLength: TypeAlias = "int | Literal['chunked', 'until close']"

# chunk-ext = *( BWS ";" BWS chunk-ext-name [ BWS "=" BWS chunk-ext-val ] ), and chunk-ext-val is a
# token or a quoted-string
CHUNK_EXTENSIONS = (
    rb"""(?:[ \t]*;[ \t]*[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:[ \t]*=[ \t]*"""
    rb"""(?:[!#$%&'*+\-.^_`|~0-9A-Za-z]+|"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"))?)*"""
)


# ---- how long a body is --------------------------------------------------------------------------


def request_body_length(head: RequestHead) -> BodyLength:
    """The length of the body of a request; MessageFailure if somebody could understand another one.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.6
    """
    values = head.values
    if "transfer-encoding" in values:
        if "content-length" in values:
            # 6.1-15
            raise MessageFailure("A request has either Content-Length or Transfer-Encoding")
        if head.version == 0:
            raise MessageFailure("HTTP/1.0 has no Transfer-Encoding")  # 6.1-16
        codings = transfer_codings(values["transfer-encoding"])
        if codings[-1:] != ["chunked"] or codings.count("chunked") > 1:
            raise MessageFailure(
                "The last transfer coding of a request, and only the last, is chunked"
            )
        if len(codings) > 1:
            # 6.1-11
            raise MessageFailure(f"The transfer coding {codings[0][:80]!r} is not supported", 501)
        return "chunked"
    if "content-length" in values:
        return content_length(values["content-length"])
    return 0


def response_body_length(
    head: ResponseHead, request_method: str, is_lenient: bool = False
) -> BodyLength:
    """The length of the body of a response; MessageFailure if nobody can tell.

    Who is lenient takes a Content-Length that is no number for none, as browsers do.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.1
    """
    values = head.values
    if not has_content(head.status, request_method):
        return 0
    if "transfer-encoding" in values:
        codings = transfer_codings(values["transfer-encoding"])
        if codings != ["chunked"]:
            # 6.3-2.5. It would end with the connection, but such a client was told in TE
            # that nobody reads it.
            raise MessageFailure(
                f"The transfer coding {values['transfer-encoding'][:80]!r} is not supported"
            )
        return "chunked"
    if "content-length" in values:
        # https://fetch.spec.whatwg.org/#header-list-extract-a-length
        length = values["content-length"]
        if "," in length:
            length, *others = [member.strip(" \t") for member in length.split(",")]
            if any(other != length for other in others):
                raise MessageFailure(
                    f"The response has several lengths: {values['content-length'][:80]!r}"
                )
        if (length.isascii() and length.isdecimal()) or not is_lenient:
            return content_length(length)
    return "until close"


def has_content(status: int, request_method: str) -> bool:
    """Whether a response has a body at all; one to CONNECT is followed by a tunnel.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-6.4.1-8
    """
    if request_method == "HEAD" or status < 200 or status == 204 or status == 304:
        return False
    return not (request_method == "CONNECT" and status < 300)


def content_length(value: str) -> int:
    """https://www.rfc-editor.org/rfc/rfc9110#section-8.6"""
    if not (value.isascii() and value.isdecimal()) or len(value) > 18:
        raise MessageFailure(f"Content-Length is a number of bytes, not {value[:80]!r}")
    return int(value)


def transfer_codings(value: str) -> list[str]:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-6.1-2"""
    return [coding.lower() for coding in list_members(value)]


# ---- received ------------------------------------------------------------------------------------


def content_of_length(length: int) -> Framing:
    """https://www.rfc-editor.org/rfc/rfc9112#section-6.2"""
    while length:
        data = yield length
        if not data:
            raise MessageFailure(f"The connection ended {length} bytes before the content did")
        length -= len(data)
    return []


def content_until_close() -> Framing:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-6.3-2.8"""
    while (yield 1 << 60):
        pass
    return []


def chunked_content(limits: Limits) -> Framing:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1.3"""
    too_long = f"A chunk size with its extensions is longer than {limits.chunk_line} bytes"
    chunk_line = Line(limits.chunk_line, too_long, begin=HEXDIG)
    chunk_end = Line(0, "A chunk is longer than its size says")
    extensions = 0
    while True:
        size, extension = chunk_size((yield chunk_line))
        extensions += len(extension)
        if extensions > limits.chunk_extensions:
            raise MessageFailure(
                f"The chunk extensions are longer than {limits.chunk_extensions} bytes"
            )
        if not size:
            break
        while size:
            data = yield size
            if not data:
                raise MessageFailure("The connection ended before the last chunk")
            size -= len(data)
        yield chunk_end
    lines: list[bytes] = []
    left = limits.trailer_section
    while line := (
        yield Line(left, f"The trailer section is longer than {limits.trailer_section} bytes", 431)
    ):
        left = max(0, left - len(line) - 2)
        lines.append(line)
    return parse_trailer_section(lines, limits)


def chunk_size(line: bytes) -> tuple[int, bytes]:
    """The size of a chunk, and its extensions as they were sent.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1-2
    """
    digits, semicolon, extensions = line.partition(b";")
    if semicolon:
        digits = digits.rstrip(b" \t")
        if not re.compile(CHUNK_EXTENSIONS).fullmatch(line, len(digits)):
            raise MessageFailure(f"{line[:80]!r} is not a chunk size with extensions")
    if not 1 <= len(digits) <= 16 or digits.translate(None, HEXDIG):
        raise MessageFailure(
            f"A chunk size is a hexadecimal number of 1 to 16 digits, not {digits[:80]!r}"
        )
    return int(digits, 16), extensions


def parse_trailer_section(lines: list[bytes], limits: Limits) -> Fields:
    """Trailer fields are kept apart from those of the header section, so none of them can change
    what those have said.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2
    """
    if len(lines) > limits.field_lines:
        raise MessageFailure(
            f"There are {len(lines)} trailer fields; {limits.field_lines} are allowed", 431
        )
    if any(len(line.translate(None, CONTROLS)) != len(line) for line in lines):
        raise MessageFailure(
            "The trailer section contains a control character, such as CR or LF alone"
        )
    return parse_field_lines([line.decode("latin-1") for line in lines])


# ---- sent ----------------------------------------------------------------------------------------


def chunk(data: bytes) -> bytes:
    """A piece of content as a chunk. It must not be empty: that would be the last one.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1-3
    """
    return b"%x\r\n%b\r\n" % (len(data), data)


def last_chunk(trailers: Iterable[tuple[str, str]]) -> bytes:
    """Part of https://www.rfc-editor.org/rfc/rfc9112#section-7.1.2-2"""
    return serialize_head(["0", *(field_line(name, value) for name, value in trailers)])
