"""The WorkerNavigator interface: what a worker may know of the runtime and the machine.

HTML Standard, 10.3.2:
https://html.spec.whatwg.org/multipage/workers.html#the-workernavigator-object
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ..webidl.interfaces import illegal_constructor, new

if TYPE_CHECKING:
    from ..service_workers.service_worker_container import ServiceWorkerContainer
    from ..web_locks.lock_manager_class import LockManager
    from .storage_manager import StorageManager
from ..html.settings_objects import USER_AGENT, current_settings_object

# A server speaks for nobody, so it has no preference to tell.
LANGUAGES = ("en-US",)


class NavigatorID:
    """What software this is; but for `userAgent`, what the web expects to read.

    https://html.spec.whatwg.org/multipage/system-state.html#navigatorid
    """

    __slots__ = ()

    @property
    def appCodeName(self) -> str:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appcodename"""
        return "Mozilla"

    @property
    def appName(self) -> str:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appname"""
        return "Netscape"

    @property
    def appVersion(self) -> str:
        """Empty, for `userAgent` does not begin as a browser's does.

        https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-appversion
        """
        return ""

    @property
    def platform(self) -> str:
        """Such as "Linux x86_64", "MacIntel" or "Win32".

        https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-platform
        """
        if sys.platform == "win32":
            return "Win32"
        if sys.platform == "darwin":
            return "MacIntel"
        return " ".join(os.uname()[::4])

    @property
    def product(self) -> str:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-product"""
        return "Gecko"

    @property
    def userAgent(self) -> str:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-useragent"""
        return USER_AGENT


class WorkerNavigator(NavigatorID):
    """The runtime, as a worker sees it.

    https://html.spec.whatwg.org/multipage/workers.html#workernavigator
    """

    __slots__ = ("__weakref__",)

    __init__ = illegal_constructor

    @property
    def language(self) -> str:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-language"""
        return LANGUAGES[0]

    @property
    def languages(self) -> tuple[str, ...]:
        """https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-languages"""
        return LANGUAGES

    @property
    def onLine(self) -> bool:
        """True: the runtime cannot be sure that it is not.

        https://html.spec.whatwg.org/multipage/system-state.html#dom-navigator-online
        """
        return True

    @property
    def hardwareConcurrency(self) -> int:
        """How many processors there are.

        https://html.spec.whatwg.org/multipage/workers.html#dom-navigator-hardwareconcurrency
        """
        return os.cpu_count() or 1

    @property
    def storage(self) -> StorageManager:
        """https://storage.spec.whatwg.org/#dom-navigatorstorage-storage"""
        from .storage_manager import storage_manager_of

        return storage_manager_of(current_settings_object())

    @property
    def locks(self) -> LockManager:
        """https://w3c.github.io/web-locks/#dom-navigatorlocks-locks"""
        from ..web_locks.lock_manager_class import create_a_lock_manager

        return current_settings_object().record(create_a_lock_manager)

    @property
    def serviceWorker(self) -> ServiceWorkerContainer:
        """https://w3c.github.io/ServiceWorker/#navigator-service-worker-attribute"""
        from ..service_workers.service_worker_container import container_of

        return container_of(current_settings_object())


# https://html.spec.whatwg.org/multipage/workers.html#dom-worker-navigator
navigator: WorkerNavigator = new(WorkerNavigator)
