"""Limits of a KV namespace; their words are compared with Cloudflare's in test_kv_namespace.py."""

from __future__ import annotations

import pytest

from worker_runtime.cloudflare.kv_limits import (
    KVError,
    check_cache_ttl,
    check_key_length,
    check_key_name,
    check_key_name_of_many,
    check_metadata_length,
    check_value_length,
    expiration_time,
    list_limit,
)

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#kv-error")
class TestKVError:
    def test_it_says_what_was_refused_and_with_which_status(self) -> None:
        error = KVError("GET", 414, "Too long.")
        assert (str(error), error.status) == ("KV GET failed: 414 Too long.", 414)


@spec("SPEC_NOTES.md#kv-limits")
class TestLimits:
    @pytest.mark.parametrize("key", ["", ".", ".."])
    def test_some_names_are_none(self, key: str) -> None:
        with pytest.raises(TypeError):
            check_key_name(key)
        with pytest.raises(KVError, match="GET_BULK failed: 400"):
            check_key_name_of_many(key)

    def test_what_is_as_long_as_it_may_be_passes(self) -> None:
        check_key_name("...")
        check_key_name_of_many("...")
        check_key_length("PUT", bytes(512))
        check_cache_ttl("GET", 30)
        check_cache_ttl("GET", None)
        check_metadata_length(bytes(1024))
        check_value_length(25 * 2**20)

    def test_what_is_longer_does_not(self) -> None:
        with pytest.raises(KVError, match="PUT failed: 414"):
            check_key_length("PUT", bytes(513))
        with pytest.raises(KVError, match="GET failed: 400"):
            check_cache_ttl("GET", 29)
        with pytest.raises(KVError, match="413 Metadata"):
            check_metadata_length(bytes(1025))
        with pytest.raises(KVError, match="413 Value"):
            check_value_length(25 * 2**20 + 1)

    @pytest.mark.parametrize(
        "expiration, ttl, expected",
        [
            (None, None, None),
            (1060, None, 1060),
            (None, 60, 1060),
            (5, 61, 1061),
            (2**40, None, 2**40),
        ],
    )
    def test_a_time_to_live_wins(
        self, expiration: int | None, ttl: int | None, expected: int | None
    ) -> None:
        assert expiration_time(1000, expiration, ttl) == expected

    @pytest.mark.parametrize("expiration, ttl", [(1059, None), (1000, None), (None, 59), (2000, 0)])
    def test_what_expires_too_soon_is_refused(
        self, expiration: int | None, ttl: int | None
    ) -> None:
        with pytest.raises(KVError, match="PUT failed: 400 Invalid expiration"):
            expiration_time(1000, expiration, ttl)

    @pytest.mark.parametrize(
        "limit, expected", [(None, 1000), (0, 1000), (-1, 1000), (1, 1), (1000, 1000)]
    )
    def test_a_list_has_a_limit(self, limit: int | None, expected: int) -> None:
        assert list_limit(limit) == expected
        with pytest.raises(KVError, match="GET failed: 400"):
            list_limit(1001)
