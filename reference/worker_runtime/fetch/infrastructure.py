"""Infrastructure: what the caller of a fetch holds in the hand.

Fetch Standard, 2: https://fetch.spec.whatwg.org/#infrastructure
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from ..webidl.exceptions import DOMException


class FetchController:
    """Lets the caller of a fetch end it; who performs the fetch adds steps for that.

    https://fetch.spec.whatwg.org/#fetch-controller
    """

    __slots__ = ("_steps", "serialized_abort_reason", "state")

    def __init__(self) -> None:
        self.state: Literal["ongoing", "terminated", "aborted"] = "ongoing"
        # DEVIATION: the reason is kept as it is: it never leaves the thread, so nothing has to be serialized.
        self.serialized_abort_reason: Any = None
        self._steps: list[Callable[[Any], object]] | None = None

    def abort(self, error: object = None) -> None:
        """End the fetch because its caller is no longer interested; the steps get the reason.

        https://fetch.spec.whatwg.org/#fetch-controller-abort
        """
        self.state = "aborted"
        self.serialized_abort_reason = DOMException("The fetch was aborted", "AbortError") if error is None else error
        steps, self._steps = self._steps or [], None
        for step in steps:
            step(self.serialized_abort_reason)

    def terminate(self) -> None:
        """End the fetch without a reason.

        https://fetch.spec.whatwg.org/#fetch-controller-terminate
        """
        self.state = "terminated"
        self._steps = None

    def upon_abort(self, steps: Callable[[Any], object]) -> None:
        """Perform steps with the reason when the fetch is aborted, at once if it has been.

        https://fetch.spec.whatwg.org/#fetch-params-aborted
        """
        if self.state == "aborted":
            steps(self.serialized_abort_reason)
        elif self.state == "ongoing":
            if self._steps is None:
                self._steps = []
            self._steps.append(steps)
