"""A URL for blobs: what `URL.createObjectURL` returns, and what stands behind it.

File API, 8: https://w3c.github.io/FileAPI/#url
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..host.entropy import Entropy
from ..host.host import Host
from ..html.origins import same_origin
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..url.origins import ascii_serialization_of_an_origin
from ..url.url_parsing import url_parser
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..url.writing import URLFailure
from ..webidl.type_mapping import to_usv_string
from .blob import Blob, to_blob


class BlobURLEntry(NamedTuple):
    """https://w3c.github.io/FileAPI/#blob-url-entry"""

    object: Blob
    environment: EnvironmentSettingsObject


class BlobURLStore(dict[str, BlobURLEntry]):
    """The entries of a host, by their URLs. An entry stays until it is revoked.

    https://w3c.github.io/FileAPI/#BlobURLStore
    """

    def __init__(self, host: Host) -> None:
        super().__init__()


def current_blob_url_store() -> BlobURLStore:
    """That of the host of the scope that is running.

    Part of https://w3c.github.io/FileAPI/#creating-revoking
    """
    return current_settings_object().host.record(BlobURLStore)


class URLForBlobs:
    """What the File API adds to URL.

    Part of https://w3c.github.io/FileAPI/#creating-revoking
    """

    __slots__ = ()

    @staticmethod
    def createObjectURL(obj: Blob) -> str:
        """A URL under which the Blob can be fetched until it is revoked.

        https://w3c.github.io/FileAPI/#dfn-createObjectURL
        """
        return add_an_entry_to_the_blob_url_store(to_blob(obj))

    @staticmethod
    def revokeObjectURL(url: str) -> None:
        """Let go of the Blob; a string that is not such a URL, or no longer one, is not an error.

        https://w3c.github.io/FileAPI/#dfn-revokeObjectURL
        """
        try:
            url_record = url_parser(to_usv_string(url))
        except URLFailure:
            return
        entry = url_record.blob_url_entry
        if not isinstance(entry, BlobURLEntry):
            return
        if check_for_same_partition_blob_url_usage(entry, current_settings_object()):
            remove_an_entry_from_the_blob_url_store(url_record)


def obtain_a_blob_object(
    blob_url_entry: BlobURLEntry,
    environment: EnvironmentSettingsObject
    | Literal["top-level-navigation", "top-level-self-fetch"],
) -> Blob | None:
    """The Blob, or None for failure.

    https://w3c.github.io/FileAPI/#blob-url-obtain-object
    """
    is_authorized = True
    if isinstance(environment, EnvironmentSettingsObject):
        is_authorized = check_for_same_partition_blob_url_usage(blob_url_entry, environment)
    return blob_url_entry.object if is_authorized else None


def generate_a_new_blob_url() -> str:
    """https://w3c.github.io/FileAPI/#unicodeBlobURL"""
    settings = current_settings_object()
    serialized = ascii_serialization_of_an_origin(settings.origin)
    return f"blob:{serialized}/{uuid_version_4(settings.host.entropy)}"


def uuid_version_4(entropy: Entropy) -> str:
    """A UUID that is random but for its version and variant.

    https://www.rfc-editor.org/rfc/rfc9562#section-5.4
    """
    octets = bytearray(entropy.random_bytes(16))
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    digits = octets.hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def add_an_entry_to_the_blob_url_store(object: Blob) -> str:
    """https://w3c.github.io/FileAPI/#add-an-entry"""
    url = generate_a_new_blob_url()
    current_blob_url_store()[url] = BlobURLEntry(object, current_settings_object())
    return url


def remove_an_entry_from_the_blob_url_store(url: URLRecord) -> None:
    """https://w3c.github.io/FileAPI/#removeTheEntry"""
    current_blob_url_store().pop(url_serializer(url), None)


def resolve_a_blob_url(url: URLRecord) -> BlobURLEntry | None:
    """The entry of a URL, or None for failure.

    https://w3c.github.io/FileAPI/#blob-url-resolve
    """
    assert url.scheme == "blob"
    return current_blob_url_store().get(url_serializer(url, exclude_fragment=True))


def check_for_same_partition_blob_url_usage(
    blob_url_entry: BlobURLEntry, environment: EnvironmentSettingsObject
) -> bool:
    """Whether both are of one origin, which is all that their storage keys consist of here.

    https://w3c.github.io/FileAPI/#check-for-same-partition-blob-url-usage
    """
    return same_origin(blob_url_entry.environment.origin, environment.origin)
