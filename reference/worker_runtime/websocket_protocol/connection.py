"""Connections: messages in both directions; the owner of the socket carries the bytes.

RFC 6455, 5 to 7: https://www.rfc-editor.org/rfc/rfc6455#section-5

What comes in is handed to `receive_data`, and `next_event` takes it out again, one message after
the other: None means that more has to be received first. What is to go out is returned as bytes;
what the protocol itself answers is in `take_answers`.
"""

from __future__ import annotations

from codecs import getincrementaldecoder
from collections import deque
from collections.abc import Callable, Generator, Iterator
from math import inf
from typing import Literal, NamedTuple, TypeAlias

from .frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    FIN,
    MASK,
    MOST_OF_A_CONTROL_FRAME,
    PING,
    PONG,
    TEXT,
    XOR_AT_ONCE,
    CloseCode,
    ConnectionFailure,
    frame_head,
    mask,
    serialize_frame,
)
from .permessage_deflate import Compressor, Decompressor, DeflateParameters

Role: TypeAlias = Literal["client", "server"]


class Pong(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3"""

    payload: bytes


class Close(NamedTuple):
    """The other side has begun or finished the closing handshake; the code is 1005 if it gave none.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5
    """

    code: int
    reason: str


class Failed(NamedTuple):
    """The connection has failed, by what the other side did: it is to be closed when the answers
    have been sent.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.2.1
    """

    code: CloseCode
    reason: str


class Progress(NamedTuple):
    """There was much to do, and there is no message yet: time to see to others.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-10.4
    """

    frames: int


Event: TypeAlias = "str | bytes | Pong | Close | Failed | Progress"
WHOLE_MESSAGES = frozenset({FIN | TEXT, FIN | BINARY})  # how they begin, not compressed
FRAMES_IN_A_ROW = 256
PIECES_IN_A_ROW = 8  # that are decompressed before others have their turn
REST = 0  # bytes that are wanted, where others should have their turn
MOST_PONGS = 16  # that wait to be sent
LENGTH_OF_A_FRAME = 64 * 1024  # bytes, of a message that is sent in several


class Budget:
    """How many bytes all connections of a server may hold of messages that are not whole yet, or
    not yet handed over.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-10.4
    """

    __slots__ = ("left",)

    def __init__(self, size: float) -> None:
        self.left = size


class UpTo(int):
    """A number of bytes that is wanted, where fewer will do.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-5
    """

    __slots__ = ()


class Connection:
    """A WebSocket connection whose opening handshake is done, as one of its sides sees it.

    `most` is how many bytes a message may have, compressed or not. Its owner calls `end` when the
    connection has come to its end.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.1
    """

    __slots__ = (
        "_budget", "_buffer", "_close_answer", "_compressor", "_decompressor", "_held",
        "_is_compressed", "_is_server", "_length_of_a_key", "_mask_bit", "_message", "_most",
        "_opcode", "_pongs", "_position", "_random_bytes", "_receiving",
        "_validator", "_want", "has_failed", "received_close", "sent_close",
    )  # fmt: skip

    def __init__(
        self,
        role: Role,
        most: int,
        random_bytes: Callable[[int], bytes],
        deflate: DeflateParameters | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.sent_close = False  # whether this side has closed
        self.received_close: Close | None = None  # whether the other side has
        self.has_failed = False
        self._is_server = role == "server"
        self._mask_bit = MASK if self._is_server else 0  # of what comes in
        self._length_of_a_key = 4 if self._is_server else 0
        self._most = most
        self._random_bytes = random_bytes
        self._compressor: Compressor | None = None
        self._decompressor: Decompressor | None = None
        if deflate is not None:
            server = (deflate.server_max_window_bits, deflate.server_no_context_takeover)
            client = (deflate.client_max_window_bits, deflate.client_no_context_takeover)
            self._compressor = Compressor(*(server if self._is_server else client))
            self._decompressor = Decompressor(*(client if self._is_server else server))
        self._buffer = b""
        self._position = 0  # in the buffer: what is before it has been used
        self._pongs: deque[bytes] | tuple[()] = ()  # that are owed
        self._close_answer: bytes | None = None  # what a close frame that is due says
        self._opcode = CONTINUATION  # of the message that has begun; CONTINUATION if none has
        self._is_compressed = False
        self._message = bytearray()  # what has come of it, if it came in several pieces
        self._budget = budget or Budget(inf)
        self._held = 0  # bytes of the budget that this message has taken
        self._validator = getincrementaldecoder("utf-8")()
        # the frame that has begun
        self._receiving: Generator[int, bytes, Event | None] | None = None
        self._want = 0  # bytes that it waits for

    # ---- received --------------------------------------------------------------------------------

    def receive_data(self, data: bytes) -> None:
        """Take in what the other side has sent."""
        left = self._buffer[self._position :]
        self._buffer = left + data if left else data
        self._position = 0

    def next_event(self) -> Event | None:
        """The next message: a str or bytes; or what else has happened.

        Part of https://www.rfc-editor.org/rfc/rfc6455#section-6.2
        Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.1.3
        Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.1.4
        """
        frames = 0
        while not self.has_failed and self.received_close is None:
            try:
                if self._receiving is None:
                    if self._position == len(self._buffer):
                        return None  # OPTIMIZATION: nothing has come of the next frame
                    if frames == FRAMES_IN_A_ROW:
                        return Progress(frames)
                    if (message := self._receive_a_whole_message()) is not None:
                        return message
                    self._receiving = self._receive_a_frame()
                    self._want = next(self._receiving)
                buffer, start, want = self._buffer, self._position, self._want
                end = start + want
                if end > len(buffer):
                    if start == len(buffer) or not isinstance(want, UpTo):
                        return None
                    end = len(buffer)
                self._position = end
                self._want = self._receiving.send(buffer[start:end])
                if self._want == REST:
                    return Progress(frames)
            except StopIteration as stop:
                self._receiving = None
                frames += 1
                if stop.value is not None:
                    event: Event = stop.value
                    return event
            except ConnectionFailure as failure:
                return self._fail(failure)
        return None

    def _receive_a_whole_message(self) -> str | bytes | None:
        """OPTIMIZATION: a message in one frame that is there as a whole, without
        `_receive_a_frame`.
        """
        buffer, start = self._buffer, self._position
        key = start + 2
        begin = key + self._length_of_a_key
        if len(buffer) < begin or self._opcode != CONTINUATION:
            return None
        first, length = buffer[start], buffer[start + 1] ^ self._mask_bit
        if first not in WHOLE_MESSAGES or length > 127:
            return None
        if length > 125:
            size, shortest = (2, 126) if length == 126 else (8, 1 << 16)
            length = int.from_bytes(buffer[key : key + size])
            if length < shortest:
                return None
            key += size
            begin += size
        end = begin + length
        if length > self._most or end > len(buffer):
            return None
        self._position = end
        payload = buffer[begin:end]
        if not self._is_server:
            pass
        elif length > XOR_AT_ONCE:
            payload = bytes(mask(payload, buffer[key:begin]))
        else:
            keys = (buffer[key:begin] * (length // 4 + 1))[:length]
            payload = (int.from_bytes(payload, "little") ^ int.from_bytes(keys, "little")).to_bytes(
                length, "little"
            )
        return payload if first == FIN | BINARY else text_of(payload)

    def _receive_a_frame(self) -> Generator[int, bytes, Event | None]:
        """Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.4
        Part of https://www.rfc-editor.org/rfc/rfc7692#section-6.2
        """
        head = yield from frame_head(self._is_server, self._decompressor is not None)
        opcode, length = head.opcode, head.length
        if opcode >= CLOSE:
            payload = (yield length) if length else b""
            if self._is_server:
                payload = bytes(mask(payload, head.masking_key))
            return self._receive_a_control_frame(opcode, payload)
        if (opcode == CONTINUATION) != (self._opcode != CONTINUATION):
            raise ConnectionFailure(
                CloseCode.PROTOCOL_ERROR, "A message begins within another, or goes on unbegun"
            )
        if len(self._message) + length > self._most:
            raise ConnectionFailure(
                CloseCode.MESSAGE_TOO_BIG, f"A message is longer than {self._most} bytes"
            )
        if opcode != CONTINUATION:
            self._opcode, self._is_compressed = opcode, head.rsv1
        is_whole = head.fin and opcode != CONTINUATION and not head.rsv1
        masking_key = head.masking_key
        while length:
            piece: bytes | bytearray = yield UpTo(length)
            if self._is_server:
                piece = mask(piece, masking_key)
                rotation = len(piece) % 4
                masking_key = masking_key[rotation:] + masking_key[:rotation]
            # OPTIMIZATION: a message that is there as a whole is not collected
            if is_whole and len(piece) == length:
                self._opcode = CONTINUATION
                return text_of(piece) if opcode == TEXT else bytes(piece)
            is_whole = False
            length -= len(piece)
            self._hold(len(piece))
            self._message += piece
            if not self._is_compressed:
                self._validate(piece)
        if not head.fin:
            return None
        if self._is_compressed:
            yield from self._decompress_the_message()
        return self._end_a_message()

    def _hold(self, size: int) -> None:
        if size > self._budget.left:
            raise ConnectionFailure(
                CloseCode.TRY_AGAIN_LATER, "The server holds too many messages that are not whole"
            )
        self._budget.left -= size
        self._held += size

    def _decompress_the_message(self) -> Generator[int, bytes, None]:
        """Part of https://www.rfc-editor.org/rfc/rfc7692#section-6.2"""
        assert self._decompressor is not None
        payload, self._message = self._message, bytearray()
        for number, piece in enumerate(self._decompressor.decompress(payload, self._most), 1):
            self._hold(len(piece))
            self._message += piece
            self._validate(piece)
            if number % PIECES_IN_A_ROW == 0:
                yield REST

    def _validate(self, piece: bytes | bytearray, is_last: bool = False) -> None:
        """Part of https://www.rfc-editor.org/rfc/rfc6455#section-8.1"""
        if self._opcode == TEXT:
            try:
                self._validator.decode(piece, is_last)
                # a surrogate, which nothing can mend
                if b"\xed\xa0" <= self._validator.getstate()[0] < b"\xee":
                    self._validator.decode(b"", True)
            except UnicodeDecodeError as error:
                raise ConnectionFailure(
                    CloseCode.INVALID_FRAME_PAYLOAD_DATA, f"A text is not UTF-8: {error.reason}"
                ) from None

    def _end_a_message(self) -> str | bytes:
        """Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.6"""
        self._validate(b"", is_last=True)
        message, self._message = self._message, bytearray()
        self.end()
        opcode, self._opcode = self._opcode, CONTINUATION
        return message.decode() if opcode == TEXT else bytes(message)

    def end(self) -> None:
        """Nothing is held any more."""
        self._budget.left += self._held
        self._held = 0

    def _receive_a_control_frame(self, opcode: int, payload: bytes) -> Event | None:
        """https://www.rfc-editor.org/rfc/rfc6455#section-5.5"""
        if opcode == PONG:
            return Pong(payload)
        if opcode == PING:
            # of more pings than that, the last are answered
            self._pongs = self._pongs or deque(maxlen=MOST_PONGS)
            self._pongs.append(payload)
            return None
        close = self.received_close = close_of(payload)
        self._close_answer = payload[:2]
        return close

    def _fail(self, failure: ConnectionFailure) -> Failed:
        self.has_failed = True
        self._message.clear()
        self.end()
        reason = str(failure)
        self._close_answer = close_payload(failure.code, reason)[:MOST_OF_A_CONTROL_FRAME]
        return Failed(failure.code, reason)

    # ---- sent ------------------------------------------------------------------------------------

    def take_answers(self) -> bytes:
        """What the protocol itself has to send by now: pongs, and a close frame unless this side
        has closed.

        What answers the messages before that can be sent before this is called.
        """
        answers = self.take_pongs()
        if self._close_answer is not None and not self.sent_close:
            self.sent_close = True
            answers += self._frame(CLOSE, self._close_answer)
        return answers

    @property
    def owes_pongs(self) -> bool:
        """Whether there are any."""
        return bool(self._pongs)

    def take_pongs(self) -> bytes:
        """The pongs alone."""
        pongs = b"".join(self._frame(PONG, payload) for payload in self._pongs)
        self._pongs = ()
        return pongs

    def send_message(self, data: str | bytes) -> bytes:
        """A message as bytes. Nothing may be sent after this side has closed.

        Part of https://www.rfc-editor.org/rfc/rfc6455#section-6
        Part of https://www.rfc-editor.org/rfc/rfc7692#section-6.1
        """
        assert not self.sent_close
        opcode, payload = (TEXT, data.encode()) if isinstance(data, str) else (BINARY, data)
        if (
            self._compressor is not None
            and (compressed := self._compressor.compress(payload)) is not None
        ):
            return serialize_frame(
                opcode, compressed, None if self._is_server else self._random_bytes(4), rsv1=True
            )
        return serialize_frame(opcode, payload, None if self._is_server else self._random_bytes(4))

    def send_message_in_frames(self, data: str | bytes) -> Iterator[bytes]:
        """A long message, frame by frame, each made when it is asked for. No other message may come
        between them.

        Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.4
        """
        opcode, payload = (TEXT, data.encode()) if isinstance(data, str) else (BINARY, data)
        count = max(1, -(-len(payload) // LENGTH_OF_A_FRAME))
        view = memoryview(payload)
        pieces: Iterator[bytes | memoryview] = (
            view[i * LENGTH_OF_A_FRAME : (i + 1) * LENGTH_OF_A_FRAME] for i in range(count)
        )
        compressed = (
            None if self._compressor is None else self._compressor.compress_in_pieces(pieces)
        )
        for number, piece in enumerate(compressed or pieces):
            masking_key = None if self._is_server else self._random_bytes(4)
            rsv1 = compressed is not None and number == 0
            yield serialize_frame(
                CONTINUATION if number else opcode, piece, masking_key, number == count - 1, rsv1
            )

    def send_ping(self, payload: bytes = b"") -> bytes:
        """Part of https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2"""
        return self._frame(PING, payload)

    def start_the_closing_handshake(self, code: int | None = None, reason: str = "") -> bytes:
        """Say that there will be no more messages; no bytes if that has been said.

        https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2
        """
        if self.sent_close:
            return b""
        self.sent_close = True
        return self._frame(CLOSE, b"" if code is None else close_payload(code, reason))

    def _frame(self, opcode: int, payload: bytes) -> bytes:
        return serialize_frame(opcode, payload, None if self._is_server else self._random_bytes(4))


def text_of(payload: bytes | bytearray) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc6455#section-8.1"""
    try:
        return payload.decode()
    except UnicodeDecodeError as error:
        raise ConnectionFailure(
            CloseCode.INVALID_FRAME_PAYLOAD_DATA, f"A text is not UTF-8: {error.reason}"
        ) from None


def is_code_on_the_wire(code: int) -> bool:
    """Whether a close frame may have this code.

    Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.4.2
    """
    return 1000 <= code <= 1014 and code not in (1004, 1005, 1006) or 3000 <= code <= 4999


def close_payload(code: int, reason: str) -> bytes:
    """Part of https://www.rfc-editor.org/rfc/rfc6455#section-7.1.6"""
    return code.to_bytes(2, "big") + reason.encode()


def close_of(payload: bytes) -> Close:
    """https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1"""
    if not payload:
        return Close(CloseCode.NO_STATUS_RECEIVED, "")
    code = int.from_bytes(payload[:2], "big")
    if len(payload) == 1 or not is_code_on_the_wire(code):
        raise ConnectionFailure(
            CloseCode.PROTOCOL_ERROR, f"A close frame has the code {code}, which none has"
        )
    return Close(code, text_of(payload[2:]))
