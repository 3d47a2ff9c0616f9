"""Interface ProgressEvent: how far something has come.

XMLHttpRequest Standard, 6: https://xhr.spec.whatwg.org/#interface-progressevent
"""

from __future__ import annotations

from typing import Unpack

from ..dom.dispatching_events import fire_an_event
from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..dom.event_target import EventTarget
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_double


class ProgressEventInit(EventInit, total=False):
    """https://xhr.spec.whatwg.org/#progresseventinit"""

    lengthComputable: bool
    loaded: float
    total: float


class ProgressEvent(Event):
    """An event with a part of a whole, each a number of bytes or of whatever is counted.

    https://xhr.spec.whatwg.org/#progressevent
    """

    __slots__ = ("_length_computable", "_loaded", "_total")

    def __init__(
        self,
        type: str,
        eventInitDict: ProgressEventInit | ProgressEvent | None = None,
        **members: Unpack[ProgressEventInit],
    ) -> None:
        """https://xhr.spec.whatwg.org/#dom-progressevent-progressevent"""
        init = to_dictionary(ProgressEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._length_computable = bool(init.get("lengthComputable"))
        self._loaded = to_double(init.get("loaded", 0))
        self._total = to_double(init.get("total", 0))

    @property
    def lengthComputable(self) -> bool:
        """Whether `total` says anything.

        https://xhr.spec.whatwg.org/#dom-progressevent-lengthcomputable
        """
        return self._length_computable

    @property
    def loaded(self) -> float:
        """https://xhr.spec.whatwg.org/#dom-progressevent-loaded"""
        return self._loaded

    @property
    def total(self) -> float:
        """https://xhr.spec.whatwg.org/#dom-progressevent-total"""
        return self._total


def fire_a_progress_event(e: str, target: EventTarget, transmitted: int, length: int) -> None:
    """The length is 0 where it is not known.

    https://xhr.spec.whatwg.org/#concept-event-fire-progress
    """
    fire_an_event(
        e, target, ProgressEvent, loaded=transmitted, lengthComputable=length != 0, total=length
    )
