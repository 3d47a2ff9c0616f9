"""Storage manager as a worker sees it: that of the Storage Standard, with the files of the File
System Standard.

Storage Standard, 8: https://storage.spec.whatwg.org/#api
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from ..fs.getting_directories import StorageManagerForFiles
from ..html.settings_objects import EnvironmentSettingsObject
from ..storage import storage_manager
from ..webidl.interfaces import add_the_partial_interface

if TYPE_CHECKING:

    class StorageManager(storage_manager.StorageManager, StorageManagerForFiles):
        """For type checkers: Python's types have no partial interfaces."""

else:
    StorageManager = add_the_partial_interface(
        storage_manager.StorageManager, StorageManagerForFiles
    )


def storage_manager_of(settings_object: EnvironmentSettingsObject) -> StorageManager:
    """That of a scope.

    Part of https://storage.spec.whatwg.org/#dom-navigatorstorage-storage
    """
    return cast(StorageManager, settings_object.record(storage_manager.create_a_storage_manager))
