"""A member's end of a bus."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.host import bus_member
from worker_runtime.host.bus import BusFailure, BusOverflow
from worker_runtime.host.bus_frames import NUMBER, Frame, Kind
from worker_runtime.host.bus_member import BusMember

SERVER = b"0123456789abcdef"


class Member(BusMember):
    """The first member of a bus, which knows of a second one; and what it has sent and reported."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.reports: list[str] = []
        super().__init__(self.frames.append, self.reports.append)
        self.receive(Frame(Kind.WELCOME, 1, SERVER + NUMBER.pack(2)))


def message(size: int) -> bytes:
    """One of the topic "a" that has so many bytes as data of a frame."""
    return b"\1a" + bytes(size - 2)


class TestBusMember:
    async def test_says_hello_first(self) -> None:
        frames: list[Frame] = []
        member = BusMember(frames.append, print)
        joining = asyncio.ensure_future(member.join())
        await asyncio.sleep(0)
        assert frames == [Frame(Kind.HELLO, 1)] and not joining.done()
        member.receive(Frame(Kind.WELCOME, 1, SERVER))
        await joining

    async def test_knows_itself_and_the_others(self) -> None:
        member = Member()
        assert member.member == 1 and member.is_shared
        assert member.identity_of(2) == SERVER + b"\0\0\0\2"
        member.receive(Frame(Kind.JOINED, 3))
        member.publish("a", b"bc")
        assert member.frames == [Frame(Kind.MESSAGE, to, b"\1abc") for to in (2, 3)]
        member.send(3, "a", b"d")
        assert member.frames[2:] == [Frame(Kind.MESSAGE, 3, b"\1ad")]

    async def test_hears_the_topics_that_it_listens_to(self) -> None:
        member = Member()
        heard: list[tuple[int, bytes]] = []
        member.listen("a", lambda *message: heard.append(message))
        member.receive(Frame(Kind.MESSAGE, 2, b"\1abc"))
        member.receive(Frame(Kind.MESSAGE, 2, b"\1bbc"))
        assert heard == [(2, b"bc")]

    async def test_another_thread_may_publish_claim_and_release(self) -> None:
        member = Member()
        await asyncio.to_thread(member.publish, "a", b"")
        claiming = asyncio.create_task(asyncio.to_thread(member.claim_in_a_thread, b"n"))
        while len(member.frames) < 2:
            await asyncio.sleep(0.001)
        assert member.frames == [Frame(Kind.MESSAGE, 2, b"\1a"), Frame(Kind.CLAIM, 1, b"n")]
        member.receive(Frame(Kind.OWNER, 1, NUMBER.pack(1)))
        assert await claiming == 1
        await asyncio.to_thread(member.release, b"n")
        await asyncio.sleep(0)
        assert member.frames[2:] == [Frame(Kind.RELEASE, 0, b"n")]

    async def test_releases_only_what_is_its_own(self) -> None:
        member = Member()
        claiming = asyncio.ensure_future(member.claim(b"n"))
        await asyncio.sleep(0)
        member.receive(Frame(Kind.OWNER, 1, NUMBER.pack(2)))
        assert await claiming == 2
        member.release(b"n")
        assert member.frames == [Frame(Kind.CLAIM, 1, b"n")]
        with pytest.raises(BusFailure):
            await member.claim(bytes(2**16 + 1))

    async def test_a_name_is_asked_for_once_at_a_time(self) -> None:
        """An answer that has been overtaken by a release would make it an owner that it is not."""
        member = Member()
        claims = [asyncio.ensure_future(member.claim(b"n")) for _ in range(2)]
        await asyncio.sleep(0)
        claims[0].cancel()
        assert member.frames == [Frame(Kind.CLAIM, 1, b"n")]
        member.receive(Frame(Kind.OWNER, 1, NUMBER.pack(1)))
        assert await claims[1] == await member.claim(b"n") == 1
        assert len(member.frames) == 1
        member.release(b"n")
        member.release(b"n")
        assert member.frames[1:] == [Frame(Kind.RELEASE, 0, b"n")] and not member.owns(b"n")

    async def test_what_is_on_the_way_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        member = Member()
        monkeypatch.setattr(bus_member, "WINDOW", 100)
        monkeypatch.setattr(bus_member, "MOST_BYTES_THAT_WAIT", 150)
        for _ in range(3):
            member.send(2, "a", bytes(58))  # 60 with its topic
        assert len(member.frames) == 1
        for _ in range(2):
            member.publish("a", bytes(58))
        assert member.reports == [
            "Another process of this server does not take its messages, and misses some"
        ]
        with pytest.raises(BusOverflow):
            member.send(2, "a", bytes(58))
        member.receive(Frame(Kind.TAKEN, 2, NUMBER.pack(60)))
        assert len(member.frames) == 2
        member.receive(Frame(Kind.TAKEN, 2, NUMBER.pack(60)))
        member.send(2, "a", bytes(1000 - 2 - 860))  # larger than a window: it goes alone
        assert len(member.frames) == 3
        member.receive(Frame(Kind.TAKEN, 2, NUMBER.pack(60)))
        assert len(member.frames) == 4

    async def test_what_the_other_one_waits_for_goes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        member = Member()
        monkeypatch.setattr(bus_member, "MOST_BYTES_THAT_WAIT", 1)
        with pytest.raises(BusOverflow):
            member.send(2, "a", b"")
        member.send(2, "a", b"", is_awaited=True)
        assert member.frames == [Frame(Kind.MESSAGE, 2, b"\1a")]

    async def test_says_what_it_has_taken(self, monkeypatch: pytest.MonkeyPatch) -> None:
        member = Member()
        monkeypatch.setattr(bus_member, "WINDOW", 100)
        for _ in range(4):
            member.receive(Frame(Kind.MESSAGE, 2, message(15)))
        assert member.frames == [Frame(Kind.TAKEN, 2, NUMBER.pack(30))] * 2

    async def test_who_is_gone_is_told(self) -> None:
        member = Member()
        gone: list[int] = []
        member.when_gone(gone.append)
        member.receive(Frame(Kind.GONE, 2))
        assert gone == [2]
        with pytest.raises(BusFailure, match="has ended"):
            member.send(2, "a", b"")

    async def test_one_that_has_lost_the_bus_has_nothing(self) -> None:
        member = Member()
        gone: list[int] = []
        member.when_gone(gone.append)
        claiming = asyncio.ensure_future(member.claim(b"n"))
        await asyncio.sleep(0)
        for _ in range(2):
            member.lose()
        assert gone == [2, 1]
        for lost in (claiming, member.claim(b"n")):
            with pytest.raises(BusFailure, match="is lost"):
                await lost
        member.publish("a", b"")
        member.release(b"n")

    async def test_a_listener_that_cannot_read_it_is_reported(self) -> None:
        member = Member()
        member.listen("a", lambda member, message: message.decode("ascii"))
        member.receive(Frame(Kind.MESSAGE, 2, b"\1a\xff"))
        assert "is wrong: 'ascii' codec" in member.reports[0]

    @pytest.mark.parametrize(
        "frame", [Frame(Kind.HELLO, 1), Frame(Kind.MESSAGE, 2), Frame(Kind.TAKEN, 2, b"1")]
    )
    async def test_what_a_broker_does_not_send_is_refused(self, frame: Frame) -> None:
        member = Member()
        with pytest.raises(BusFailure):
            member.receive(frame)
