"""The StorageManager interface: `navigator.storage`.

Storage Standard, 8: https://storage.spec.whatwg.org/#api
"""

from __future__ import annotations

from typing import NamedTuple

from ..html.settings_objects import EnvironmentSettingsObject
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with, react
from .buckets import LocalStorageBucket, Mode
from .storage_sheds import obtain_a_local_storage_shelf


class StorageEstimate(NamedTuple):
    """How many bytes are stored, and how many may be.

    https://storage.spec.whatwg.org/#dictdef-storageestimate
    """

    usage: int
    quota: int


class StorageManager:
    """What a scope may know and decide about all that it stores.

    https://storage.spec.whatwg.org/#storagemanager
    """

    __slots__ = ("__weakref__", "_settings_object")

    _settings_object: EnvironmentSettingsObject

    __init__ = illegal_constructor

    def persisted(self) -> Promise[bool]:
        """Whether what is stored stays until somebody wants it removed. TypeError if nothing can be
        stored here.

        https://storage.spec.whatwg.org/#dom-storagemanager-persisted
        """
        bucket = self._bucket()
        if bucket is None:
            return a_promise_rejected_with(nothing_can_be_stored())
        return react(bucket.mode(), is_persistent, lambda _: False)

    def persist(self) -> Promise[bool]:
        """Let what is stored stay until somebody wants it removed; whether it does. TypeError if
        nothing can be stored here.

        https://storage.spec.whatwg.org/#dom-storagemanager-persist
        """
        bucket = self._bucket()
        if bucket is None:
            return a_promise_rejected_with(nothing_can_be_stored())
        # The permission is granted: nobody is there to be asked, and nothing is ever cleared here.

        def persist_it(mode: Mode) -> Promise[bool]:
            if mode == "persistent":
                return a_promise_resolved_with(True)
            return react(bucket.set_mode("persistent"), lambda _: True)

        return react(react(bucket.mode(), persist_it), None, lambda _: False)

    def estimate(self) -> Promise[StorageEstimate]:
        """How many bytes are stored, and how many may be. TypeError if nothing can be stored here,
        or if the storage fails.

        https://storage.spec.whatwg.org/#dom-storagemanager-estimate
        """
        bucket = self._bucket()
        if bucket is None:
            return a_promise_rejected_with(nothing_can_be_stored())

        def fail(reason: object) -> None:
            raise TypeError(f"The storage fails: {reason}")

        return react(bucket.usage(), lambda usage: StorageEstimate(usage, bucket.meter.quota), fail)

    def _bucket(self) -> LocalStorageBucket | None:
        shelf = obtain_a_local_storage_shelf(self._settings_object)
        return None if shelf is None else shelf.bucket_map["default"]


def create_a_storage_manager(settings_object: EnvironmentSettingsObject) -> StorageManager:
    """That of a scope is the record of this kind.

    Part of https://storage.spec.whatwg.org/#dom-navigatorstorage-storage
    """
    manager: StorageManager = new(StorageManager)
    manager._settings_object = settings_object
    return manager


def is_persistent(mode: Mode) -> bool:
    """Part of https://storage.spec.whatwg.org/#dom-storagemanager-persisted"""
    return mode == "persistent"


def nothing_can_be_stored() -> TypeError:
    """Part of https://storage.spec.whatwg.org/#obtain-a-local-storage-shelf"""
    return TypeError("Nothing can be stored here: the origin of this scope is opaque")
