"""Storage sheds: all that a user agent stores, and how a scope gets at what is its own.

Storage Standard, 4.3, 4.4, 4.6: https://storage.spec.whatwg.org/#storage-sheds,
https://storage.spec.whatwg.org/#storage-shelves, https://storage.spec.whatwg.org/#storage-bottles
"""

from __future__ import annotations

from threading import Lock

from ..host.host import Host
from ..html.settings_objects import EnvironmentSettingsObject
from .storage_bottles import BottleMap, StorageBottle, StorageProxyMap
from .storage_endpoints import StorageIdentifier, StorageType
from .storage_keys import StorageKey, obtain_a_storage_key
from .storage_shelves import StorageShelf, create_a_storage_shelf
from .storage_task_source import StorageQueue
from .usage_and_quota import DEFAULT_QUOTA


class StorageShed:
    """What a host stores: `host.record(StorageShed)`. Any thread may use it.

    https://storage.spec.whatwg.org/#user-agent-storage-shed
    """

    __slots__ = ("_bottles", "_quota", "lock", "queue", "shelves")

    def __init__(self, host: Host) -> None:
        owner = host.entropy.random_bytes(16).hex().encode()
        self.queue = StorageQueue(host.storage, host.clock, owner)
        self.shelves: dict[StorageKey, StorageShelf] = {}
        self.lock = Lock()
        self._bottles: dict[bytes, StorageBottle] = {}  # of none of the shelves
        self._quota = DEFAULT_QUOTA

    @property
    def quota(self) -> int:
        """How many bytes each shelf may have. It may be set at any time.

        https://storage.spec.whatwg.org/#storage-quota
        """
        return self._quota

    @quota.setter
    def quota(self, quota: int) -> None:
        self._quota = quota
        for shelf in list(self.shelves.values()):
            shelf.bucket_map["default"].meter.quota = quota

    def bottle_of_the_host(self, prefix: bytes) -> StorageBottle:
        """A place for what belongs to no storage key, such as network state, or a binding that the
        operator has given to a worker. There is no quota on it.

        SPEC_NOTES.md#bottle-of-the-host
        """
        with self.lock:
            bottle = self._bottles.get(prefix)
            if bottle is None:
                bottle = self._bottles[prefix] = StorageBottle(BottleMap(self.queue, prefix, None))
            return bottle


def obtain_a_storage_shelf(
    shed: StorageShed, environment: EnvironmentSettingsObject, type: StorageType
) -> StorageShelf | None:
    """None is failure.

    https://storage.spec.whatwg.org/#obtain-a-storage-shelf
    """
    key = obtain_a_storage_key(environment)
    if key is None:
        return None
    with shed.lock:
        shelf = shed.shelves.get(key)
        if shelf is None:
            shelf = create_a_storage_shelf(type, shed.queue, key.prefix, shed.quota)
            shed.shelves[key] = shelf
        return shelf


def obtain_a_local_storage_shelf(environment: EnvironmentSettingsObject) -> StorageShelf | None:
    """https://storage.spec.whatwg.org/#obtain-a-local-storage-shelf"""
    return obtain_a_storage_shelf(environment.host.record(StorageShed), environment, "local")


def obtain_a_storage_bottle_map(
    type: StorageType, environment: EnvironmentSettingsObject, identifier: StorageIdentifier
) -> StorageProxyMap | None:
    """None is failure.

    https://storage.spec.whatwg.org/#obtain-a-storage-bottle-map
    """
    shelf = obtain_a_storage_shelf(environment.host.record(StorageShed), environment, type)
    if shelf is None:
        return None
    return StorageProxyMap(shelf.bucket_map["default"].bottle_map[identifier])


def obtain_a_local_storage_bottle_map(
    environment: EnvironmentSettingsObject, identifier: StorageIdentifier
) -> StorageProxyMap | None:
    """None is failure.

    https://storage.spec.whatwg.org/#obtain-a-local-storage-bottle-map
    """
    return obtain_a_storage_bottle_map("local", environment, identifier)
