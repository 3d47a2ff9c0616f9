"""CORS-preflight cache."""

from __future__ import annotations

from itertools import count

import pytest

from spec_tests.fakes import running_worker
from worker_runtime.fetch.cors_preflight_cache import (
    clear_cache_entries,
    create_a_new_cache_entry,
    header_name_cache_entry_match,
    method_cache_entry_match,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec
hosts = count()
HOST = Host()


def new_request() -> RequestRecord:
    """To a host that nobody has asked."""
    request = RequestRecord(f"https://{next(hosts)}.example/")
    request.origin = TupleOrigin("https", "a.example", None)
    return request


@spec("https://fetch.spec.whatwg.org/#concept-cache-create-entry")
class TestCreateANewCacheEntry:
    def test_an_entry_lives_as_long_as_it_may(self) -> None:
        request = new_request()
        with running_worker() as worker:
            create_a_new_cache_entry(request, 10, "PUT", None)
            worker.clock.advance(9)
            assert method_cache_entry_match("PUT", request)
            worker.clock.advance(1)
            assert not method_cache_entry_match("PUT", request)

    def test_what_was_found_out_with_credentials_holds_without(self) -> None:
        request = new_request()
        request.credentials_mode = "include"
        create_a_new_cache_entry(request, 10, "PUT", None)
        request.credentials_mode = "omit"
        assert method_cache_entry_match("PUT", request)
        create_a_new_cache_entry(request, 10, "DELETE", None)
        request.credentials_mode = "include"
        assert not method_cache_entry_match("DELETE", request)


@spec("https://fetch.spec.whatwg.org/#concept-cache")
class TestCORSPreflightCache:
    def test_a_host_has_one_of_its_own(self) -> None:
        request = new_request()
        with running_worker():
            create_a_new_cache_entry(request, 10, "PUT", None)
            assert method_cache_entry_match("PUT", request)
        assert not method_cache_entry_match("PUT", request)

    def test_the_scopes_of_two_sites_share_nothing_in_it(self) -> None:
        request, other = new_request(), new_request()
        other.url_list = request.url_list
        for each, site in ((request, "a.example"), (other, "b.example")):
            each.client = EnvironmentSettingsObject(HOST, origin=TupleOrigin("https", site, None))
        create_a_new_cache_entry(request, 10, "PUT", None)
        create_a_new_cache_entry(other, 10, "DELETE", None)
        assert method_cache_entry_match("PUT", request)
        assert not method_cache_entry_match("PUT", other)
        clear_cache_entries(request)
        assert not method_cache_entry_match("PUT", request)
        assert method_cache_entry_match("DELETE", other)


@spec("https://fetch.spec.whatwg.org/#concept-cache-clear")
class TestClearCacheEntries:
    def test_forgets_one_url(self) -> None:
        request, other = new_request(), new_request()
        create_a_new_cache_entry(request, 10, "PUT", None)
        create_a_new_cache_entry(other, 10, "PUT", None)
        clear_cache_entries(request)
        assert [
            method_cache_entry_match("PUT", request),
            method_cache_entry_match("PUT", other),
        ] == [False, True]


@spec("https://fetch.spec.whatwg.org/#concept-cache-match-method")
class TestMethodCacheEntryMatch:
    def test_a_star_stands_for_all(self) -> None:
        request = new_request()
        assert not method_cache_entry_match("PUT", request)
        create_a_new_cache_entry(request, 10, "*", None)
        assert method_cache_entry_match("PUT", request)


@spec("https://fetch.spec.whatwg.org/#concept-cache-match-header")
class TestHeaderNameCacheEntryMatch:
    def test_a_star_does_not_stand_for_authorization(self) -> None:
        request = new_request()
        create_a_new_cache_entry(request, 10, None, "*")
        assert header_name_cache_entry_match("X-One", request)
        assert not header_name_cache_entry_match("Authorization", request)
        create_a_new_cache_entry(request, 10, None, "authorization")
        assert header_name_cache_entry_match("Authorization", request)
