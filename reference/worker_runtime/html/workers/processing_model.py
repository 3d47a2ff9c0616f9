"""Processing model: how a worker is run, and how it ends.

HTML Standard, 10.2.4: https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model
"""

from __future__ import annotations

from ...websockets.common_algorithms import WebSockets, make_disappear
from ..settings_objects import EnvironmentSettingsObject
from ..timers import clear_the_map_of_active_timers


def terminate_a_worker(settings_object: EnvironmentSettingsObject) -> None:
    """No task of that worker begins any more, no timer of it is left, and its WebSockets close.

    https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker
    """
    settings_object.closing = True
    clear_the_map_of_active_timers(settings_object)
    for web_socket in list(settings_object.record(WebSockets)):
        make_disappear(web_socket)
