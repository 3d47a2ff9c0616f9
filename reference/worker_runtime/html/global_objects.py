"""Global objects: what scripts of a scope find as `globalThis`, and what leads to its settings.

HTML Standard, 8.1.3.3:
https://html.spec.whatwg.org/multipage/webappapis.html#realms-settings-objects-global-objects
"""

from __future__ import annotations

from ..dom.event_target import EventTarget
from .settings_objects import EnvironmentSettingsObject


class GlobalObject(EventTarget):
    """A global object knows its settings object, and the other way round.

    https://html.spec.whatwg.org/multipage/webappapis.html#concept-realm-global
    """

    __slots__ = ("_settings_object",)

    _settings_object: EnvironmentSettingsObject

    def _report_to_the_owner(self, exception: object) -> bool:
        """Whether somebody else is told of an exception that this scope does not handle, as the
        maker of a dedicated worker is.
        """
        return False
