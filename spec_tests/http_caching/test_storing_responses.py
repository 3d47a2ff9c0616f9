"""RFC 9111, 3: what may be stored, and how it changes."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.field_definitions import cache_directives
from worker_runtime.http_caching.storing_responses import (
    StoredResponse,
    fields_may_be_stored,
    fields_to_store,
    forbids_storing,
    has_explicit_expiration,
    may_be_shared,
    may_be_stored,
    updated_fields,
)

from .responses import NOW, stored

spec = pytest.mark.spec


def values(**fields: str) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in fields.items()}


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-2")
class TestStoredResponse:
    def test_knows_the_values_of_its_fields_and_its_directives(self) -> None:
        response = stored(cache_control="max-age=1, private", etag='"a"')
        response.fields.append(("cache-control", "public"))
        assert response.values == {"cache-control": "max-age=1, private, public", "etag": '"a"'}
        assert response.directives == {"max-age": "1", "private": None, "public": None}

    @pytest.mark.parametrize("response, date", [
        (stored(date=-5), -5), (stored(response_time=3), 3), (stored(response_time=3, date="x"), 3),
    ])  # fmt: skip
    def test_has_a_date_or_that_of_its_arrival(self, response: StoredResponse, date: float) -> None:
        assert response.date == NOW + date


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.2-5")
class TestHasExplicitExpiration:
    @pytest.mark.parametrize("fields, private, shared", [
        (values(cache_control="max-age=0"), True, True), (values(expires="0"), True, True),
        (values(cache_control="s-maxage=1"), False, True),
        (values(cache_control="public", last_modified="x"), False, False),
    ])  # fmt: skip
    def test_is_max_age_or_expires_and_for_a_shared_cache_s_maxage(
        self, fields: dict[str, str], private: bool, shared: bool
    ) -> None:
        directives = cache_directives(fields.get("cache-control"))
        assert has_explicit_expiration(fields, directives, is_shared=False) is private
        assert has_explicit_expiration(fields, directives, is_shared=True) is shared


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3-2")
class TestMayBeStored:
    @pytest.mark.parametrize("method, status, fields, expected", [
        ("GET", 200, values(cache_control="max-age=60"), True),
        ("GET", 200, values(expires="0"), True),
        ("GET", 200, values(etag='"a"'), True),
        ("GET", 200, values(last_modified="x"), True),
        ("GET", 200, values(), False),  # neither reusable nor validatable
        ("GET", 200, values(cache_control="public"), False),
        ("GET", 200, values(cache_control="max-age=60, no-store"), False),
        ("GET", 200, values(cache_control="max-age=60, No-Store=x"), False),
        ("GET", 200, values(cache_control="no-cache", etag='"a"'), True),
        ("GET", 200, values(cache_control="max-age=60", vary="*"), False),
        ("GET", 200, values(cache_control="max-age=60", vary="accept, *"), False),
        ("GET", 200, values(cache_control="max-age=60", vary="accept"), True),
        ("GET", 500, values(cache_control="max-age=60"), True),
        ("GET", 500, values(etag='"a"'), False),  # no status that is cacheable by itself
        ("GET", 299, values(cache_control="public", etag='"a"'), True),
        ("GET", 206, values(cache_control="max-age=60"), False),
        ("GET", 304, values(cache_control="max-age=60"), False),
        ("GET", 103, values(cache_control="max-age=60"), False),
        ("GET", 301, values(etag='"a"'), True),
        ("GET", 302, values(etag='"a"'), False),
        ("GET", 302, values(cache_control="max-age=60"), True),
        ("GET", 200, values(cache_control="max-age=60, must-understand, no-store"), True),
        ("GET", 299, values(cache_control="max-age=60, must-understand"), False),
        ("HEAD", 200, values(cache_control="max-age=60"), False),
        ("OPTIONS", 200, values(cache_control="max-age=60"), False),
        ("POST", 200, values(cache_control="max-age=60"), False),
        ("get", 200, values(cache_control="max-age=60"), False),
    ])  # fmt: skip
    def test_by_method_status_and_fields(
        self, method: str, status: int, fields: dict[str, str], expected: bool
    ) -> None:
        assert may_be_stored(method, {}, status, fields, is_shared=False) is expected
        assert may_be_stored(method, {}, status, fields, is_shared=True) is expected

    def test_a_request_may_forbid_it(self) -> None:
        no_store, fresh = values(cache_control="no-store"), values(cache_control="max-age=60")
        assert not may_be_stored("GET", no_store, 200, fresh, is_shared=False)

    @pytest.mark.parametrize("fields, private, shared", [
        (values(cache_control="private", etag='"a"'), True, False),
        (values(cache_control="private, max-age=60"), True, False),
        (values(cache_control='private="x", max-age=60'), True, False),
        (values(cache_control="s-maxage=60"), False, True),
    ])  # fmt: skip
    def test_private_and_s_maxage_are_for_one_kind_of_cache(
        self, fields: dict[str, str], private: bool, shared: bool
    ) -> None:
        assert may_be_stored("GET", {}, 200, fields, is_shared=False) is private
        assert may_be_stored("GET", {}, 200, fields, is_shared=True) is shared

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    def test_what_a_post_brings_if_it_says_that_it_is_what_lies_there(self, method: str) -> None:
        fresh = values(cache_control="max-age=60")
        assert may_be_stored(
            method, {}, 200, fresh, is_shared=False, content_location_is_target=True
        )
        assert not may_be_stored(
            method, {}, 200, values(etag='"a"'), is_shared=False, content_location_is_target=True
        )
        assert not may_be_stored(
            "PUT", {}, 200, fresh, is_shared=False, content_location_is_target=True
        )


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5")
class TestFieldsMayBeStored:
    @pytest.mark.parametrize("request_values, fields, private, shared", [
        ({}, values(etag='"a"'), True, True), ({}, values(set_cookie="a=b"), True, False),
        (values(authorization="x"), values(etag='"a"'), True, False),
        ({}, values(cache_control="private"), True, False),
        ({}, values(cache_control="no-store"), False, False),
        (values(cache_control="no-store"), values(etag='"a"'), False, False),
    ])  # fmt: skip
    def test_in_a_cache_of_one_user_or_of_many(
        self,
        request_values: dict[str, str],
        fields: dict[str, str],
        private: bool,
        shared: bool,
    ) -> None:
        assert fields_may_be_stored(request_values, 200, fields, is_shared=False) is private
        assert fields_may_be_stored(request_values, 200, fields, is_shared=True) is shared


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.3")
class TestForbidsStoring:
    @pytest.mark.parametrize("status, cache_control, private, shared", [
        (200, "max-age=60", False, False), (200, "private", False, True),
        (200, 'private="x"', False, True), (200, "no-store", True, True),
        (200, "must-understand, no-store", False, False),
        (299, "must-understand, no-store", True, True),
        (200, "must-understand, private", False, True),
    ])  # fmt: skip
    def test_by_its_directives(
        self, status: int, cache_control: str, private: bool, shared: bool
    ) -> None:
        directives = cache_directives(cache_control)
        assert forbids_storing(status, directives, is_shared=False) is private
        assert forbids_storing(status, directives, is_shared=True) is shared


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.5")
class TestMayBeShared:
    @pytest.mark.parametrize("request_values, fields, expected", [
        ({}, values(cache_control="max-age=60"), True),
        (values(authorization="x"), values(cache_control="max-age=60"), False),
        (values(authorization="x"), values(cache_control="max-age=60, public"), True),
        (values(authorization="x"), values(cache_control="max-age=60, must-revalidate"), True),
        (values(authorization="x"), values(cache_control="s-maxage=60"), True),
        ({}, values(set_cookie="a=b", cache_control="max-age=60"), False),
        ({}, values(set_cookie="a=b", cache_control="max-age=60, public"), True),
    ])  # fmt: skip
    def test_what_is_one_persons_is_not_for_others(
        self, request_values: dict[str, str], fields: dict[str, str], expected: bool
    ) -> None:
        assert (
            may_be_shared(request_values, fields, cache_directives(fields.get("cache-control")))
            is expected
        )


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.1")
class TestFieldsToStore:
    def test_all_but_those_of_the_connection_and_of_proxies(self) -> None:
        fields = [
            ("connection", "close, X-Mine"), ("x-mine", "1"), ("keep-alive", "1"),
            ("transfer-encoding", "chunked"), ("content-length", "1"), ("proxy-authenticate",
            "Basic"), ("x-other", "1"), ("set-cookie", "a=b"), ("connection", "x-more"), ("x-more",
            "1"),
        ]  # fmt: skip
        assert fields_to_store(fields) == [
            ("content-length", "1"),
            ("x-other", "1"),
            ("set-cookie", "a=b"),
        ]


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-3.2")
class TestUpdatedFields:
    def test_new_values_replace_the_old_ones_but_for_those_of_the_content(self) -> None:
        content = [("content-length", "9"), ("content-encoding", "gzip")]
        old = [("etag", '"a"'), ("x-a", "1"), ("x-a", "2"), *content, ("x-b", "1"), ("age", "5")]
        other_content = [("content-length", "0"), ("content-encoding", "br")]
        new = [
            ("x-a", "3"),
            *other_content,
            ("content-type", "a/b"),
            ("connection", "x-b"),
            ("x-b", "2"),
        ]
        expected = [("etag", '"a"'), *content, ("x-b", "1"), ("x-a", "3"), ("content-type", "a/b")]
        assert updated_fields(old, new) == expected

    def test_age_is_the_new_one_or_none(self) -> None:
        assert updated_fields([("age", "5")], [("age", "1")]) == [("age", "1")]
