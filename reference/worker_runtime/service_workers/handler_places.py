"""Handler places: where a worker answers its events, for messages to people.

No standard defines this.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..html.settings_objects import EnvironmentSettingsObject


class HandlerPlaces:
    """The places of the handlers that a scope has instead of listeners of its own, by the types of
    their events.

    Part of SPEC_NOTES.md#module-handlers
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.by_type: dict[str, str] = {}


def place_of_the_handler(scope: Any, type: str) -> str | None:
    """The file and the line of what answers the events of a type; None if that is not one function
    of Python.

    Part of SPEC_NOTES.md#module-handlers
    """
    settings_object: EnvironmentSettingsObject = scope._settings_object
    if type in settings_object.record(HandlerPlaces).by_type:
        return settings_object.record(HandlerPlaces).by_type[type]
    callbacks = [each.callback for each in scope._event_listener_list if each.type == type]
    return place_of_function(callbacks[0]) if len(callbacks) == 1 else None


def place_of_function(function: object) -> str | None:
    """The file and the line at which a function is defined; None if it is not one of Python's.

    Part of SPEC_NOTES.md#module-handlers
    """
    while isinstance(function, partial):
        function = function.func
    code = getattr(getattr(function, "__func__", function), "__code__", None)
    return None if code is None else f"{code.co_filename}:{code.co_firstlineno}"
