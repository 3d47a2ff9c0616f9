"""HTTP cache responses: as bytes, and as responses again."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.http_cache_responses import (
    CachedResponse,
    parse_cached_response,
    serialize_cached_response,
)
from worker_runtime.host.storage.backend import StorageError
from worker_runtime.storage.large_values import NO_BODY

spec = pytest.mark.spec


def cached(length: int | None = None) -> CachedResponse:
    fields = [("x-a", "1"), ("set-cookie", "a=b"), ("set-cookie", "\xfc"), ("age", "3")]
    key = b"response/s\0u\0" + b"1" * 16
    nominated = {"accept": "a/b", "x": None}
    return CachedResponse(
        404, "Nicht d\xe4", fields, nominated, 10.25, 10.5, key, True, NO_BODY, length, b"u"
    )


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-2-3")
class TestCachedResponse:
    def test_is_a_response_with_its_age(self) -> None:
        response = cached(length=0).response_with_body(b"", now=20.0)
        assert (response.status, response.status_message, response.header_list.get("age")) == (
            404,
            "Nicht d\xe4",
            "12",
        )
        assert response.header_list.values_of("set-cookie") == ["a=b", "\xfc"]
        assert response.body is not None and response.body.take_bytes() == b""

    def test_one_that_was_just_validated_has_the_age_that_it_came_with(self) -> None:
        response = cached().response_with_body(None, now=None)
        assert response.header_list.get("age") == "3" and response.body is None


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.1-2")
class TestSerializeCachedResponse:
    @pytest.mark.parametrize("length", [None, 0, 2**40])
    def test_nothing_is_lost(self, length: int | None) -> None:
        response = cached(length)
        again = parse_cached_response(response.key, serialize_cached_response(response))
        assert vars(again) == vars(response)


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.1-1")
class TestParseCachedResponse:
    @pytest.mark.parametrize("old, new", [
        (b"{", b""), (b'"version":1', b'"version":2'), (b'"status":404', b'"status":"x"'),
        (b'"length":null', b'"length":-1'), (b'"length":null', b'"length":true'),
        (b"[10.25,10.5]", b"[10.25]"), (b"[10.25,10.5]", b"[10.25,NaN]"),
        (b'"used":"u"', b'"used":1'), (b'["x-a","1"]', b'["x-a"]'), (b'"x":null', b"7"),
    ])  # fmt: skip
    def test_what_is_damaged_is_an_error(self, old: bytes, new: bytes) -> None:
        value = serialize_cached_response(cached())
        assert old in value
        with pytest.raises(StorageError, match="damaged"):
            parse_cached_response(b"key", value.replace(old, new))

    def test_what_is_no_header_is_left_out(self) -> None:
        value = serialize_cached_response(cached()).replace(
            b'["x-a","1"]', b'["x-a","1\\r\\nx: y"]'
        )
        assert parse_cached_response(b"key", value).fields[0] == ("set-cookie", "a=b")
