"""A member's end of a bus, without the way to the broker: somebody brings frames, and takes those
that it writes.

What is on its way to another member is bounded: each side says what it has taken, and more than a
window is not sent before. What does not fit waits here, up to a limit.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from threading import get_ident
from typing import Any

from .bus import BusFailure, BusOverflow, Receive
from .bus_broker import BYTES_OF_AN_IDENTITY
from .bus_frames import (
    MOST_BYTES_OF_A_NAME,
    NUMBER,
    VERSION,
    Frame,
    Kind,
    number_of,
    pack_message,
    unpack_message,
)

WINDOW = 4 * 1024 * 1024  # bytes that are on their way to one member
MOST_BYTES_THAT_WAIT = 64 * 1024 * 1024  # for one member


class Outbox:
    """What goes to another member."""

    __slots__ = ("misses_messages", "on_the_way", "waiting", "waiting_bytes")

    def __init__(self) -> None:
        self.on_the_way = 0
        self.waiting: deque[bytes] = deque()
        self.waiting_bytes = 0
        self.misses_messages = False


class BusMember:
    """A Bus. `write` takes a frame to the broker, and `report` tells people what went wrong.

    It is of the event loop that runs when it is made.
    """

    def __init__(self, write: Callable[[Frame], object], report: Callable[[str], object]) -> None:
        self._write = write
        self._report = report
        self._loop = asyncio.get_running_loop()
        self._thread = get_ident()
        self._number = 0
        self._server = b""
        self._outboxes: dict[int, Outbox] = {}
        self._taken: dict[int, int] = {}
        self._listeners: dict[str, list[Receive]] = {}
        self._when_gone: list[Callable[[int], object]] = []
        self._own: set[bytes] = set()  # names
        self._questions: dict[int, bytes] = {}  # which name each is about
        self._answers: dict[bytes, asyncio.Future[int]] = {}
        self._last_question = 0
        self._is_welcome: asyncio.Future[None] = self._loop.create_future()
        self._is_lost = False

    async def join(self) -> None:
        """Say hello; when this returns, it is a member. BusFailure if the broker is gone."""
        self._write(Frame(Kind.HELLO, VERSION))
        await self._is_welcome

    # ---- what a member can do --------------------------------------------------------------------

    is_shared = True

    @property
    def member(self) -> int:
        """The number of this member."""
        return self._number

    @property
    def others(self) -> Collection[int]:
        """The numbers of those that there are."""
        return self._outboxes.keys()

    def identity_of(self, member: int) -> bytes:
        """What tells a member from those of all servers."""
        return self._server + NUMBER.pack(member)

    def listen(self, topic: str, receive: Receive) -> None:
        """Get the messages of a topic from now on."""
        self._listeners.setdefault(topic, []).append(receive)

    def when_gone(self, steps: Callable[[int], object]) -> None:
        """Call back with the number of each member that is gone."""
        self._when_gone.append(steps)

    def publish(self, topic: str, message: bytes) -> None:
        """Send to all others."""
        data = pack_message(topic, message)
        if get_ident() == self._thread:
            self._publish(data)
        else:
            with suppress(RuntimeError):  # the loop has ended, so nobody is there
                self._loop.call_soon_threadsafe(self._publish, data)

    def send(self, member: int, topic: str, message: bytes, is_awaited: bool = False) -> None:
        """Send to one of them."""
        outbox = self._outboxes.get(member)
        if outbox is None:
            raise BusFailure("That process has ended")
        self._send(member, outbox, pack_message(topic, message), is_awaited)

    async def claim(self, name: bytes) -> int:
        """Own a name, unless another member does; the number of the one that does."""
        if self._is_lost:
            raise BusFailure("The bus of this process is lost")
        if len(name) > MOST_BYTES_OF_A_NAME:
            raise BusFailure(f"A name has at most {MOST_BYTES_OF_A_NAME} bytes")
        if name in self._own:
            return self._number
        # One question at a time for a name: an answer never tells of what was before a release.
        answer = self._answers.get(name)
        if answer is None:
            answer = self._answers[name] = self._loop.create_future()
            self._last_question = (self._last_question + 1) % 2**32
            self._questions[self._last_question] = name
            self._write(Frame(Kind.CLAIM, self._last_question, name))
        return await asyncio.shield(answer)

    def owns(self, name: bytes) -> bool:
        """Whether this member owns a name."""
        return name in self._own and not self._is_lost

    def claim_in_a_thread(self, name: bytes) -> int:
        """The same for a thread that may wait."""
        if self._loop.is_closed():
            raise BusFailure("The bus of this process is lost")
        claiming = asyncio.run_coroutine_threadsafe(self.claim(name), self._loop)
        return claiming.result()

    def release(self, name: bytes) -> None:
        """Let others own a name, if it is this one's."""
        if get_ident() == self._thread:
            self._release(name)
        else:
            with suppress(RuntimeError):  # the loop has ended, and this process with it
                self._loop.call_soon_threadsafe(self._release, name)

    # ---- what comes from the broker --------------------------------------------------------------

    def receive(self, frame: Frame) -> None:
        """A frame has come. BusFailure if the broker does not send that."""
        kind, number, data = frame
        match kind:
            case Kind.MESSAGE:
                self._dispatch(number, data)
            case Kind.TAKEN:
                if (outbox := self._outboxes.get(number)) is not None:
                    outbox.on_the_way -= number_of(data)
                    self._flush(number, outbox)
            case Kind.OWNER:
                name = self._questions.pop(number)
                owner = number_of(data)
                if owner == self._number:
                    self._own.add(name)
                self._answers.pop(name).set_result(owner)
            case Kind.JOINED:
                self._outboxes[number] = Outbox()
            case Kind.GONE:
                self._outboxes.pop(number, None)
                self._taken.pop(number, None)
                self._tell_who_is_gone(number)
            case Kind.WELCOME:
                self._number, self._server = number, data[:BYTES_OF_AN_IDENTITY]
                others = data[BYTES_OF_AN_IDENTITY:]
                for begin in range(0, len(others), NUMBER.size):
                    self._outboxes[number_of(others[begin : begin + NUMBER.size])] = Outbox()
                self._is_welcome.set_result(None)
            case _:
                raise BusFailure(f"The broker does not send {kind.name}")

    def lose(self) -> None:
        """The broker is gone, so nobody can be reached, and nothing is this member's any more."""
        if self._is_lost:
            return
        self._is_lost = True
        failure = BusFailure("The bus of this process is lost")
        answers: list[asyncio.Future[Any]] = [self._is_welcome, *self._answers.values()]
        self._questions.clear()
        self._answers.clear()
        for answer in answers:
            if not answer.done():
                answer.set_exception(failure)
                answer.exception()  # the caller may have left
        gone = list(self._outboxes)
        self._outboxes.clear()
        for number in (*gone, self._number):
            self._tell_who_is_gone(number)

    # ---- one by one ------------------------------------------------------------------------------

    def _release(self, name: bytes) -> None:
        if name in self._own and not self._is_lost:
            self._own.discard(name)
            self._write(Frame(Kind.RELEASE, 0, name))

    def _publish(self, data: bytes) -> None:
        for member, outbox in self._outboxes.items():
            try:
                self._send(member, outbox, data, False)
                outbox.misses_messages = False
            except BusOverflow as overflow:
                if not outbox.misses_messages:
                    self._report(f"{overflow}, and misses some")
                outbox.misses_messages = True

    def _send(self, member: int, outbox: Outbox, data: bytes, is_awaited: bool) -> None:
        if not is_awaited and outbox.waiting_bytes + len(data) > MOST_BYTES_THAT_WAIT:
            raise BusOverflow("Another process of this server does not take its messages")
        outbox.waiting.append(data)
        outbox.waiting_bytes += len(data)
        self._flush(member, outbox)

    def _flush(self, member: int, outbox: Outbox) -> None:
        while outbox.waiting and (
            not outbox.on_the_way or outbox.on_the_way + len(outbox.waiting[0]) <= WINDOW
        ):
            data = outbox.waiting.popleft()
            outbox.waiting_bytes -= len(data)
            outbox.on_the_way += len(data)
            self._write(Frame(Kind.MESSAGE, member, data))

    def _dispatch(self, member: int, data: bytes) -> None:
        topic, message = unpack_message(data)
        taken = self._taken.get(member, 0) + len(data)
        if taken >= WINDOW // 4:
            self._write(Frame(Kind.TAKEN, member, NUMBER.pack(taken)))
            taken = 0
        self._taken[member] = taken
        for receive in self._listeners.get(topic, ()):
            try:
                receive(member, message)
            except Exception as error:
                self._report(f"A message of another process of this server is wrong: {error}")

    def _tell_who_is_gone(self, number: int) -> None:
        for steps in self._when_gone:
            steps(number)
