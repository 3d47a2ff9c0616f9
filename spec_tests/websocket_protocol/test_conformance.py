"""Conformance: what a side of a connection makes of all that the other may send, well formed or
not.

The groups are those by which implementations are usually compared: framing, pings, reserved bits,
opcodes, fragments, UTF-8, closing, sizes, compression. Each case runs in both roles, and comes
whole, frame by frame, and byte by byte.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import pytest

from worker_runtime.websocket_protocol.connection import (
    Close,
    Connection,
    Event,
    Failed,
    Pong,
    Progress,
    Role,
)
from worker_runtime.websocket_protocol.frames import mask
from worker_runtime.websocket_protocol.permessage_deflate import DeflateParameters

spec = pytest.mark.spec
ROLES: list[Role] = ["client", "server"]
CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
KEY = b"\x37\xfa\x21\x3d"


class Frame(NamedTuple):
    """A frame of the other side's, made by the letter of the diagram; nothing of it need be
    valid.
    """

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv: int = 0  # 4 is RSV1
    length_bytes: int = 0  # of the extended length: 0, 2 or 8; as few as will do if it is 0
    is_mask_wrong: bool = False

    def serialize(self, role: Role) -> bytes:
        length = len(self.payload)
        extended = self.length_bytes or (0 if length < 126 else 2 if length < 65536 else 8)
        head = bytes((self.fin << 7 | self.rsv << 4 | self.opcode,))
        is_masked = (role == "server") != self.is_mask_wrong
        head += (
            bytes((is_masked << 7 | {0: length, 2: 126, 8: 127}[extended],))
            + length.to_bytes(8, "big")[8 - extended :]
        )
        return head + (KEY + mask(self.payload, KEY) if is_masked else self.payload)


class Case(NamedTuple):
    """Frames, and what they come to: events, and what is answered; the code is that of a
    failure.
    """

    name: str
    frames: list[Frame]
    events: list[Event] = []
    answers: list[tuple[int, bytes]] = []
    code: int | None = None


def deliveries(case: Case, role: Role) -> Iterator[list[bytes]]:
    frames = [frame.serialize(role) for frame in case.frames]
    data = b"".join(frames)
    yield [data]
    yield frames
    step = max(1, len(data) // 2000)
    yield [data[i : i + step] for i in range(0, len(data), step)]


def run(case: Case, role: Role, deflate: DeflateParameters | None = None) -> None:
    for pieces in deliveries(case, role):
        connection = Connection(role, 1 << 24, os.urandom, deflate)
        other_side = Connection(
            "client" if role == "server" else "server", 1 << 24, os.urandom, deflate
        )
        events: list[Event] = []
        answers: list[tuple[int, bytes]] = []
        for piece in pieces:
            connection.receive_data(piece)
            while (event := connection.next_event()) is not None:
                if not isinstance(event, Progress):
                    events.append(event)
            other_side.receive_data(connection.take_answers())
            for answer in iter(other_side.next_event, None):
                if isinstance(answer, Pong):
                    answers.append((PONG, answer.payload))
                elif isinstance(answer, Close):
                    answers.append(
                        (CLOSE, b"" if answer.code == 1005 else answer.code.to_bytes(2, "big"))
                    )
                else:
                    raise AssertionError(f"not an answer: {answer}")
        if case.code is not None:
            failure = events.pop()
            assert isinstance(failure, Failed)
            assert failure.code == case.code
            assert answers.pop() == (CLOSE, case.code.to_bytes(2, "big"))
        assert events == case.events
        assert answers == case.answers


def cases(*table: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", table, ids=[case.name for case in table])


def failing(name: str, *frames: Frame, code: int = 1002, events: list[Event] | None = None) -> Case:
    return Case(name, [*frames, Frame(TEXT, b"after")], events or [], [], code)


def whole(opcode: int, size: int) -> Case:
    message: str | bytes = "*" * size if opcode == TEXT else b"\xfe" * size
    payload = message.encode() if isinstance(message, str) else message
    return Case(f"opcode {opcode}, {size} bytes", [Frame(opcode, payload)], [message])


@pytest.mark.parametrize("role", ROLES)
class TestMessages:
    @cases(
        *(
            whole(opcode, size)
            for opcode in (TEXT, BINARY)
            for size in (0, 1, 125, 126, 127, 65535, 65536, 1 << 20)
        )
    )
    def test_of_every_form_of_length(self, case: Case, role: Role) -> None:
        run(case, role)

    @pytest.mark.parametrize("size", [1, 64, 1024, 1 << 16])
    def test_in_fragments_of_every_size(self, size: int, role: Role) -> None:
        text = "Zwölf Boxkämpfer € 😀 " * 3000
        data = text.encode()[: 2000 * size]
        text = data.decode(errors="ignore")
        data = text.encode()
        pieces = [data[i : i + size] for i in range(0, len(data), size)]
        frames = [
            Frame(CONTINUATION if i else TEXT, piece, i == len(pieces) - 1)
            for i, piece in enumerate(pieces)
        ]
        run(Case("", frames, [text]), role)

    def test_many_small_ones(self, role: Role) -> None:
        run(
            Case(
                "",
                [Frame(TEXT, str(i).encode()) for i in range(1000)],
                [str(i) for i in range(1000)],
            ),
            role,
        )


@pytest.mark.parametrize("role", ROLES)
class TestPingsAndPongs:
    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.5")
    @cases(
        Case("a ping without a payload", [Frame(PING)], [], [(PONG, b"")]),
        Case("a ping with text", [Frame(PING, b"Hello")], [], [(PONG, b"Hello")]),
        Case("a ping with bytes", [Frame(PING, b"\x00\xff\xfe")], [], [(PONG, b"\x00\xff\xfe")]),
        Case("a ping of 125 bytes", [Frame(PING, b"*" * 125)], [], [(PONG, b"*" * 125)]),
        failing("a ping of 126 bytes", Frame(PING, b"*" * 126)),
        failing("a ping that is short in a long form", Frame(PING, b"*", length_bytes=2)),
        Case("a pong that nobody asked for", [Frame(PONG, b"unasked"), Frame(PING)],
            [Pong(b"unasked")], [(PONG, b"")]),
        Case("many pings", [Frame(PING, bytes((i,))) for i in range(10)], [],
            [(PONG, bytes((i,))) for i in range(10)]),
        *(failing(f"a control frame in fragments: {opcode}", Frame(opcode, b"", fin=False),
            Frame(CONTINUATION))
          for opcode in (CLOSE, PING, PONG)),
    )  # fmt: skip
    def test_a_ping_is_answered_with_what_it_says(self, case: Case, role: Role) -> None:
        run(case, role)

    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2")
    def test_who_has_closed_still_answers_until_the_other_side_has(self, role: Role) -> None:
        connection = Connection(role, 1000, os.urandom)
        connection.start_the_closing_handshake(1000)
        connection.receive_data(Frame(PING, b"still there?").serialize(role))
        assert connection.next_event() is None
        other_side = Connection("client" if role == "server" else "server", 1000, os.urandom)
        other_side.receive_data(connection.take_answers())
        assert other_side.next_event() == Pong(b"still there?")
        connection.receive_data(
            Frame(CLOSE).serialize(role) + Frame(PING, b"too late").serialize(role)
        )
        assert connection.next_event() == Close(1005, "")
        assert connection.next_event() is None
        assert connection.take_answers() == b""


@pytest.mark.parametrize("role", ROLES)
class TestReservedBitsAndOpcodes:
    @cases(*(failing(f"bits {rsv}, opcode {opcode}", Frame(TEXT, b"before"),
        Frame(opcode, b"xx", rsv=rsv), events=["before"])
             for rsv,
             opcode
             in product(range(1, 8), (CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG))))  # fmt: skip
    def test_bits_mean_nothing_yet(self, case: Case, role: Role) -> None:
        run(case, role)

    @cases(*(failing(f"opcode {opcode}", Frame(BINARY, b"before"), Frame(opcode, payload),
        events=[b"before"])
             for opcode,
             payload
             in product((3, 4, 5, 6, 7, 11, 12, 13, 14, 15), (b"", b"payload"))))  # fmt: skip
    def test_opcodes_that_are_none(self, case: Case, role: Role) -> None:
        run(case, role)

    @cases(
        *(
            failing(f"opcode {opcode}", Frame(opcode, is_mask_wrong=True))
            for opcode in (TEXT, BINARY, CLOSE, PING, PONG)
        )
    )
    def test_a_mask_is_the_clients(self, case: Case, role: Role) -> None:
        run(case, role)

    @cases(failing("125 in two bytes", Frame(BINARY, bytes(125), length_bytes=2)),
           failing("125 in eight", Frame(BINARY, bytes(125), length_bytes=8)),
           failing("65535 in eight", Frame(BINARY, bytes(65535), length_bytes=8)))  # fmt: skip
    def test_a_length_is_in_its_shortest_form(self, case: Case, role: Role) -> None:
        run(case, role)


@pytest.mark.parametrize("role", ROLES)
class TestFragments:
    @cases(
        Case("two fragments", [Frame(TEXT, b"one", False), Frame(CONTINUATION, b"two")],
            ["onetwo"]),
        Case("empty fragments",
            [Frame(TEXT, b"", False), Frame(CONTINUATION, b"", False), Frame(CONTINUATION)], [""]),
        Case("an empty end", [Frame(BINARY, b"all", False), Frame(CONTINUATION)], [b"all"]),
        Case("a ping between",
            [Frame(TEXT, b"one", False), Frame(PING, b"?"), Frame(CONTINUATION, b"two")],
            ["onetwo"],
             [(PONG, b"?")]),
        Case("a close between",
            [Frame(TEXT, b"one", False), Frame(CLOSE, b"\x03\xe8"), Frame(CONTINUATION, b"two")],
             [Close(1000, "")], [(CLOSE, b"\x03\xe8")]),
        failing("a continuation of nothing", Frame(CONTINUATION, b"what?")),
        failing("a continuation of nothing, with more to come",
            Frame(CONTINUATION, b"what?", False)),
        failing("a continuation after the end", Frame(TEXT, b"end"), Frame(CONTINUATION, b"what?"),
            events=["end"]),
        failing("a message within another", Frame(TEXT, b"one", False), Frame(TEXT, b"two")),
        failing("a binary one within a text", Frame(TEXT, b"one", False),
            Frame(BINARY, b"two", False)),
        failing("one within another after a ping", Frame(TEXT, b"", False), Frame(PONG),
            Frame(TEXT), events=[Pong(b"")]),
    )  # fmt: skip
    def test_a_message_may_come_in_pieces(self, case: Case, role: Role) -> None:
        run(case, role)


# RFC 3629, 4: what a character may be, and what may be the beginning of one.
CHARACTER = (
    rb"[\x00-\x7f]|[\xc2-\xdf][\x80-\xbf]"
    rb"|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]{2}|[\xf1-\xf3][\x80-\xbf]{3}|\xf4[\x80-\x8f][\x80-\xbf]{2}"
)
BEGINNING = (
    rb"[\xc2-\xf4]|\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]|\xed[\x80-\x9f]"
    rb"|\xf0[\x90-\xbf][\x80-\xbf]?|[\xf1-\xf3][\x80-\xbf]{1,2}|\xf4[\x80-\x8f][\x80-\xbf]?"
)
UTF_8 = re.compile(rb"(?:%b)*(?:%b)?" % (CHARACTER, BEGINNING))
BOUNDARIES = (0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xFF)


def first_bad_byte(data: bytes) -> int | None:
    return next((i for i in range(len(data)) if not UTF_8.fullmatch(data[: i + 1])), None)


def sequences() -> Iterator[bytes]:
    yield from (bytes((lead, second)) for lead, second in product(range(256), BOUNDARIES))
    thirds, fourths = (0x7F, 0x80, 0xBF, 0xC0), (0xBF, 0xC0)
    yield from (
        bytes(four) for four in product(range(0xE0, 0xF6), BOUNDARIES[2:-2], thirds, fourths)
    )


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-8.1")
class TestUTF8:
    def failure_at(self, data: bytes, fragment: bool = False) -> int | None:
        """After how many bytes of a text that has more to come a connection fails, which each comes
        by itself.
        """
        connection = Connection("client", 1000, os.urandom)
        connection.receive_data(b"\x01\x00" if fragment else b"\x01\x7d")
        for index in range(len(data)):
            connection.receive_data((b"\x00\x01" if fragment else b"") + data[index : index + 1])
            event = connection.next_event()
            if isinstance(event, Failed):
                assert event.code == 1007
                return index
        return None

    def test_fails_at_the_first_byte_that_nothing_can_mend(self) -> None:
        for data in sequences():
            assert self.failure_at(data) == first_bad_byte(data), data

    def test_and_so_it_does_in_fragments(self) -> None:
        for data in [*sequences()][::7]:
            assert self.failure_at(data, fragment=True) == first_bad_byte(data), data

    def test_a_compressed_text_fails_when_it_is_whole(self) -> None:
        deflate = DeflateParameters()
        for data in [*sequences()][::29]:
            connection = Connection("client", 1000, os.urandom, deflate)
            (payload,) = deflated(data)
            head, tail = payload[:2], payload[2:]
            connection.receive_data(Frame(TEXT, head, False, rsv=4).serialize("client"))
            assert connection.next_event() is None
            connection.receive_data(Frame(CONTINUATION, tail).serialize("client"))
            event = connection.next_event()
            try:
                assert event == data.decode()
            except UnicodeDecodeError:
                assert isinstance(event, Failed) and event.code == 1007, data

    @pytest.mark.parametrize("role", ROLES)
    @cases(
        *(Case(f"cut at {cut}", [Frame(TEXT, b"\xf0\x9f\x98\x80\xc3\xa4"[:cut], False),
               Frame(CONTINUATION, b"\xf0\x9f\x98\x80\xc3\xa4"[cut:])], ["😀ä"]) for cut
               in range(7)),
        *(failing(f"ends after {cut} of a character", Frame(TEXT, b"\xf0\x9f\x98\x80"[:cut]),
            code=1007) for cut in (1, 2, 3)),
        *(failing(f"ends in a fragment after {cut} of a character",
            Frame(TEXT, b"\xf0\x9f\x98\x80"[:cut], False),
                  Frame(CONTINUATION), code=1007) for cut in (1, 2, 3)),
        Case("noncharacters are characters",
            [Frame(TEXT, "\ufffe\uffff\U0001fffe\U0010ffff\0".encode())],
             ["\ufffe\uffff\U0001fffe\U0010ffff\0"]),
        Case("a byte order mark is one", [Frame(TEXT, "\ufeffx".encode())], ["\ufeffx"]),
        Case("a binary message is none", [Frame(BINARY, b"\xff\xfe\xed\xa0\x80")],
            [b"\xff\xfe\xed\xa0\x80"]),
    )  # fmt: skip
    def test_texts_in_fragments(self, case: Case, role: Role) -> None:
        run(case, role)


def closing(name: str, payload: bytes, code: int, reason: str = "") -> Case:
    return Case(
        name,
        [Frame(CLOSE, payload), Frame(PING, b"after")],
        [Close(code, reason)],
        [(CLOSE, payload[:2])],
    )


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-7.1.5")
@pytest.mark.parametrize("role", ROLES)
class TestClosing:
    @cases(
        closing("without a code", b"", 1005), closing("with a code", b"\x03\xe8", 1000),
        closing("with a reason", b"\x03\xe9bye", 1001, "bye"),
        closing("with a reason in UTF-8", b"\x0f\xa0\xe2\x82\xac", 4000, "€"),
        closing("with the longest reason", b"\x03\xe8" + b"*" * 123, 1000, "*" * 123),
        failing("with half a code", Frame(CLOSE, b"\x03")),
        failing("with a reason that is too long", Frame(CLOSE, b"\x03\xe8" + b"*" * 124)),
        failing("with a reason that is not UTF-8", Frame(CLOSE, b"\x03\xe8\xce\xba\xed\xa0\x80"),
            code=1007),
        failing("with a reason that ends within a character", Frame(CLOSE, b"\x03\xe8\xe2\x82"),
            code=1007),
        *(closing(f"with {code}", code.to_bytes(2, "big"), code)
          for code
          in (1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999,
              4000, 4999)),
        *(failing(f"with {code}", Frame(CLOSE, code.to_bytes(2, "big")))
          for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535)),
        Case("after messages",
            [Frame(TEXT, b"a"), Frame(BINARY, b"b"), Frame(CLOSE), Frame(TEXT, b"c"), Frame(CLOSE)],
             ["a", b"b", Close(1005, "")], [(CLOSE, b"")]),
    )  # fmt: skip
    def test_a_close_is_answered_and_is_the_last(self, case: Case, role: Role) -> None:
        run(case, role)


def deflated(*messages: bytes, window_bits: int = 15) -> list[bytes]:
    """Messages compressed by one context."""
    context = zlib.compressobj(wbits=-window_bits)
    return [
        (context.compress(message) + context.flush(zlib.Z_SYNC_FLUSH))[:-4] for message in messages
    ]


HELLO = deflated(b"Hello Hello")[0]
AGAIN = deflated(b"Hello Hello", b"Hello Hello")[1]


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-6")
@pytest.mark.parametrize("role", ROLES)
class TestCompression:
    @cases(
        Case("whole", [Frame(TEXT, HELLO, rsv=4)], ["Hello Hello"]),
        Case("with what came before", [Frame(TEXT, HELLO, rsv=4), Frame(BINARY, AGAIN, rsv=4)],
             ["Hello Hello", b"Hello Hello"]),
        Case("beside what is not compressed",
            [Frame(TEXT, b"plain"), Frame(TEXT, HELLO, rsv=4), Frame(TEXT)],
             ["plain", "Hello Hello", ""]),
        Case("empty",
            [Frame(TEXT, b"\0", rsv=4), Frame(BINARY, b"\2\0", rsv=4), Frame(TEXT, HELLO, rsv=4)],
             ["", b"", "Hello Hello"]),
        Case("in fragments, with a ping between",
             [Frame(TEXT, b"", False, rsv=4), Frame(CONTINUATION, HELLO[:3], False),
                 Frame(PING, b"?"),
              Frame(CONTINUATION, HELLO[3:], False), Frame(CONTINUATION)], ["Hello Hello"],
              [(PONG, b"?")]),
        Case("with a final block",
            [Frame(TEXT, bytes.fromhex("f348cdc9c9070000"), rsv=4), Frame(TEXT, HELLO, rsv=4)],
             ["Hello", "Hello Hello"]),
        failing("a bit on a continuation", Frame(TEXT, HELLO[:3], False, rsv=4),
            Frame(CONTINUATION, HELLO[3:], rsv=4)),
        *(failing(f"a bit on a control frame: {opcode}", Frame(opcode, rsv=4)) for opcode
            in (CLOSE, PING, PONG)),
        *(failing(f"the bits {rsv}", Frame(TEXT, HELLO, rsv=rsv)) for rsv in (1, 2, 3, 5, 6, 7)),
        failing("what is not compressed, but says so", Frame(TEXT, b"\xff\xff\xff\xff", rsv=4),
            code=1007),
        failing("a text that is not UTF-8", Frame(TEXT, deflated(b"\xff" * 10)[0], rsv=4),
            code=1007),
    )  # fmt: skip
    def test_the_first_frame_of_a_message_says_that_it_is_compressed(
        self, case: Case, role: Role
    ) -> None:
        run(case, role, DeflateParameters())

    @pytest.mark.parametrize("no_takeover", [False, True])
    @pytest.mark.parametrize(
        "server_bits, client_bits", [(15, 15), (9, 15), (15, 9), (8, 12), (11, 8)]
    )
    def test_whatever_was_agreed_on_both_sides_understand_each_other(
        self, no_takeover: bool, server_bits: int, client_bits: int, role: Role
    ) -> None:
        deflate = DeflateParameters(no_takeover, no_takeover, server_bits, client_bits)
        ours = Connection(role, 1 << 20, os.urandom, deflate)
        theirs = Connection(
            "client" if role == "server" else "server", 1 << 20, os.urandom, deflate
        )
        for size in (0, 16, 0, 64, 256, 1024, 4096, 8192, 16384, 32768, 65536, 131072):
            for message in ("{'id': 1234}, " * (size // 14), os.urandom(size), b"", bytes(size)):
                theirs.receive_data(ours.send_message(message))
                assert theirs.next_event() == message

    @pytest.mark.parametrize("bits", range(9, 16))
    def test_another_compressor_with_the_same_window_is_understood(
        self, bits: int, role: Role
    ) -> None:
        deflate = DeflateParameters(server_max_window_bits=bits, client_max_window_bits=bits)
        text = b"".join(b"%d, " % number for number in range(20_000))
        messages = [text, text[::-1], b"", text]
        frames = [Frame(TEXT, message, rsv=4) for message in deflated(*messages, window_bits=bits)]
        run(Case("", frames, [message.decode() for message in messages]), role, deflate)
