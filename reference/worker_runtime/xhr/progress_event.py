"""Interface ProgressEvent: how far something has come.

XMLHttpRequest Standard, 6: https://xhr.spec.whatwg.org/#interface-progressevent
"""

from __future__ import annotations

from ..dom.dispatching_events import fire_an_event
from ..dom.event import Event
from ..dom.event_target import EventTarget
from ..webidl.type_mapping import to_double


class ProgressEvent(Event):
    """An event with a part of a whole, each a number of bytes or of whatever is counted.

    https://xhr.spec.whatwg.org/#progressevent
    """

    __slots__ = ("_length_computable", "_loaded", "_total")

    def __init__(
        self,
        type: str,
        *,
        bubbles: bool = False,
        cancelable: bool = False,
        composed: bool = False,
        lengthComputable: bool = False,
        loaded: float = 0,
        total: float = 0,
    ) -> None:
        """https://xhr.spec.whatwg.org/#dom-progressevent-progressevent"""
        super().__init__(type, bubbles=bubbles, cancelable=cancelable, composed=composed)
        self._length_computable = bool(lengthComputable)
        self._loaded = to_double(loaded)
        self._total = to_double(total)

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
