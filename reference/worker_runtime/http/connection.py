"""Connections: messages in both directions, one exchange after another; the owner of the socket
carries the bytes.

RFC 9112, 9: https://www.rfc-editor.org/rfc/rfc9112#section-9

What comes in is handed to `receive_data`, and `next_request` or `next_response` and `next_content`
take it out again: None means that more has to be received first. What is to go out is returned as
bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from .body_framing import (
    BodyLength,
    Framing,
    Line,
    chunk,
    chunked_content,
    content_of_length,
    content_until_close,
    has_content,
    last_chunk,
    request_body_length,
    response_body_length,
)
from .fields import Fields, MessageFailure, field_name, known_names, list_members
from .message import (
    Limits,
    RequestHead,
    ResponseHead,
    check_incomplete_head,
    is_host,
    parse_request_head,
    parse_response_head,
    serialize_head,
    serialize_request_head,
)

END_OF_HEAD = rb"\r?\n\r?\n"
# Content that came in small pieces is handed on in larger ones, up to about this many bytes.
CONTENT_SIZE = 64 * 1024

# The fields that frame a message or are about its connection:
# https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1
CONNECTION_FIELDS = frozenset({
    "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade",
})  # fmt: skip


class Connection:
    """What both roles share: the bytes that have come and are not used yet, and the framing of the
    content in either direction.

    `is_persistent` is whether both sides want another exchange after this one: it is decided here,
    from what they have said. `content_sent` is how much content has been sent in this one, and
    `expects_continue` whether the other side waits for a word before it sends its content.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.3
    """

    __slots__ = (
        "_buffer", "_checked", "_has_ended", "_incoming", "_outgoing", "_position", "_want",
        "_whole", "content_sent", "expects_continue", "is_persistent", "limits", "trailers",
    )  # fmt: skip

    def __init__(self, limits: Limits = Limits()) -> None:
        self.limits = limits
        self.expects_continue = False
        self.is_persistent = True
        self.trailers: Fields = []
        self._buffer: bytes | bytearray = b""
        self._position = 0  # in the buffer: what is before it has been used
        # in the buffer: what is before it belongs to a head, which has no end there
        self._checked = 0
        self._has_ended = False
        self._incoming: Framing | None = None  # of the content that comes in; None if all of it has
        self._want: int | Line = 0  # what that framing wants next
        self._whole = 0  # how much content is in the buffer to its end, which needs no framing
        # the framing of the content that goes out; the number is what is left of it
        self._outgoing: BodyLength = 0
        self.content_sent = 0

    # ---- received --------------------------------------------------------------------------------

    def receive_data(self, data: bytes) -> None:
        """Take in what the other side has sent; no bytes are its end."""
        if not data:
            self._has_ended = True
        elif self._position == len(self._buffer):
            self._buffer = data
            self._position = 0
        else:
            self._drop_what_is_before(self._position)
            # what comes in many small pieces is not copied for each of them
            if not isinstance(self._buffer, bytearray):
                self._buffer = bytearray(self._buffer)
            self._buffer += data

    def _drop_what_is_before(self, position: int) -> None:
        """What has been used is not kept."""
        if position:
            self._buffer = self._buffer[position:]
            self._checked = max(0, self._checked - position)
            self._position = 0

    def take_unused_data(self) -> bytes:
        """What has come and belongs to no message: after an upgrade it belongs to the other
        protocol.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-7.8
        """
        data = bytes(self._buffer[self._position :])
        self._buffer, self._position = b"", 0
        return data

    @property
    def has_unused_data(self) -> bool:
        """Whether something has come that belongs to no message so far."""
        return self._position < len(self._buffer)

    @property
    def has_ended(self) -> bool:
        """Whether the other side has nothing more to say."""
        return self._has_ended

    @property
    def is_content_complete(self) -> bool:
        """Whether the content of the last message has been taken out to its end."""
        return self._incoming is None and not self._whole

    @property
    def may_go_on(self) -> bool:
        """Whether another exchange may follow now: both sides want it, and have sent all of this
        one.
        """
        return (
            self.is_persistent
            and self._incoming is None
            and not self._whole
            and self._outgoing == 0
        )

    def next_content(self) -> bytes | None:
        """Content of the message whose head was the last; no bytes at its end."""
        if self._whole:
            return self.take_whole_content()
        pieces = []
        size = 0
        try:
            while self._incoming is not None and size < CONTENT_SIZE:
                want = self._want
                if isinstance(want, int):
                    piece = bytes(self._buffer[self._position : self._position + want])
                    if not piece and not self._has_ended:
                        break
                    self._position += len(piece)
                    if self._position == len(self._buffer):  # an idle connection holds no memory
                        self._buffer, self._position = b"", 0
                    size += len(piece)
                    pieces.append(piece)
                else:
                    line = self._next_line(want)
                    if line is None:
                        break
                    piece = line
                self._want = self._incoming.send(piece)
        except StopIteration as end:
            self._incoming = None
            self.trailers = end.value
        except MessageFailure:
            self.is_persistent = False
            raise
        return b"".join(pieces) if size or self._incoming is None else None

    def take_whole_content(self, most: int | None = None) -> bytes | None:
        """All of the content at once, if it has come with the head and is not longer than that; no
        bytes if there is none.

        OPTIMIZATION: what `next_content` returns then, without a framing.
        """
        length = self._whole
        if not length:
            return b"" if self._incoming is None else None
        if most is not None and length > most:
            return None
        self._whole = 0
        start = self._position
        self._position = end = start + length
        content = bytes(self._buffer[start:end])
        if end == len(self._buffer):  # an idle connection holds no memory
            self._buffer, self._position = b"", 0
        return content

    def _next_line(self, want: Line) -> bytes | None:
        """Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2"""
        start = self._position
        end = self._buffer.find(b"\r\n", start, start + want.limit + 2)
        if end >= 0:
            self._position = end + 2
            return bytes(self._buffer[start:end])
        if len(self._buffer) - start >= want.limit + 2:
            raise MessageFailure(want.failure, want.status)
        if self._buffer.find(b"\n", start) >= 0:
            raise MessageFailure("A line of the chunked coding ends with LF alone")
        # its end may never come
        if want.begin and start < len(self._buffer) and self._buffer[start] not in want.begin:
            raise MessageFailure(
                f"{bytes(self._buffer[start : start + 80])!r} is not the beginning of a chunk"
            )
        if self._has_ended:
            raise MessageFailure("The connection ended before the last chunk")
        return None

    def _receive_content(self, length: BodyLength) -> None:
        """Part of https://www.rfc-editor.org/rfc/rfc9112#section-6.3"""
        self.trailers = []
        if length == 0:
            return
        if isinstance(length, int) and len(self._buffer) - self._position >= length:
            self._whole = length
            return
        if length == "chunked":
            self._incoming = chunked_content(self.limits)
        elif length == "until close":
            self._incoming = content_until_close()
        else:
            self._incoming = content_of_length(length)
        self._want = next(self._incoming)

    def _persists(self, version: int, values: dict[str, str]) -> bool:
        """Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.3-2"""
        connection = values.get("connection")
        if connection is None:
            return version == 1
        if connection == "keep-alive":
            return True
        options = [option.lower() for option in list_members(connection)]
        return "close" not in options and (version == 1 or "keep-alive" in options)

    # ---- sent ------------------------------------------------------------------------------------

    def send_continue(self) -> bytes:
        """Ask for the content of a request whose client waits for that.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-10.1.1
        """
        self.expects_continue = False
        return b"HTTP/1.1 100 Continue\r\n\r\n"

    def send_content(self, data: bytes) -> bytes:
        """A piece of content, framed; MessageFailure if it is more than was said."""
        self.content_sent += len(data)
        if self._outgoing == "chunked":
            return chunk(data) if data else b""
        if self._outgoing != "until close":
            if len(data) > self._outgoing:
                self.is_persistent = False
                raise MessageFailure(
                    f"The content is longer than its Content-Length: {len(data)} bytes for "
                    f"{self._outgoing}"
                )
            self._outgoing -= len(data)
        return data

    def send_end(self, trailers: Iterable[tuple[str, str]] = ()) -> bytes:
        """What ends the content; MessageFailure if it is less than was said.

        Part of https://www.rfc-editor.org/rfc/rfc9112#section-8-4
        """
        if self._outgoing == "chunked":
            self._outgoing = 0
            return last_chunk(trailers)
        if self._outgoing != "until close" and self._outgoing > 0:
            self.is_persistent = False
            raise MessageFailure(
                f"The content is shorter than its Content-Length, by {self._outgoing} bytes"
            )
        return b""


class ServerConnection(Connection):
    """A connection as its server sees it.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.6-6
    """

    __slots__ = (
        "_body_length", "_previous", "_previous_block", "_previous_head", "_previous_options",
        "_previous_response", "_wants_to_persist", "request",
    )  # fmt: skip

    def __init__(self, limits: Limits = Limits()) -> None:
        super().__init__(limits)
        self.request: RequestHead | None = None  # that is being answered
        # the one before it, as it came and as it was understood
        self._previous_block: bytes | bytearray = b""
        self._previous: RequestHead | None = None
        self._wants_to_persist = True
        self._body_length: BodyLength = 0
        # and what became of it
        self._previous_response: tuple[int, str, str, list[tuple[str, str]]] | None = None
        self._previous_head = b""
        self._previous_options: tuple[str, ...] = ()

    def next_request(self) -> RequestHead | None:
        """The head of the next request.

        Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.2-6
        Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.3.2
        """
        self.request = None
        buffer, start = self._buffer, self._position
        while buffer.startswith(b"\r\n", start):  # an empty line before a request is ignored
            start += 2
        end = buffer.find(b"\r\n\r\n", max(start, self._checked - 3))
        if end < 0:
            self._drop_what_is_before(start)
            check_incomplete_head(self._buffer, self._checked, self.limits)
            self._checked = len(self._buffer)
            if self._has_ended and self._buffer:
                raise MessageFailure("The connection ended within a head")
            return None
        previous, block = self._previous, buffer[start:end]
        if previous is not None and block == self._previous_block:
            # OPTIMIZATION: the same request once more; it was understood the last time.
            head = previous
        else:
            head = parse_request_head(block, self.limits, previous)
            if (
                previous is None
                or head.values is not previous.values
                or head.version != previous.version
            ):
                self._previous = None
                self._understand(head)
            self._previous = head if len(block) < 4096 else None
            self._previous_block = block if len(block) < 4096 else b""
        self.request = head
        self._position, self._checked = end + 4, 0
        self.is_persistent = self._wants_to_persist
        if self._body_length:
            self._receive_content(self._body_length)
            self.expects_continue = (
                "expect" in head.values and head.version == 1 and not self.has_unused_data
            )
        return head

    def _understand(self, head: RequestHead) -> None:
        """Part of https://www.rfc-editor.org/rfc/rfc9112#section-3.2-6"""
        values = head.values
        host = values.get("host")
        if host is None and head.version == 1:
            raise MessageFailure("An HTTP/1.1 request has a Host field")
        if host and not is_host(host):
            raise MessageFailure(f"{host[:80]!r} is not a host")
        self._wants_to_persist = self._persists(head.version, values)
        self._body_length = request_body_length(head)
        if head.version == 1 and values.get("expect", "100-continue").lower() != "100-continue":
            raise MessageFailure(f"The expectation {values['expect'][:80]!r} cannot be met", 417)

    def send_response(
        self,
        status: int,
        reason: str,
        date: str,
        fields: Iterable[tuple[str, str]],
        length: int | None,
        is_last: bool = False,
    ) -> bytes:
        """The head of the response. `length` is how many bytes of content there are, None if nobody
        knows yet; `is_last` is whether the server answers nothing after it.

        The date is sent unless there is one among the fields. The fields that frame the message, or
        are about this connection, are the connection's own to send; of those that are given, an
        Upgrade and the option "close" are heard.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-15
        """
        message = (status, reason, date, list(fields))
        if message == self._previous_response:
            # OPTIMIZATION: a worker says much the same in each of its responses, and what was
            # serialized once is serialized.
            head, options = self._previous_head, self._previous_options
        else:
            head, options = serialize_response_head(*message)
            self._previous_response = message if len(head) < 4096 else None
            self._previous_head, self._previous_options = head, options
        if self.expects_continue:  # its content may come or not, so nobody can tell what comes next
            self.expects_continue = self.is_persistent = False
        if is_last or status == 101 or "close" in options:
            self.is_persistent = False
        method, version = (self.request.method, self.request.version) if self.request else ("", 1)
        self.content_sent = 0
        self._outgoing = 0
        framing = ""
        if not (
            # OPTIMIZATION: most have
            (status == 200 and method in {"GET", "POST"}) or has_content(status, method)
        ):
            if length is not None and (method == "HEAD" or status == 304):
                framing = f"content-length: {length}\r\n"
            # 6.1-9. There are clients that close the connection without it.
            elif version == 1 and has_content(status, "GET"):
                framing = "transfer-encoding: chunked\r\n"
        elif length is not None:
            framing = f"content-length: {length}\r\n"
            self._outgoing = length
        elif version == 1:
            framing = "transfer-encoding: chunked\r\n"
            self._outgoing = "chunked"
        else:
            self._outgoing = "until close"
            self.is_persistent = False
        if not self.is_persistent and status != 101:
            options = (*options, "close") if "close" not in options else options
        elif version == 0:
            options = (*options, "keep-alive")
        if options:
            framing += f"connection: {', '.join(options)}\r\n"
        return head + f"{framing}\r\n".encode()

    def send_whole_response(
        self,
        status: int,
        reason: str,
        date: str,
        fields: Iterable[tuple[str, str]],
        content: bytes,
        is_last: bool = False,
    ) -> bytes:
        """A response whose content is at hand; where the response has no content, it says how much
        there would be.

        Part of https://www.rfc-editor.org/rfc/rfc9112#section-2.1-1
        """
        head = self.send_response(status, reason, date, fields, len(content), is_last)
        if not self._outgoing:
            return head
        self._outgoing, self.content_sent = 0, len(content)
        return head + content


def serialize_response_head(
    status: int, reason: str, date: str, fields: list[tuple[str, str]]
) -> tuple[bytes, tuple[str, ...]]:
    """The status line and the fields that are not about the connection, and what options of the
    connection the others are.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1-3
    """
    lines = [f"HTTP/1.1 {status} {reason}"]
    options = []
    nominated = frozenset[str]()  # fields that an upstream's `Connection` says are about that one
    for name, value in fields:
        lower_case = known_names.get(name) or field_name(name)
        if lower_case not in CONNECTION_FIELDS:
            lines.append(f"{name}: {value}")
            if lower_case == "date":
                date = ""
        elif lower_case == "upgrade":
            lines.append(f"upgrade: {value}")
            options.append("upgrade")
        elif lower_case == "connection":
            nominated |= {option.lower() for option in list_members(value)}
            if "close" in nominated:
                options.append("close")
    if nominated:
        lines[1:] = [
            line
            for line in lines[1:]
            if line.partition(":")[0].lower() not in nominated - {"upgrade", "date"}
        ]
    if date:
        lines.append(f"date: {date}")
    return serialize_head(lines)[:-2], tuple(options)


def sends_content_that_is_none(head: ResponseHead) -> bool:
    """Whether a response that has no content announces some: its server may send it, too.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-15.3.5
    """
    return head.status in (204, 304) and (
        head.values.get("content-length", "0") != "0" or "transfer-encoding" in head.values
    )


class ClientConnection(Connection):
    """A connection as its client sees it.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.6-8
    """

    __slots__ = (
        "_is_lenient", "_previous", "_previous_head", "_previous_request", "_request_method",
    )  # fmt: skip

    def __init__(self, limits: Limits = Limits(), is_lenient: bool = False) -> None:
        super().__init__(limits)
        self._is_lenient = is_lenient  # about lengths that are no numbers
        self._request_method = ""
        # and what became of it
        self._previous_request: tuple[str, str, list[tuple[str, str]], int | None] | None = None
        self._previous_head = b""
        # The response before, with the method of its request, as it came and as it was understood.
        self._previous: tuple[str, bytes | bytearray, ResponseHead, BodyLength, bool] | None = None

    def send_request(
        self, method: str, target: str, fields: Iterable[tuple[str, str]], length: int | None
    ) -> bytes:
        """The head of a request. `length` is how many bytes of content there are, None if nobody
        knows yet.

        Of the fields that frame the message, those that are given are not looked at.

        Part of https://www.rfc-editor.org/rfc/rfc9110#section-9
        """
        request = (method, target, list(fields), length)
        if request != self._previous_request:
            # OPTIMIZATION: a request is often the same as the one before it, and what was
            # serialized once is serialized.
            head = serialize_request_head(*request)
            self._previous_request = request if len(head) < 4096 else None
            self._previous_head = head
        else:
            head = self._previous_head
        self._request_method = method
        self._outgoing = "chunked" if length is None else length
        return head

    def next_response(self) -> ResponseHead | None:
        """The head of the next response; one with a status of 1xx but 101 is not the last to the
        request.

        Part of https://www.rfc-editor.org/rfc/rfc9112#section-9.2-2
        """
        if self._position == len(self._buffer) and not self._has_ended:
            return None
        end = re.compile(END_OF_HEAD).search(self._buffer, max(self._position, self._checked - 3))
        length_of_head = (len(self._buffer) if end is None else end.start()) - self._position
        if length_of_head > self.limits.header_section:
            raise MessageFailure(
                f"The head of the response is longer than {self.limits.header_section} bytes"
            )
        if end is None:
            self._drop_what_is_before(self._position)
            self._checked = len(self._buffer)
            if self._has_ended:
                raise MessageFailure("The connection ended before the response did")
            beginning = bytes(self._buffer[:80])
            if not b"HTTP/1.".startswith(beginning[:7]):  # its end may never come
                raise MessageFailure(
                    f"{beginning!r} is not the status line of an HTTP/1.1 response"
                )
            return None
        block = self._buffer[self._position : end.start()]
        self._position, self._checked = end.end(), 0
        method, previous = self._request_method, self._previous
        if previous is not None and block == previous[1] and method == previous[0]:
            # OPTIMIZATION: a server says much the same in each of its responses, and what was
            # understood once is understood.
            _, _, head, length, self.is_persistent = previous
        else:
            head = parse_response_head(block)
            if head.status < 200 and head.status != 101:
                return head
            length = response_body_length(head, method, self._is_lenient)
            self.is_persistent = (
                length != "until close"
                and head.status != 101
                and not sends_content_that_is_none(head)
                and self._persists(head.version, head.values)
            )
            self._previous = (
                (method, block, head, length, self.is_persistent) if len(block) < 4096 else None
            )
        self._receive_content(length)
        return head
