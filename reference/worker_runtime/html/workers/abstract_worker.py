"""The AbstractWorker mixin: what workers of both kinds have for those who made them.

HTML Standard, 10.2.6.1:
https://html.spec.whatwg.org/multipage/workers.html#the-abstractworker-mixin
"""

from __future__ import annotations

from typing import Literal, TypedDict

from ...dom.event_target import EventTarget
from ..event_handlers import EventHandlerIDLAttribute


class AbstractWorker(EventTarget):
    """https://html.spec.whatwg.org/multipage/workers.html#abstractworker"""

    __slots__ = ()

    onerror = EventHandlerIDLAttribute()


class WorkerOptions(TypedDict, total=False):
    """A script is a module of Python, whatever its type; it is fetched without credentials.

    https://html.spec.whatwg.org/multipage/workers.html#workeroptions
    """

    name: str
    type: Literal["classic", "module"]
    credentials: Literal["omit", "same-origin", "include"]


def check_worker_options(options: WorkerOptions) -> None:
    """TypeError for what is in neither enumeration.

    Part of https://html.spec.whatwg.org/multipage/workers.html#workertype.
    """
    for member, values in (
        ("type", ("classic", "module")),
        ("credentials", ("omit", "same-origin", "include")),
    ):
        value = options.get(member, values[0])
        if value not in values:
            raise TypeError(f"{member} is one of {', '.join(values)}, not {value!r}")
