"""HTML, 7.1.1."""

from __future__ import annotations

import pytest

from worker_runtime.html.origins import (
    is_a_registrable_domain_suffix_of_or_is_equal_to,
    obtain_a_site,
    same_origin,
    same_site,
    schemelessly_same_site,
    serialization_of_a_site,
)
from worker_runtime.url.host_representation import Host
from worker_runtime.url.origins import OpaqueOrigin, TupleOrigin

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/browsers.html#same-origin")
class TestSameOrigin:
    def test_an_opaque_origin_is_the_same_as_itself_only(self) -> None:
        origin = OpaqueOrigin()
        assert same_origin(origin, origin)
        assert not same_origin(origin, OpaqueOrigin())
        assert not same_origin(origin, TupleOrigin("https", "a.example", None))

    def test_scheme_host_and_port_say_it_and_the_domain_does_not(self) -> None:
        origin = TupleOrigin("https", "a.example", None)
        assert same_origin(origin, TupleOrigin("https", "a.example", None, "example"))
        assert not same_origin(origin, TupleOrigin("http", "a.example", None))
        assert not same_origin(origin, TupleOrigin("https", "b.example", None))
        assert not same_origin(origin, TupleOrigin("https", "a.example", 8443))


@spec("https://html.spec.whatwg.org/multipage/browsers.html#same-site")
class TestSameSite:
    def test_the_scheme_counts_and_the_port_does_not(self) -> None:
        origin = TupleOrigin("https", "a.example", None)
        assert same_site(origin, TupleOrigin("https", "a.example", 81))
        assert not same_site(origin, TupleOrigin("http", "a.example", None))
        assert not same_site(origin, OpaqueOrigin())


@spec("https://html.spec.whatwg.org/multipage/browsers.html#schemelessly-same-site")
class TestSchemelesslySameSite:
    def test_the_host_counts(self) -> None:
        origin = TupleOrigin("https", "a.example", None)
        assert schemelessly_same_site(origin, TupleOrigin("http", "a.example", None))
        assert not schemelessly_same_site(origin, TupleOrigin("https", "b.example", None))


@spec("https://html.spec.whatwg.org/multipage/browsers.html#obtain-a-site")
class TestObtainASite:
    def test_is_scheme_and_host(self) -> None:
        assert obtain_a_site(TupleOrigin("https", "a.example", 81)) == ("https", "a.example")
        opaque = OpaqueOrigin()
        assert obtain_a_site(opaque) is opaque


@spec("https://html.spec.whatwg.org/multipage/browsers.html#serialization-of-a-site")
class TestSerializationOfASite:
    def test_is_like_that_of_an_origin_without_a_port(self) -> None:
        assert serialization_of_a_site(("https", "a.example")) == "https://a.example"
        assert serialization_of_a_site(OpaqueOrigin()) == "null"


@spec(
    "https://html.spec.whatwg.org/multipage/browsers.html"
    "#is-a-registrable-domain-suffix-of-or-is-equal-to"
)
@pytest.mark.parametrize("suffix, host, is_one", [
    ("", "a.example", False), ("a.example", "a.example", True), ("A.Example", "a.example", True),
    ("a.example", "x.y.a.example", True), ("example", "a.example", False),
    ("example", "example", True), ("b.example", "a.example", False),
    ("a.example", "ba.example", False), ("x.a.example", "a.example", False),
    ("127.0.0.1", 0x7F000001, True), ("1", 0x7F000001, False), ("[::1]", 0x7F000001, False),
    ("a b", "a b", False), ("a.example.", "x.a.example", False),
])  # fmt: skip
def test_is_a_registrable_domain_suffix_of_or_is_equal_to(
    suffix: str, host: Host, is_one: bool
) -> None:
    assert is_a_registrable_domain_suffix_of_or_is_equal_to(suffix, host) is is_one
