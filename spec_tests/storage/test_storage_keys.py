"""Storage Standard, 4.2: whose data it is."""

from __future__ import annotations

import pytest

from worker_runtime.host.host import Host, Profile
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.storage.storage_keys import (
    StorageKey,
    equals,
    obtain_a_storage_key,
    obtain_a_storage_key_for_non_storage_purposes,
)
from worker_runtime.url.origins import OpaqueOrigin
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

spec = pytest.mark.spec


def environment(url: str | None, profile: Profile = "browser") -> EnvironmentSettingsObject:
    return EnvironmentSettingsObject(
        Host(profile=profile), origin=OpaqueOrigin() if url is None else origin(url_parser(url))
    )


@spec("https://storage.spec.whatwg.org/#storage-key")
class TestStorageKey:
    def test_names_begin_with_the_origin(self) -> None:
        key = StorageKey(origin(url_parser("https://a.example:8443/x")))
        assert key.prefix == b"origin/https://a.example:8443\0"

    def test_those_of_a_server_begin_with_nothing(self) -> None:
        assert StorageKey(None).prefix == b""


@spec("https://storage.spec.whatwg.org/#obtain-a-storage-key")
class TestObtainAStorageKey:
    def test_an_opaque_origin_has_none(self) -> None:
        assert obtain_a_storage_key(environment(None)) is None

    def test_a_server_has_one_wherever_it_listens(self) -> None:
        urls = ("http://localhost:8000/a.py", "http://localhost:8001/b.py", None)
        assert {obtain_a_storage_key(environment(url, "server")) for url in urls} == {
            StorageKey(None)
        }


@spec("https://storage.spec.whatwg.org/#obtain-a-storage-key-for-non-storage-purposes")
class TestObtainAStorageKeyForNonStoragePurposes:
    def test_it_is_the_origin(self) -> None:
        for url in ("https://a.example/1", None):
            scope = environment(url)
            key = obtain_a_storage_key_for_non_storage_purposes(scope)
            assert key == StorageKey(scope.origin)


@spec("https://storage.spec.whatwg.org/#storage-key-equal")
class TestEquals:
    @pytest.mark.parametrize(
        "one, other, are_equal",
        [
            ("https://a.example/1", "https://a.example/2", True),
            ("https://a.example/", "https://a.example:8443/", False),
            ("https://a.example/", "http://a.example/", False),
            (None, None, False),
        ],
    )
    def test_origins_are_compared(
        self, one: str | None, other: str | None, are_equal: bool
    ) -> None:
        keys = [obtain_a_storage_key_for_non_storage_purposes(environment(u)) for u in (one, other)]
        assert equals(*keys) is are_equal

    def test_a_server_is_itself(self) -> None:
        key = obtain_a_storage_key_for_non_storage_purposes(environment("https://a.example/"))
        assert equals(StorageKey(None), StorageKey(None))
        assert not equals(StorageKey(None), key)
