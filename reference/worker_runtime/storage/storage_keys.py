"""Storage keys: whose data it is.

Storage Standard, 4.2: https://storage.spec.whatwg.org/#storage-keys
"""

from __future__ import annotations

from typing import NamedTuple

from ..html.origins import same_origin
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.origins import OpaqueOrigin, Origin, ascii_serialization_of_an_origin


class StorageKey(NamedTuple):
    """https://storage.spec.whatwg.org/#storage-key"""

    origin: Origin | None
    """None: that of a server."""

    @property
    def prefix(self) -> bytes:
        """What the names of all that is stored for it begin with."""
        if self.origin is None:
            return b""
        return b"origin/%b\0" % ascii_serialization_of_an_origin(self.origin).encode()


def obtain_a_storage_key(environment: EnvironmentSettingsObject) -> StorageKey | None:
    """None is failure.

    https://storage.spec.whatwg.org/#obtain-a-storage-key
    """
    key = obtain_a_storage_key_for_non_storage_purposes(environment)
    return None if isinstance(key.origin, OpaqueOrigin) else key


def obtain_a_storage_key_for_non_storage_purposes(
    environment: EnvironmentSettingsObject,
) -> StorageKey:
    """https://storage.spec.whatwg.org/#obtain-a-storage-key-for-non-storage-purposes"""
    # DEVIATION: the origin of a server is where it listens today; what it stores is there tomorrow,
    # wherever it listens then. So all scopes of its host share one key.
    return StorageKey(None if environment.host.profile == "server" else environment.origin)


def equals(A: StorageKey, B: StorageKey) -> bool:
    """https://storage.spec.whatwg.org/#storage-key-equal"""
    if A.origin is None or B.origin is None:
        return A.origin is B.origin
    return same_origin(A.origin, B.origin)
