"""Sharing: how the objects of a class come to be those of several processes.

SPEC_NOTES.md#sharing
"""

from __future__ import annotations

from functools import partial

from ...host.host import Host
from ...webidl.promises import Promise
from .life_cycle import Space
from .served_calls import ServedCalls
from .wakers import Wakers


def share(space: Space) -> None:
    """Let the objects of a space be wherever the first call for them is made.

    SPEC_NOTES.md#share-a-space
    """
    if space.let_go is None:
        space.let_go = partial(space.host.record(ServedCalls).let_go, space)
        space.host.record(Wakers).watch(space)


def hand_over(host: Host) -> Promise[None]:
    """This process is about to end: let others have its objects, each as soon as it is idle. A
    promise that is fulfilled when they have all.

    Part of SPEC_NOTES.md#hand-over
    """
    host.record(Wakers).resign()
    return host.record(ServedCalls).hand_over()


def leave(host: Host) -> Promise[None]:
    """This process has no objects any more; a promise that is fulfilled when all know it.

    Part of SPEC_NOTES.md#leave
    """
    return host.record(ServedCalls).leave()
