"""Infrastructure: what the steps of a fetch hand to each other, and what its caller holds in the
hand.

Fetch Standard, 2: https://fetch.spec.whatwg.org/#infrastructure
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..html.settings_objects import EnvironmentSettingsObject
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise
from .requests import RequestRecord
from .responses import FilteredResponse, ResponseRecord, aborted_network_error, network_error

if TYPE_CHECKING:
    from .timing_info import FetchTimingInfo

AnyResponse: TypeAlias = ResponseRecord | FilteredResponse


class FetchController:
    """Lets the caller of a fetch end it; who performs the fetch adds steps for that.

    https://fetch.spec.whatwg.org/#fetch-controller
    """

    __slots__ = (
        "_steps", "before_it_is_handled", "lifetime", "report_timing_steps",
        "serialized_abort_reason", "state",
    )  # fmt: skip

    def __init__(self) -> None:
        self.state: Literal["ongoing", "terminated", "aborted"] = "ongoing"
        # DEVIATION: the reason is kept as it is: it never leaves the thread, so nothing has to be
        # serialized.
        self.serialized_abort_reason: Any = None
        self.report_timing_steps: Callable[[EnvironmentSettingsObject], object] | None = None
        self._steps: list[Callable[[Any], object]] | None = None
        # Not of the standard: settled when what a service worker does for this fetch beyond its
        # response is done; None: it does nothing.
        self.lifetime: Promise[None] | None = None
        # Not of the standard: performed in the context in which a service worker handles the fetch.
        self.before_it_is_handled: list[Callable[[], object]] = []

    def report_timing(self, settings_object: EnvironmentSettingsObject) -> None:
        """Let the timeline of a scope have what the fetch took.

        https://fetch.spec.whatwg.org/#finalize-and-report-timing
        """
        assert self.report_timing_steps is not None
        self.report_timing_steps(settings_object)

    def abort(self, error: object = None) -> None:
        """End the fetch because its caller is no longer interested; the steps get the reason.

        https://fetch.spec.whatwg.org/#fetch-controller-abort
        """
        self.state = "aborted"
        self.serialized_abort_reason = (
            DOMException("The fetch was aborted", "AbortError") if error is None else error
        )
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

        Part of https://fetch.spec.whatwg.org/#fetch-controller-abort
        """
        if self.state == "aborted":
            steps(self.serialized_abort_reason)
        elif self.state == "ongoing":
            if self._steps is None:
                self._steps = []
            self._steps.append(steps)


class FetchParams:
    """The bookkeeping of a fetch.

    https://fetch.spec.whatwg.org/#fetch-params
    """

    __slots__ = (
        "controller", "decodes_content", "process_response",
        "process_response_end_of_body", "request", "timing_info",
    )  # fmt: skip

    def __init__(
        self,
        request: RequestRecord,
        process_response: Callable[[AnyResponse], object] | None = None,
        process_response_end_of_body: Callable[[], object] | None = None,
        controller: FetchController | None = None,
        timing_info: FetchTimingInfo | None = None,
    ) -> None:
        self.request = request
        self.process_response = process_response
        self.process_response_end_of_body = process_response_end_of_body
        self.controller = FetchController() if controller is None else controller
        if timing_info is None:
            from .timing_info import FetchTimingInfo  # who only answers has no use for it

            timing_info = FetchTimingInfo()
        self.timing_info = timing_info
        # Not of the standard: whether content codings are handled, or the content is passed on as
        # it comes.
        self.decodes_content = True

    @property
    def is_canceled(self) -> bool:
        """https://fetch.spec.whatwg.org/#fetch-params-canceled"""
        return self.controller.state != "ongoing"

    def copy_for(self, request: RequestRecord) -> FetchParams:
        """The same fetch, but for its request."""
        copy = FetchParams(
            request,
            self.process_response,
            self.process_response_end_of_body,
            self.controller,
            self.timing_info,
        )
        copy.decodes_content = self.decodes_content
        return copy


def appropriate_network_error(fetch_params: FetchParams) -> ResponseRecord:
    """https://fetch.spec.whatwg.org/#appropriate-network-error"""
    assert fetch_params.is_canceled
    if fetch_params.controller.state == "aborted":
        return aborted_network_error()
    return network_error("the fetch was terminated")
