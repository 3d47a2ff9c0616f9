"""The broker of a bus."""

from __future__ import annotations

import pytest

from worker_runtime.host.bus import BusFailure
from worker_runtime.host.bus_broker import Broker
from worker_runtime.host.bus_frames import NUMBER, VERSION, Frame, Kind

SERVER = b"0123456789abcdef"


class Connected:
    """One that is connected, and what it has been sent."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.number = broker.connect()
        self.frames: list[Frame] = []

    def send(self, kind: Kind, number: int = 0, data: bytes = b"") -> list[Frame]:
        """What it has been sent since the last time."""
        self.broker.receive(self.number, Frame(kind, number, data), self._write)
        return self.taken()

    def taken(self) -> list[Frame]:
        frames, self.frames = self.frames, []
        return frames

    def _write(self, frame: Frame) -> None:
        self.frames.append(frame)


@pytest.fixture
def members() -> list[Connected]:
    broker = Broker(SERVER)
    members = [Connected(broker) for _ in range(3)]
    for member in members:
        member.send(Kind.HELLO, VERSION)
    for member in members:
        member.taken()
    return members


class TestBroker:
    def test_who_says_hello_is_a_member(self) -> None:
        broker = Broker(SERVER)
        first, second = Connected(broker), Connected(broker)
        assert first.send(Kind.HELLO, VERSION) == [Frame(Kind.WELCOME, 1, SERVER)]
        assert second.send(Kind.HELLO, VERSION) == [Frame(Kind.WELCOME, 2, SERVER + NUMBER.pack(1))]
        assert first.taken() == [Frame(Kind.JOINED, 2)]

    def test_messages_are_passed_on(self, members: list[Connected]) -> None:
        first, second, third = members
        for kind in (Kind.MESSAGE, Kind.TAKEN):
            assert first.send(kind, second.number, b"\1ab") == []
            assert second.taken() == [Frame(kind, first.number, b"\1ab")]
        assert third.taken() == []
        assert first.send(Kind.MESSAGE, 99, b"\1ab") == []

    def test_a_name_has_one_owner(self, members: list[Connected]) -> None:
        first, second, _ = members
        mine = [Frame(Kind.OWNER, 5, NUMBER.pack(first.number))]
        assert first.send(Kind.CLAIM, 5, b"a") == first.send(Kind.CLAIM, 5, b"a") == mine
        assert second.send(Kind.CLAIM, 5, b"a") == mine
        assert first.send(Kind.RELEASE, 0, b"a") == []
        assert second.send(Kind.CLAIM, 6, b"a") == [
            Frame(Kind.OWNER, 6, NUMBER.pack(second.number))
        ]

    def test_the_names_of_the_dead_are_free(self, members: list[Connected]) -> None:
        first, second, third = members
        for name in (b"a", b"b"):
            first.send(Kind.CLAIM, 1, name)
        first.broker.leave(first.number)
        first.broker.leave(first.number)
        assert second.taken() == third.taken() == [Frame(Kind.GONE, first.number)]
        for name in (b"a", b"b"):
            assert second.send(Kind.CLAIM, 1, name)[0].data == NUMBER.pack(second.number)
        assert Connected(first.broker).number == 4  # no number comes again

    @pytest.mark.parametrize(
        "frame",
        [Frame(Kind.HELLO, VERSION), Frame(Kind.RELEASE, 0, b"a"), Frame(Kind.WELCOME, 1),
         Frame(Kind.CLAIM, 1, bytes(2**16 + 1)), Frame(Kind.GONE, 1)],
    )  # fmt: skip
    def test_what_a_member_may_not_send_is_refused(
        self, frame: Frame, members: list[Connected]
    ) -> None:
        members[1].send(Kind.CLAIM, 1, b"a")
        with pytest.raises(BusFailure):
            members[0].send(*frame)

    @pytest.mark.parametrize("frame", [Frame(Kind.CLAIM, 1, b"a"), Frame(Kind.HELLO, VERSION + 1)])
    def test_a_stranger_says_hello_first(self, frame: Frame) -> None:
        with pytest.raises(BusFailure):
            Connected(Broker(SERVER)).send(*frame)
