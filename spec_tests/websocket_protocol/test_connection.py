"""Connections: messages, fragments, control frames, the closing handshake; both roles."""

from __future__ import annotations

import os
import tracemalloc
import zlib

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.websocket_protocol.connection import (
    LENGTH_OF_A_FRAME,
    Budget,
    Close,
    Connection,
    Event,
    Failed,
    Pong,
    Progress,
    Role,
    close_of,
    is_code_on_the_wire,
)  # fmt: skip
from worker_runtime.websocket_protocol.frames import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    CloseCode,
    ConnectionFailure,
    serialize_frame,
)  # fmt: skip
from worker_runtime.websocket_protocol.permessage_deflate import DeflateParameters

spec = pytest.mark.spec
ROLES: list[Role] = ["client", "server"]


class Peer:
    """A connection in a role, and its other side, which sends what the test wants."""

    def __init__(
        self, role: Role = "server", most: int = 1 << 20, deflate: DeflateParameters | None = None
    ) -> None:
        self.connection = Connection(role, most, os.urandom, deflate)
        self.other_side = Connection(
            "client" if role == "server" else "server", 1 << 27, os.urandom, deflate
        )
        self.key = b"\x01\x02\x03\x04" if role == "server" else None

    def frame(
        self, opcode: int, payload: bytes = b"", fin: bool = True, rsv1: bool = False
    ) -> bytes:
        return serialize_frame(opcode, payload, self.key, fin, rsv1)

    def receive(self, *data: bytes) -> list[Event]:
        events: list[Event] = []
        for piece in data:
            self.connection.receive_data(piece)
            while (event := self.connection.next_event()) is not None:
                if not isinstance(event, Progress):
                    events.append(event)
        return events

    def answers(self) -> list[Event]:
        self.other_side.receive_data(self.connection.take_answers())
        return list(iter(self.other_side.next_event, None))


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-6.2")
class TestNextEvent:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize("size", [0, 1, 125, 126, 512, 513, 65535, 65536, 100_001])
    def test_messages_come_as_they_were_sent_in_whatever_pieces(
        self, role: Role, size: int
    ) -> None:
        text, binary = "ä€😀x"[: size % 5] * (size // 5) + "z" * (size % 5), os.urandom(size)
        peer = Peer(role)
        data = peer.other_side.send_message(text) + peer.other_side.send_message(binary)
        assert peer.receive(data) == [text, binary]
        assert peer.receive(*(data[i : i + 997] for i in range(0, len(data), 997))) == [
            text,
            binary,
        ]
        if size <= 600:
            assert peer.receive(*(data[i : i + 1] for i in range(len(data)))) == [text, binary]

    @pytest.mark.parametrize("role", ROLES)
    def test_many_messages_of_one_piece_are_taken_one_by_one(self, role: Role) -> None:
        peer = Peer(role)
        messages: list[Event] = [str(number) for number in range(100)]
        assert (
            peer.receive(b"".join(peer.frame(TEXT, str(message).encode()) for message in messages))
            == messages
        )

    @pytest.mark.parametrize("role", ROLES)
    def test_a_frame_that_is_there_as_a_whole_is_as_one_that_comes_in_pieces(
        self, role: Role
    ) -> None:
        lengths = [0, 1, 5, 125, 126, 127, 512, 513, 65_535, 65_536, 70_000]
        frames = [
            Peer(role).frame(opcode, bytes(length), fin)
            for opcode in (TEXT, BINARY, CONTINUATION, PING)
            for length in lengths
            for fin in (True, False)
        ]
        mask_bit = 0x80 if role == "server" else 0
        key = b"\1\2\3\4" if role == "server" else b""
        for second, length in [(126, b"\0\5"), (127, bytes(7) + b"\5"), (127, b"\x80" + bytes(7))]:
            frames.append(bytes((0x82, second | mask_bit)) + length + key + b"12345")  # too long
        frames += [bytes((0x82, 0x85 ^ mask_bit)) + b"12345" * 2, b"\xc1" + frames[0][1:]]
        for frame in frames:
            end = Peer(role).frame(BINARY, b"the next")
            whole = Peer(role, most=66_000).receive(frame + end)
            assert Peer(role, most=66_000).receive(frame[:1], frame[1:], end) == whole


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.4")
class TestFragments:
    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.5.3")
    @pytest.mark.parametrize("role", ROLES)
    def test_control_frames_stand_between_fragments(self, role: Role) -> None:
        peer = Peer(role)
        assert peer.receive(
            peer.frame(TEXT, b"\xe2", fin=False), peer.frame(PING, b"!"),
            peer.frame(CONTINUATION, b"\x82", fin=False), peer.frame(PONG, b"?"),
            peer.frame(CONTINUATION, b"", fin=False), peer.frame(CONTINUATION, b"\xac"),
        ) == [Pong(b"?"), "€"]  # fmt: skip
        assert peer.answers() == [Pong(b"!")]

    @pytest.mark.parametrize(
        "opcodes", [[CONTINUATION], [TEXT, TEXT], [TEXT, BINARY], [TEXT, CONTINUATION, TEXT]]
    )
    def test_a_message_begins_once_and_only_then_goes_on(self, opcodes: list[int]) -> None:
        peer = Peer()
        events = peer.receive(*(peer.frame(opcode, b"x", fin=False) for opcode in opcodes))
        assert [type(event) for event in events] == [Failed]
        assert [event.code for event in peer.answers() if isinstance(event, Close)] == [
            CloseCode.PROTOCOL_ERROR
        ]

    def test_a_flood_of_fragments_takes_no_memory(self) -> None:
        peer = Peer(most=1000)
        flood = peer.frame(TEXT, fin=False) + peer.frame(CONTINUATION, fin=False) * 10_000
        tracemalloc.start()
        assert peer.receive(flood) == []
        assert tracemalloc.get_traced_memory()[1] < 20_000 + len(flood)
        tracemalloc.stop()


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-10.4")
class TestBudget:
    def peers(self, size: int, number: int = 3) -> tuple[Budget, list[Peer]]:
        budget = Budget(size)
        peers = [Peer(deflate=DeflateParameters(True, True)) for _ in range(number)]
        for peer in peers:
            peer.connection = Connection(
                "server", 1 << 20, os.urandom, DeflateParameters(True, True), budget
            )
        return budget, peers

    def test_connections_share_what_messages_hold_until_they_are_whole(self) -> None:
        budget, (first, second, third) = self.peers(1000)
        assert first.receive(first.frame(BINARY, bytes(600), fin=False)) == []
        assert second.receive(second.frame(BINARY, bytes(400), fin=False)) == []
        (event,) = third.receive(third.frame(BINARY, bytes(1), fin=False))
        assert event == Failed(
            CloseCode.TRY_AGAIN_LATER, "The server holds too many messages that are not whole"
        )
        assert first.receive(first.frame(CONTINUATION)) == [bytes(600)]
        assert budget.left == 600
        assert second.receive(second.frame(CONTINUATION, bytes(600))) == [bytes(1000)]
        assert budget.left == 1000

    def test_whoever_fails_or_ends_gives_back_what_it_held(self) -> None:
        budget, (first, second, _) = self.peers(1000)
        first.receive(first.frame(TEXT, b"a" * 300, fin=False), first.frame(CONTINUATION, b"\xff"))
        assert first.connection.has_failed and budget.left == 1000
        second.receive(second.frame(BINARY, bytes(300), fin=False))
        assert budget.left == 700
        second.connection.end()
        second.connection.end()
        assert budget.left == 1000

    def test_what_is_compressed_counts_as_it_was_sent_until_it_is_whole(self) -> None:
        budget, (peer, _, _) = self.peers(2_000_000)
        compressed = zlib.compressobj(wbits=-15)
        payload = compressed.compress(bytes(1_000_000)) + compressed.flush(zlib.Z_SYNC_FLUSH)
        assert peer.receive(peer.frame(BINARY, payload, fin=False, rsv1=True)) == []
        assert budget.left == 2_000_000 - len(payload)
        assert peer.receive(peer.frame(CONTINUATION)) == [bytes(1_000_000)]
        assert budget.left == 2_000_000

    def test_nobody_decompresses_more_than_is_left(self) -> None:
        budget, peers = self.peers(200_000)
        for peer in peers:
            (event,) = peer.receive(peer.other_side.send_message(bytes(1_000_000)))
            assert isinstance(event, Failed) and event.code == CloseCode.TRY_AGAIN_LATER
            assert budget.left == 200_000

    def test_a_bomb_that_is_not_whole_takes_no_memory(self) -> None:
        peer = Peer(most=64 << 20, deflate=DeflateParameters(True, True))
        bomb = zlib.compressobj(wbits=-15)
        payload = bomb.compress(bytes(63 << 20)) + bomb.flush(zlib.Z_SYNC_FLUSH)
        data = peer.frame(BINARY, payload, fin=False, rsv1=True)
        tracemalloc.start()
        assert peer.receive(data, peer.frame(PONG, b"still here")) == [Pong(b"still here")]
        assert tracemalloc.get_traced_memory()[1] < 8 * len(data)
        tracemalloc.stop()

    def test_others_have_their_turn_while_a_message_is_decompressed(self) -> None:
        peer = Peer(most=8 << 20, deflate=DeflateParameters(True, True))
        peer.connection.receive_data(peer.other_side.send_message(bytes(8 << 20)))
        events = []
        while (event := peer.connection.next_event()) is not None:
            events.append(type(event))
        assert events == [Progress] * 16 + [bytes]


class TestLimits:
    @pytest.mark.parametrize("role", ROLES)
    def test_a_frame_that_declares_too_much_fails_before_its_payload(self, role: Role) -> None:
        peer = Peer(role, most=1000)
        head = serialize_frame(BINARY, bytes(70_000), peer.key)[: 14 if peer.key else 10]
        (event,) = peer.receive(head)
        assert isinstance(event, Failed)
        assert event.code == CloseCode.MESSAGE_TOO_BIG

    def test_fragments_count_together(self) -> None:
        peer = Peer(most=1000)
        assert peer.receive(
            peer.frame(BINARY, bytes(600), fin=False), peer.frame(CONTINUATION, bytes(400))
        ) == [bytes(1000)]
        events = peer.receive(
            peer.frame(BINARY, bytes(600), fin=False), peer.frame(CONTINUATION, bytes(401))
        )
        assert [type(event) for event in events] == [Failed]

    def test_a_decompressed_message_counts_as_what_it_becomes(self) -> None:
        peer = Peer(most=10_000, deflate=DeflateParameters())
        assert peer.receive(peer.other_side.send_message(bytes(10_000))) == [bytes(10_000)]
        (event,) = peer.receive(peer.other_side.send_message(bytes(10_001)))
        assert isinstance(event, Failed)
        assert event.code == CloseCode.MESSAGE_TOO_BIG

    def test_frames_that_tell_nothing_do_not_keep_others_waiting(self) -> None:
        peer = Peer()
        peer.connection.receive_data(peer.frame(PING) * 1000)
        assert peer.connection.next_event() == Progress(256)

    def test_of_many_pings_the_last_are_answered(self) -> None:
        peer = Peer()
        assert (
            peer.receive(b"".join(peer.frame(PING, str(number).encode()) for number in range(1000)))
            == []
        )
        assert peer.answers() == [Pong(str(number).encode()) for number in range(984, 1000)]


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-8.1")
class TestTextIsUTF8:
    @pytest.mark.parametrize(
        "bad", [b"\xff", b"\xc0", b"\xed\xa0", b"\xf4\x90", b"\xf5", b"a\x80", b"\xe2\x28"]
    )
    @pytest.mark.parametrize("before", [b"", "ä€😀".encode()])
    def test_fails_at_the_first_bad_byte(self, bad: bytes, before: bytes) -> None:
        peer = Peer()
        frame = peer.frame(TEXT, before + bad + b"more that is not sent")
        position = 6 + len(before + bad)
        events = peer.receive(*(frame[i : i + 1] for i in range(position)))
        assert [event.code for event in events if isinstance(event, Failed)] == [
            CloseCode.INVALID_FRAME_PAYLOAD_DATA
        ]

    @pytest.mark.parametrize(
        "fragments", [[b"\xe2\x82"], [b"a", b"\xe2"], [b"\xff"], [b"\xf0\x9f", b"\x98"]]
    )
    def test_a_text_that_ends_within_a_character_fails(self, fragments: list[bytes]) -> None:
        peer = Peer()
        frames = [
            peer.frame(CONTINUATION if i else TEXT, data, i == len(fragments) - 1)
            for i, data in enumerate(fragments)
        ]
        (event,) = peer.receive(*frames)
        assert isinstance(event, Failed)
        assert event.code == CloseCode.INVALID_FRAME_PAYLOAD_DATA

    def test_a_compressed_text_is_checked_too(self) -> None:
        peer = Peer(deflate=DeflateParameters())
        compressed = peer.other_side._compressor
        assert compressed is not None
        (event,) = peer.receive(
            peer.frame(TEXT, compressed.compress(b"\xff" * 300) or b"", rsv1=True)
        )
        assert isinstance(event, Failed)
        assert event.code == CloseCode.INVALID_FRAME_PAYLOAD_DATA


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.5.1")
class TestClose:
    @pytest.mark.parametrize("role", ROLES)
    def test_the_code_is_echoed_and_nothing_comes_after_it(self, role: Role) -> None:
        peer = Peer(role)
        data = peer.frame(CLOSE, b"\x0f\xa0bye \xe2\x82\xac") + peer.frame(TEXT, b"late")
        assert peer.receive(data) == [Close(4000, "bye €")]
        assert peer.answers() == [Close(4000, "")]
        assert peer.connection.sent_close

    def test_what_answers_a_message_goes_before_the_answer_to_the_close_after_it(self) -> None:
        peer = Peer()
        assert peer.receive(peer.frame(TEXT, b"question") + peer.frame(CLOSE, b"\x03\xe8")) == [
            "question",
            Close(1000, ""),
        ]
        assert not peer.connection.sent_close
        peer.other_side.receive_data(peer.connection.send_message("answer"))
        assert peer.other_side.next_event() == "answer"
        assert peer.answers() == [Close(1000, "")]
        assert peer.connection.sent_close

    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-7.1.2")
    def test_who_closes_before_the_answer_is_taken_has_answered(self) -> None:
        peer = Peer()
        assert peer.receive(peer.frame(CLOSE, b"\x03\xe8")) == [Close(1000, "")]
        assert peer.connection.start_the_closing_handshake(4000) == b"\x88\x02\x0f\xa0"
        assert peer.connection.take_answers() == b""

    def test_a_close_without_a_code_is_answered_without_one(self) -> None:
        peer = Peer()
        assert peer.receive(peer.frame(CLOSE)) == [Close(1005, "")]
        assert peer.answers() == [Close(1005, "")]

    def test_who_has_closed_gets_messages_until_the_other_side_closes(self) -> None:
        peer = Peer()
        assert peer.connection.start_the_closing_handshake(1000, "done") == b"\x88\x06\x03\xe8done"
        assert peer.connection.start_the_closing_handshake(1001) == b""
        frames = [peer.frame(TEXT, b"late"), peer.frame(PING), peer.frame(CLOSE, b"\x03\xe8")]
        assert peer.receive(*frames) == ["late", Close(1000, "")]
        assert peer.connection.take_answers() == b"\x8a\x00"

    @pytest.mark.parametrize(
        "code", [*range(990, 1020), 0, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65535]
    )
    def test_every_code(self, code: int) -> None:
        peer = Peer()
        (event,) = peer.receive(peer.frame(CLOSE, code.to_bytes(2, "big")))
        valid = code in {1000, 1001, 1002, 1003, *range(1007, 1015), 3000, 3999, 4000, 4999}
        assert is_code_on_the_wire(code) == valid
        assert (event == Close(code, "")) == valid
        if not valid:
            assert peer.answers()[0] == Close(
                1002, f"A close frame has the code {code}, which none has"
            )

    def test_all_codes_that_there_are(self) -> None:
        valid = {1000, 1001, 1002, 1003, *range(1007, 1015), *range(3000, 5000)}
        for code in range(1 << 16):
            try:
                assert close_of(code.to_bytes(2, "big")) == Close(code, "")
            except ConnectionFailure as failure:
                assert code not in valid
                assert failure.code == CloseCode.PROTOCOL_ERROR
            else:
                assert code in valid

    @pytest.mark.parametrize(
        "payload, code", [(b"\x03", 1002), (b"\x03\xe8\xff", 1007), (b"\x03\xe8\xe2\x82", 1007)]
    )
    def test_half_a_code_and_a_reason_that_is_not_utf_8_fail(
        self, payload: bytes, code: int
    ) -> None:
        peer = Peer()
        (event,) = peer.receive(peer.frame(CLOSE, payload))
        assert isinstance(event, Failed)
        assert event.code == code


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-7.1.7")
class TestFail:
    def test_nothing_is_read_after_a_failure(self) -> None:
        peer = Peer()
        after = peer.frame(TEXT, b"after")
        events = peer.receive(peer.frame(TEXT, b"before") + b"\x81\x00" + after, after)
        assert events == [
            "before",
            Failed(CloseCode.PROTOCOL_ERROR, "A client's frame has no mask"),
        ]
        assert peer.answers() == [Close(1002, "A client's frame has no mask")]


@spec("https://www.rfc-editor.org/rfc/rfc7692#section-6")
class TestCompression:
    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize(
        "deflate",
        [DeflateParameters(), DeflateParameters(True, True, 9, 10),
            DeflateParameters(False, True, 15, 12)],
    )  # fmt: skip
    def test_messages_come_back_fragmented_or_not(
        self, role: Role, deflate: DeflateParameters
    ) -> None:
        peer = Peer(role, deflate=deflate)
        for message in ("x" * 1000, "", "ä€😀" * 400, "x" * 1000, bytes(70_000)):
            data = peer.other_side.send_message(message)
            assert peer.receive(*(data[i : i + 7] for i in range(0, len(data), 7))) == [message]
        compressor = peer.other_side._compressor
        assert compressor is not None
        payload = compressor.compress(b"fragment" * 100) or b""
        frames = [
            peer.frame(TEXT, payload[:5], False, True),
            peer.frame(PING),
            peer.frame(CONTINUATION, payload[5:]),
        ]
        assert peer.receive(*frames) == ["fragment" * 100]

    @pytest.mark.parametrize("role", ROLES)
    @pytest.mark.parametrize(
        "deflate", [None, DeflateParameters(), DeflateParameters(True, True, 9, 10)]
    )
    def test_a_message_may_be_sent_frame_by_frame(
        self, role: Role, deflate: DeflateParameters | None
    ) -> None:
        peer = Peer(role, most=1_000_000, deflate=deflate)
        for message in (
            "ä" * LENGTH_OF_A_FRAME,
            bytes(3 * LENGTH_OF_A_FRAME),
            b"x" * (LENGTH_OF_A_FRAME + 1),
        ):
            frames = list(peer.other_side.send_message_in_frames(message))
            assert len(frames) == -(
                -len(message.encode() if isinstance(message, str) else message) // LENGTH_OF_A_FRAME
            )
            assert peer.receive(*frames[:-1]) == []
            assert peer.receive(peer.frame(PING), frames[-1]) == [message]

    @pytest.mark.parametrize("deflate", [None, DeflateParameters()])
    def test_an_empty_message_has_a_frame_too(self, deflate: DeflateParameters | None) -> None:
        peer = Peer(deflate=deflate)
        assert peer.receive(*peer.other_side.send_message_in_frames("")) == [""]

    def test_a_message_may_be_sent_as_it_is(self) -> None:
        peer = Peer(deflate=DeflateParameters())
        assert peer.receive(peer.frame(TEXT, b"plain")) == ["plain"]


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.4")
class TestHostileInput:
    @pytest.mark.parametrize("step", [1, 7, 1 << 20])
    @pytest.mark.parametrize("deflate", [None, DeflateParameters()])
    def test_many_frames_take_linear_time(
        self, deflate: DeflateParameters | None, step: int
    ) -> None:
        peer = Peer(deflate=deflate)
        frames = {
            "fragments": peer.frame(CONTINUATION, b"a", fin=False),
            "empty fragments": peer.frame(CONTINUATION, b"", fin=False),
            "pings": peer.frame(PING, b"ping"),
            "messages": peer.frame(TEXT, b"a"),
        }

        def work(data: bytes) -> None:
            peer = Peer(deflate=deflate)
            peer.receive(*(data[start : start + step] for start in range(0, len(data), step)))

        for name, frame in frames.items():
            first = peer.frame(TEXT, b"", fin=False) if "fragments" in name else b""
            grows_no_worse_than_its_input(work, lambda length: first + frame * length, 256)
