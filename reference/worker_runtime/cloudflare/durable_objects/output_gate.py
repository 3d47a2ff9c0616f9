"""The output gate: what leaves an object waits until what was written before is durable; and what
is written in one turn is committed together.

SPEC_NOTES.md#output-gate
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from functools import partial

from ...host.gates import Steps
from ...html.event_loops import call_in_a_turn, relevant_event_loop, run_a_task
from ...webidl.promises import (
    Promise,
    a_new_promise,
    mark_as_handled,
    perform_promise_then,
    reject,
    resolve,
)


class Batch:
    """What is committed together: the number of the last batch, up to this one, that holds back
    what leaves; whether this one does; and a promise that is fulfilled when it is durable.

    SPEC_NOTES.md#batch
    """

    __slots__ = ("holds_back", "is_durable", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.holds_back = False
        self.is_durable: Promise[None] = a_new_promise()
        mark_as_handled(self.is_durable)


class OutputGate:
    """The implicit transaction of an object, while there is one; what is committed and not durable
    yet; and what waits for that.

    `begin`, `commit` and `make_durable` are those of its database; the last one returns None where
    nothing is to be waited for. `on_failure` is told why one of them has failed.

    SPEC_NOTES.md#output-gate-state
    """

    __slots__ = (
        "begin", "commit", "committed", "held_back", "last_batch", "last_durable", "make_durable",
        "on_failure", "pending",
    )  # fmt: skip

    def __init__(
        self,
        begin: Callable[[], object],
        commit: Callable[[], object],
        make_durable: Callable[[], Promise[None] | None],
        on_failure: Callable[[BaseException], object],
    ) -> None:
        self.begin = begin
        self.commit = commit
        self.make_durable = make_durable
        self.on_failure = on_failure
        self.pending: Batch | None = None  # the implicit transaction
        self.committed: deque[Batch] = deque()  # and not durable yet
        # The numbers of the last batch that holds back, and of the last one that is durable.
        self.last_batch = 0
        self.last_durable = 0
        # What waits, with the number of the batch that it waits for.
        self.held_back: deque[tuple[int, Steps]] = deque()


def begin_a_write(gate: OutputGate, allow_unconfirmed: bool) -> None:
    """Begin the implicit transaction, if there is none, and plan its commit.

    SPEC_NOTES.md#begin-a-write
    """
    batch = gate.pending
    if batch is None:
        gate.begin()
        batch = gate.pending = Batch(gate.last_batch)
        event_loop = relevant_event_loop()
        steps = partial(run_a_task, event_loop, commit_if_pending, gate, batch)
        call_in_a_turn(event_loop, steps)
    if not batch.holds_back and not allow_unconfirmed:
        gate.last_batch += 1
        batch.number, batch.holds_back = gate.last_batch, True


def commit_if_pending(gate: OutputGate, batch: Batch | None = None) -> None:
    """Commit the implicit transaction, if there is one: that one, if one is given.

    SPEC_NOTES.md#commit-the-implicit-transaction
    """
    pending = gate.pending
    if pending is None or (batch is not None and batch is not pending):
        return
    gate.pending = None
    try:
        gate.commit()
    except Exception as error:
        reject(pending.is_durable, error)
        gate.on_failure(error)
        return
    gate.committed.append(pending)
    if len(gate.committed) == 1:
        make_what_is_committed_durable(gate)


def begin_a_transaction(gate: OutputGate) -> None:
    """Begin one that lasts until `commit_the_transaction`: what was written before is committed.

    Part of SPEC_NOTES.md#storage-transaction
    """
    commit_if_pending(gate)
    gate.begin()


def commit_the_transaction(gate: OutputGate) -> None:
    """Part of SPEC_NOTES.md#storage-transaction"""
    gate.last_batch += 1
    gate.pending = Batch(gate.last_batch)
    commit_if_pending(gate)


def make_what_is_committed_durable(gate: OutputGate) -> None:
    """What is committed while that goes on waits for the next time.

    SPEC_NOTES.md#make-what-is-committed-durable
    """
    count = len(gate.committed)
    try:
        promise = gate.make_durable()
    except Exception as error:
        gate.on_failure(error)
        return
    if promise is None:
        when_they_are_durable(gate, count)
    else:
        perform_promise_then(
            promise, lambda _: when_they_are_durable(gate, count), gate.on_failure
        )


def when_they_are_durable(gate: OutputGate, count: int) -> None:
    """The first batches are durable: let out what has waited for them.

    Part of SPEC_NOTES.md#make-what-is-committed-durable
    """
    for _ in range(min(count, len(gate.committed))):
        batch = gate.committed.popleft()
        gate.last_durable = batch.number
        resolve(batch.is_durable)
    while gate.held_back and gate.held_back[0][0] <= gate.last_durable:
        gate.held_back.popleft()[1]()
    if gate.committed:
        make_what_is_committed_durable(gate)


def let_out(gate: OutputGate, steps: Steps) -> None:
    """Perform steps that others can see when all that was written until now is durable, but for
    what may be unconfirmed; and after those that wait already.

    SPEC_NOTES.md#let-out
    """
    if gate.last_durable >= gate.last_batch and not gate.held_back:
        steps()
    else:
        gate.held_back.append((gate.last_batch, steps))


def abandon(gate: OutputGate, reason: BaseException) -> None:
    """The object is broken: what was not committed is lost, and nobody hears of it.

    SPEC_NOTES.md#abandon
    """
    batches = [*gate.committed, *([] if gate.pending is None else [gate.pending])]
    gate.pending = None
    gate.committed.clear()
    gate.held_back.clear()
    for batch in batches:
        reject(batch.is_durable, reason)
