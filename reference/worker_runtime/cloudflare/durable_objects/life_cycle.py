"""The life of an object: it is made when it is needed, and there is one at most.

SPEC_NOTES.md#life-of-an-object
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from ...host.clock import TimerHandle
from ...host.gates import current_gate
from ...host.host import Host
from ...host.storage.backend import StorageError
from ...host.storage.object_database import ConstraintFailure, ObjectDatabase
from ...html.event_loops import ParallelQueue, in_a_thread
from ...html.settings_objects import EnvironmentSettingsObject
from ...streams.other_specifications import is_readable
from ...webidl.promises import Promise, a_new_promise, perform_promise_then, reject, resolve
from ...websocket_protocol.frames import CloseCode
from . import hibernation, object_state
from .alarms import AlarmScheduler, Outcome
from .hibernation import HibernatableWebSockets
from .ids import DurableObjectId, namespace_key
from .input_gate import InputGate, may_run, start_a_task, wait_for_a_turn
from .object_state import ObjectAborted
from .output_gate import (
    OutputGate,
    abandon,
    begin_a_write,
    commit_if_pending,
    let_out,
    when_they_are_durable,
)

if TYPE_CHECKING:
    from .storage import DurableObjectTransaction

NO_HANDLER = "Your Durable Object class must have an alarm() handler in order to call setAlarm()"

CONSTRAINTS_VIOLATED = (
    "Durable Object was reset and rolled back to its last known good state because the application "
    "left the database in a state where constraints were violated"
)
THREADS_THAT_FLUSH = 8

# Performs an event on an instance.
Event = Callable[[Any], object]


class DurableObjects:
    """All objects of a host: there is one of each, whatever workers and scopes it has.

    SPEC_NOTES.md#durable-objects-of-a-host
    """

    def __init__(self, host: Host) -> None:
        self.host = host
        self.spaces: dict[str, Space] = {}
        # In these threads it is waited for the disk.
        self.disk = ParallelQueue(THREADS_THAT_FLUSH)
        self.idle_seconds = 10.0  # after which an instance is dropped

    def space(self, unique_key: str) -> Space:
        """The space with a key, which is made if there is none.

        Part of SPEC_NOTES.md#durable-objects-of-a-host
        """
        if unique_key not in self.spaces:
            self.spaces[unique_key] = Space(self, unique_key)
        return self.spaces[unique_key]

    def close(self) -> None:
        """Drop all instances: the worker ends. What was written is committed.

        Part of SPEC_NOTES.md#durable-objects-of-a-host
        """
        for space in self.spaces.values():
            space.close()

    def kill(self, error: Exception) -> None:
        """Fail all calls, those to come included: the process is dead, and commits nothing.

        Part of SPEC_NOTES.md#durable-objects-of-a-host
        """
        for space in self.spaces.values():
            space.kill(error)


class Space:
    """The objects of one class.

    SPEC_NOTES.md#space
    """

    def __init__(self, of_all: DurableObjects, unique_key: str) -> None:
        self.of_all = of_all
        self.host = host = of_all.host
        self.unique_key = unique_key
        self.key = namespace_key(unique_key)
        self.containers: dict[str, Container] = {}
        self.web_sockets: dict[str, HibernatableWebSockets] = {}
        self.index = host.databases.alarm_index(unique_key)
        self.alarms = AlarmScheduler(self)
        self.object_class: type | None = None
        self.env: Mapping[str, object] = {}
        # Where several processes share the space: an object is not this one's any more.
        self.let_go: Callable[[str], object] | None = None
        self.settings_object: EnvironmentSettingsObject | None = None
        self.is_in_use: Promise[None] = a_new_promise()
        self.killed: Exception | None = None

    def use(
        self,
        object_class: type,
        env: Mapping[str, object],
        settings_object: EnvironmentSettingsObject,
    ) -> None:
        """From now on instances are made of this class, in that scope; those of another version are
        reset.

        SPEC_NOTES.md#use-a-class
        """
        for container in list(self.containers.values()):
            container.break_(RuntimeError("Durable Object reset because its code was updated."))
        self._close_web_sockets()
        self.object_class, self.env, self.settings_object = object_class, env, settings_object
        self.alarms.load()
        resolve(self.is_in_use)

    def container(self, id: DurableObjectId) -> Container:
        """That of an object, which is made if there is none.

        Part of SPEC_NOTES.md#space
        """
        container = self.containers.get(id._text)
        if container is None:
            container = self.containers[id._text] = Container(self, id)
        return container

    def is_not_here_any_more(self, id: str) -> None:
        """An instance has ended, or the last socket of an object: if it has neither now, another
        process may have it.

        Part of SPEC_NOTES.md#let-go
        """
        if self.let_go is not None and id not in self.containers and id not in self.web_sockets:
            self.let_go(id)

    def close(self) -> None:
        """Part of SPEC_NOTES.md#durable-objects-of-a-host"""
        self.alarms.stop()
        self._close_web_sockets()
        for container in list(self.containers.values()):
            container.drop()

    def kill(self, error: Exception) -> None:
        """Part of SPEC_NOTES.md#durable-objects-of-a-host"""
        self.killed = error
        self.alarms.stop()
        for container in list(self.containers.values()):
            container.break_(error)
        self._close_web_sockets()

    def _close_web_sockets(self) -> None:
        for of_an_object in list(self.web_sockets.values()):
            hibernation.close_all(of_an_object, CloseCode.GOING_AWAY)


class Call:
    """An event on its way: what to do, and the promise of its result.

    Part of SPEC_NOTES.md#deliver-an-event
    """

    __slots__ = ("event", "promise")

    def __init__(self, event: Event) -> None:
        self.event = event
        self.promise: Promise[Any] = a_new_promise()


class Container:
    """Where the instance of an object is, if there is one, from the first event to the last. One
    that is broken is never used again: the next event has another.

    SPEC_NOTES.md#container
    """

    def __init__(self, space: Space, id: DurableObjectId) -> None:
        self.space = space
        self.id = id
        self.output_gate = OutputGate(self._begin, self._commit, self._make_durable, self.break_)
        self.input_gate = InputGate(self.output_gate)
        self.instance: Any = None
        self.broken: BaseException | None = None
        self.ended_in_order = False  # if it is broken: nobody has lost anything
        self.calls: dict[Call, None] = {}
        self.inbox: deque[Call] = deque()
        self.transactions: list[DurableObjectTransaction] = []
        self.running_alarm: float | None = None
        self.run_of_the_alarm: Promise[Outcome] | None = None
        self.alarm_was_set = False
        self._index_is_ahead = False  # of what is durable
        self._savepoints = 0
        self._waited_for = 0
        self._database: ObjectDatabase | None = None
        self._idle_timer: TimerHandle | None = None

    # ---- events ----------------------------------------------------------------------------------

    def deliver(self, event: Event) -> Promise[Any]:
        """Perform an event on the instance, which is made if there is none; a promise of its
        result. Events begin in the order in which they are delivered.

        SPEC_NOTES.md#deliver-an-event
        """
        self._busy()
        call = Call(event)
        self.calls[call] = None
        self.inbox.append(call)
        assert self.space.settings_object is not None
        context = self.space.settings_object.context.copy()
        context.run(current_gate.set, self.input_gate.root)
        start_a_task(self._perform_the_next(), context)
        return call.promise

    async def _perform_the_next(self) -> None:
        # Whichever task is first performs the event that came first.
        call: Call | None = None
        try:
            self._ensure_an_instance()
            if not may_run(self.input_gate.root):  # the constructor has begun a section
                await wait_for_a_turn(self.input_gate.root)
            call = self.inbox.popleft()
            result = call.event(self.instance)
            if isinstance(result, Awaitable):
                result = await result
            outcome = partial(resolve, call.promise, result)
        except Exception as error:
            if call is None and self.inbox:
                call = self.inbox.popleft()
            if call is None:
                return
            outcome = partial(reject, call.promise, error)
        except ObjectAborted:
            return
        # Both kinds of results wait for what was written.
        done = call
        let_out(self.output_gate, lambda: self._end(done, outcome))

    def _end(self, call: Call, outcome: Callable[[], object]) -> None:
        if self.broken is None:
            outcome()
            self.calls.pop(call, None)
            self._idle()

    def _ensure_an_instance(self) -> None:
        if self.instance is None:
            self.check_that_it_is_not_broken()
            object_class = self.space.object_class
            assert object_class is not None
            state = object_state.create(self)
            self.instance = object_class(state, self.space.env)

    # ---- its end ---------------------------------------------------------------------------------

    def break_(self, error: BaseException) -> None:
        """End the instance now: calls fail with the error, and what was not committed is lost.

        SPEC_NOTES.md#break-an-object
        """
        if self.broken is not None:
            return
        error.durableObjectReset = error.remote = True  # type: ignore[attr-defined]
        self.broken = error
        self._busy()
        if self.space.containers.get(self.id._text) is self:
            del self.space.containers[self.id._text]
        self.input_gate.is_closed = True
        abandon(self.output_gate, error)
        self._release()
        for call in self.calls:
            reject(call.promise, error)
        self._close_web_sockets()
        for task in list(self.input_gate.tasks):
            task.cancel()
        self.calls.clear()
        self.inbox.clear()
        self.space.is_not_here_any_more(self.id._text)

    def drop(self) -> None:
        """Forget an instance that nobody uses, or whose worker ends.

        SPEC_NOTES.md#drop-an-instance
        """
        if self.broken is None:
            commit_if_pending(self.output_gate)
        if self.broken is None:
            self._release()
            when_they_are_durable(self.output_gate, len(self.output_gate.committed))
            self.ended_in_order = True
            self.break_(RuntimeError("The Durable Object has ended"))

    def _close_web_sockets(self) -> None:
        of_the_object = self.space.web_sockets.get(self.id._text)
        if of_the_object is not None:
            if not self.ended_in_order:
                hibernation.close_all(of_the_object, CloseCode.INTERNAL_ERROR)
            hibernation.forget_if_there_are_none(of_the_object)
        for connection in list(self.input_gate.connections):
            connection.end()

    def check_that_it_is_not_broken(self) -> None:
        """Part of SPEC_NOTES.md#break-an-object"""
        if self.broken is not None:
            raise self.broken

    def wait_for(self, promise: Promise[Any]) -> None:
        """Part of SPEC_NOTES.md#state-wait-until"""
        self._waited_for += 1

        def done(_: object) -> None:
            self._waited_for -= 1
            self._idle()

        perform_promise_then(promise, done, done)

    def _busy(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None

    def _idle(self) -> None:
        if self.calls or self._waited_for or self.broken is not None:
            return
        self._busy()
        space = self.space
        self._idle_timer = space.host.clock.call_later(space.of_all.idle_seconds, self._evict)

    def _evict(self) -> None:
        if not self.calls and not self._waited_for and not self.drop_if_idle():
            self._idle()

    def drop_if_idle(self) -> bool:
        """Whether nobody uses the instance, so that it was dropped.

        Part of SPEC_NOTES.md#drop-an-instance
        """
        gate = self.input_gate
        is_idle = not (
            self.calls
            or self._waited_for
            or any(map(is_readable, gate.bodies))
            or not all(connection.is_over for connection in gate.connections)
        )
        if is_idle:
            self.drop()
        return is_idle

    # ---- its database ----------------------------------------------------------------------------

    @property
    def database(self) -> ObjectDatabase:
        """That of the object; what is broken has none.

        Part of SPEC_NOTES.md#container
        """
        self.check_that_it_is_not_broken()
        if self._database is None:
            database = self.space.host.databases.open(self.space.unique_key, self.id._text)
            self._database = database
            # Where the machine has lost power, the index may lack an alarm that the object has.
            self.space.alarms.after_a_commit(self.id, database.alarm)
        return self._database

    def begin_a_write(self, allow_unconfirmed: bool) -> ObjectDatabase:
        """The database, within a transaction.

        Part of SPEC_NOTES.md#begin-a-write
        """
        database = self.database
        if not self.transactions:
            begin_a_write(self.output_gate, allow_unconfirmed)
        return database

    def number_of_savepoints(self) -> int:
        """Another number each time.

        Part of SPEC_NOTES.md#storage-transaction
        """
        self._savepoints += 1
        return self._savepoints

    def _begin(self) -> None:
        try:
            self.database.begin()
        except StorageError as error:  # another process may have the object
            self.break_(error)
            raise

    def _commit(self) -> None:
        """Commit, and let the index of alarms know: of an earlier alarm before, of a later one or
        none after.

        SPEC_NOTES.md#commit
        """
        database = self.database
        alarms = self.space.alarms
        self._index_is_ahead |= alarms.before_a_commit(self.id, database.alarm)
        try:
            database.commit()
        except ConstraintFailure as failure:
            raise RuntimeError(f"{CONSTRAINTS_VIOLATED}: {failure}") from failure
        alarms.after_a_commit(self.id, database.alarm)

    def _make_durable(self) -> Promise[None] | None:
        """Flush in a thread; the index of alarms first, if it knows of an alarm that is new.

        SPEC_NOTES.md#flush
        """
        database = self.database
        if not database.has_a_file:
            return None
        flush_the_index = self.space.index.flush if self._index_is_ahead else None
        self._index_is_ahead = False

        def flush() -> None:
            if flush_the_index is not None:
                flush_the_index()
            database.flush()

        return in_a_thread(flush, self.space.of_all.disk)

    def _release(self) -> None:
        if self._database is not None:
            self.space.host.databases.release(self.space.unique_key, self.id._text, self._database)
            self._database = None

    # ---- its web sockets and its alarm -----------------------------------------------------------

    def hibernatable_web_sockets(self) -> HibernatableWebSockets:
        """Those of the object, whatever becomes of the instance.

        Part of SPEC_NOTES.md#hibernatable-web-sockets
        """
        of_all = self.space.web_sockets
        of_the_object = of_all.get(self.id._text)
        if of_the_object is None:
            self.check_that_it_is_not_broken()
            of_the_object = of_all[self.id._text] = HibernatableWebSockets(self.space, self.id)
        return of_the_object

    def visible_alarm(self) -> float | None:
        """Part of SPEC_NOTES.md#storage-get-alarm"""
        if self.running_alarm is not None and not self.alarm_was_set:
            return None
        return self.database.alarm

    def check_that_there_is_a_handler_for_alarms(self) -> None:
        """Part of SPEC_NOTES.md#storage-set-alarm"""
        if self.instance is not None and not callable(getattr(self.instance, "alarm", None)):
            raise TypeError(NO_HANDLER)
