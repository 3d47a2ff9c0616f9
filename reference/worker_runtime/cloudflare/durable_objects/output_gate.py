"""The output gate: what leaves an object waits until what was written before is durable; and what
is written in one turn is committed together.

SPEC_NOTES.md#output-gate
"""

from __future__ import annotations

from collections.abc import Callable

from ...html.event_loops import call_in_a_turn, relevant_event_loop
from ...webidl.promises import Promise, a_new_promise, mark_as_handled, reject, resolve


class OutputGate:
    """The implicit transaction of an object, while there is one. `begin` and `commit` are those of
    its database; `on_failure` is told why a commit has failed.

    SPEC_NOTES.md#output-gate-state
    """

    __slots__ = ("begin", "commit", "holds_back", "on_failure", "pending")

    def __init__(
        self,
        begin: Callable[[], object],
        commit: Callable[[], object],
        on_failure: Callable[[Exception], object],
    ) -> None:
        self.begin = begin
        self.commit = commit
        self.on_failure = on_failure
        # Fulfilled when the implicit transaction is durable; None: there is none.
        self.pending: Promise[None] | None = None
        # Whether what leaves has to wait for it: not where all of it may be unconfirmed.
        self.holds_back = False


def begin_a_write(gate: OutputGate, allow_unconfirmed: bool) -> None:
    """Begin the implicit transaction, if there is none, and plan its commit.

    SPEC_NOTES.md#begin-a-write
    """
    if gate.pending is None:
        gate.begin()
        gate.pending = a_new_promise()
        mark_as_handled(gate.pending)
        pending = gate.pending
        call_in_a_turn(relevant_event_loop(), lambda: commit_if_pending(gate, pending))
    gate.holds_back = gate.holds_back or not allow_unconfirmed


def commit_if_pending(gate: OutputGate, pending: Promise[None] | None = None) -> None:
    """Commit the implicit transaction, if there is one: that one, if one is given.

    SPEC_NOTES.md#commit-the-implicit-transaction
    """
    promise = gate.pending
    if promise is None or (pending is not None and pending is not promise):
        return
    gate.pending, gate.holds_back = None, False
    try:
        gate.commit()
    except Exception as error:
        reject(promise, error)
        gate.on_failure(error)
    else:
        resolve(promise)


def wait_until_confirmed(gate: OutputGate) -> Promise[None]:
    """A promise that is fulfilled when all that was written until now is durable, but for what may
    be unconfirmed.

    SPEC_NOTES.md#wait-until-confirmed
    """
    if gate.pending is None or not gate.holds_back:
        return Promise.resolve()
    return gate.pending


def abandon(gate: OutputGate, reason: BaseException) -> None:
    """The object is broken: what was not committed is lost, and nobody hears of it.

    SPEC_NOTES.md#abandon
    """
    if gate.pending is not None:
        reject(gate.pending, reason)
        gate.pending = None
