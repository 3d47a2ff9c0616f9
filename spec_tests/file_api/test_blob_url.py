"""File API, 8."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from worker_runtime import URL
from worker_runtime.file_api.blob import Blob
from worker_runtime.file_api.blob_url import (
    BlobURLEntry,
    add_an_entry_to_the_blob_url_store,
    check_for_same_partition_blob_url_usage,
    current_blob_url_store,
    generate_a_new_blob_url,
    obtain_a_blob_object,
    remove_an_entry_from_the_blob_url_store,
    resolve_a_blob_url,
    uuid_version_4,
)
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    realm_execution_context,
)
from worker_runtime.url.origins import TupleOrigin
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec

ORIGIN = TupleOrigin("http", "a.example", 8080)


@pytest.fixture(autouse=True)
def empty_store() -> Iterator[None]:
    yield
    current_blob_url_store().clear()


@spec("https://w3c.github.io/FileAPI/#creating-revoking")
class TestURL:
    def test_is_the_url_class(self) -> None:
        assert URL("http://a.example/b").pathname == "/b"
        assert isinstance(URL.parse("http://a.example/b"), URL)

    @spec("https://w3c.github.io/FileAPI/#dfn-createObjectURL")
    @spec("https://w3c.github.io/FileAPI/#dfn-revokeObjectURL")
    def test_a_blob_has_a_url_until_it_is_revoked(self) -> None:
        blob = Blob()
        url = URL.createObjectURL(blob)
        entry = url_parser(url + "#fragment").blob_url_entry
        assert isinstance(entry, BlobURLEntry) and entry.object is blob
        URL.revokeObjectURL(url)
        assert url_parser(url).blob_url_entry is None

    @pytest.mark.parametrize("url", ["", "http://a.example/", "blob:", "blob:null/no-such"])
    def test_revoking_what_is_none_is_no_error(self, url: str) -> None:
        there = URL.createObjectURL(Blob())
        URL.revokeObjectURL(url)
        assert url_parser(there).blob_url_entry is not None

    def test_what_is_no_blob_is_a_type_error(self) -> None:
        blob: Any = b"x"
        with pytest.raises(TypeError, match="Expected a Blob, not bytes"):
            URL.createObjectURL(blob)

    def test_another_origin_cannot_revoke(self) -> None:
        url = URL.createObjectURL(Blob())
        token = realm_execution_context.set(EnvironmentSettingsObject(origin=ORIGIN))
        try:
            URL.revokeObjectURL(url)
        finally:
            realm_execution_context.reset(token)
        assert url_parser(url).blob_url_entry is not None


@spec("https://w3c.github.io/FileAPI/#blob-url-entry")
@spec("https://w3c.github.io/FileAPI/#blob-url-obtain-object")
class TestObtainABlobObject:
    def test_is_failure_for_another_origin(self) -> None:
        blob = Blob()
        entry = BlobURLEntry(blob, EnvironmentSettingsObject(origin=ORIGIN))
        assert obtain_a_blob_object(entry, EnvironmentSettingsObject(origin=ORIGIN)) is blob
        assert obtain_a_blob_object(entry, "top-level-navigation") is blob
        assert obtain_a_blob_object(entry, EnvironmentSettingsObject()) is None


@spec("https://w3c.github.io/FileAPI/#unicodeBlobURL")
class TestGenerateANewBlobURL:
    def test_has_the_origin_and_a_uuid(self) -> None:
        assert re.fullmatch("blob:null/[0-9a-f-]{36}", generate_a_new_blob_url())
        token = realm_execution_context.set(EnvironmentSettingsObject(origin=ORIGIN))
        try:
            assert generate_a_new_blob_url().startswith("blob:http://a.example:8080/")
        finally:
            realm_execution_context.reset(token)


@spec("https://www.rfc-editor.org/rfc/rfc9562#section-5.4")
class TestUUIDVersion4:
    @pytest.mark.parametrize(
        "octet, uuid",
        [
            (0, "00000000-0000-4000-8000-000000000000"),
            (255, "ffffffff-ffff-4fff-bfff-ffffffffffff"),
        ],
    )
    def test_has_version_and_variant(self, octet: int, uuid: str) -> None:
        class Octets:
            def random_bytes(self, length: int) -> bytes:
                return bytes([octet] * length)

        assert uuid_version_4(Octets()) == uuid


@spec("https://w3c.github.io/FileAPI/#add-an-entry")
class TestAddAnEntryToTheBlobURLStore:
    def test_each_has_its_own_url(self) -> None:
        blob = Blob()
        assert add_an_entry_to_the_blob_url_store(blob) != add_an_entry_to_the_blob_url_store(blob)


@spec("https://w3c.github.io/FileAPI/#removeTheEntry")
class TestRemoveAnEntryFromTheBlobURLStore:
    def test_a_fragment_is_part_of_the_url_here(self) -> None:
        url = add_an_entry_to_the_blob_url_store(Blob())
        remove_an_entry_from_the_blob_url_store(url_parser(url + "#a"))
        assert url in current_blob_url_store()
        remove_an_entry_from_the_blob_url_store(url_parser(url))
        assert url not in current_blob_url_store()


@spec("https://w3c.github.io/FileAPI/#blob-url-resolve")
class TestResolveABlobURL:
    def test_a_url_that_is_not_in_the_store_is_failure(self) -> None:
        assert resolve_a_blob_url(url_parser("blob:null/x")) is None


@spec("https://w3c.github.io/FileAPI/#check-for-same-partition-blob-url-usage")
class TestCheckForSamePartitionBlobURLUsage:
    def test_is_about_the_origin(self) -> None:
        here = current_settings_object()
        assert check_for_same_partition_blob_url_usage(BlobURLEntry(Blob(), here), here)
        assert not check_for_same_partition_blob_url_usage(
            BlobURLEntry(Blob(), here), EnvironmentSettingsObject(origin=ORIGIN)
        )
