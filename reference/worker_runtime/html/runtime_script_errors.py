"""Runtime script errors: what a script throws and nobody catches is an event of its scope, or goes
to the console.

HTML Standard, 8.1.4.6: https://html.spec.whatwg.org/multipage/webappapis.html#runtime-script-errors
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import islice
from types import CodeType
from typing import Any, Unpack

from ..dom.dispatching_events import fire_an_event
from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..host.console import PACKAGE_FOLDER
from ..webidl.callbacks import convert_to_undefined
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException, Thrown
from ..webidl.type_mapping import to_dom_string, to_integer, to_usv_string
from .event_loops import clean_up_after_running_script, prepare_to_run_script
from .settings_objects import EnvironmentSettingsObject, current_settings_object


class ErrorEventInit(EventInit, total=False):
    """https://html.spec.whatwg.org/multipage/webappapis.html#erroreventinit"""

    message: str
    filename: str
    lineno: int
    colno: int
    error: Any


class ErrorEvent(Event):
    """Something was thrown that nobody caught.

    https://html.spec.whatwg.org/multipage/webappapis.html#errorevent
    """

    __slots__ = ("_colno", "_error", "_filename", "_lineno", "_message")

    def __init__(
        self,
        type: str,
        eventInitDict: ErrorEventInit | ErrorEvent | None = None,
        **members: Unpack[ErrorEventInit],
    ) -> None:
        init = to_dictionary(ErrorEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._message = to_dom_string(init.get("message", ""))
        self._filename = to_usv_string(init.get("filename", ""))
        self._lineno = to_integer(init.get("lineno", 0), 32)
        self._colno = to_integer(init.get("colno", 0), 32)
        self._error = init.get("error")

    @property
    def message(self) -> str:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-message"""
        return self._message

    @property
    def filename(self) -> str:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-filename"""
        return self._filename

    @property
    def lineno(self) -> int:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-lineno"""
        return self._lineno

    @property
    def colno(self) -> int:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-colno"""
        return self._colno

    @property
    def error(self) -> Any:
        """https://html.spec.whatwg.org/multipage/webappapis.html#dom-errorevent-error"""
        return self._error


def extract_error_information(exception: object) -> dict[str, Any]:
    """What an ErrorEvent says of what was thrown, and where.

    https://html.spec.whatwg.org/multipage/webappapis.html#extract-error
    """
    error = exception.value if isinstance(exception, Thrown) else exception
    if isinstance(error, BaseException) and not isinstance(error, DOMException):
        message = f"{type(error).__name__}: {error}"
    else:
        message = str(error)
    code, instruction, line = where_it_was_thrown(exception)
    column = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)[2]
    return {
        "error": error,
        "message": f"Uncaught {message}",
        "filename": code.co_filename,
        "lineno": line,
        "colno": 0 if column is None else column + 1,
    }


def where_it_was_thrown(exception: object) -> tuple[CodeType, int, int]:
    """The code, the place in it and the line of the script that has thrown, or that reports a value
    which was not thrown.

    What this package does on behalf of a script counts as done by the script.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#extract-error
    """
    place: tuple[CodeType, int, int] | None = None
    entry = exception.__traceback__ if isinstance(exception, BaseException) else None
    while entry is not None:
        code = entry.tb_frame.f_code
        if place is None or not code.co_filename.startswith(PACKAGE_FOLDER):
            place = code, entry.tb_lasti, entry.tb_lineno
        entry = entry.tb_next
    if place is None:
        frame = sys._getframe()
        while frame.f_code.co_filename.startswith(PACKAGE_FOLDER) and frame.f_back is not None:
            frame = frame.f_back
        place = frame.f_code, frame.f_lasti, frame.f_lineno
    return place


def report_an_exception(
    settings_object: EnvironmentSettingsObject, exception: object, omit_error: bool = False
) -> None:
    """Fire an event named error at the global object; what nobody cancels is reported to the maker
    of a dedicated worker, or else on the console.

    https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception
    """
    not_handled = True
    global_object = settings_object.global_object
    if global_object is not None and not settings_object.in_error_reporting_mode:
        settings_object.in_error_reporting_mode = True
        try:
            error_info = extract_error_information(exception)
            if omit_error:
                error_info["error"] = None
            not_handled = fire_an_event(
                "error", global_object, ErrorEvent, cancelable=True, **error_info
            )
        finally:
            settings_object.in_error_reporting_mode = False
    if not_handled and not (
        global_object is not None and global_object._report_to_the_owner(exception)
    ):
        settings_object.report_to_console(
            exception.value if isinstance(exception, Thrown) else exception, "Uncaught"
        )


def reportError(e: object) -> None:
    """Report a value as if it had been thrown and nobody had caught it.

    https://html.spec.whatwg.org/multipage/webappapis.html#dom-reporterror
    """
    report_an_exception(current_settings_object(), e)


def invoke_and_report(callback: Callable[..., object], *args: object) -> None:
    """Call a callback that returns nothing, and report what it throws; a coroutine that it returns
    runs.

    Part of https://webidl.spec.whatwg.org/#invoke-a-callback-function
    """
    try:
        event_loop = prepare_to_run_script()
        try:
            convert_to_undefined(callback(*args))
        finally:
            clean_up_after_running_script(event_loop)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as exception:  # also a CancelledError, which must not cancel the caller
        report_an_exception(current_settings_object(), exception)
