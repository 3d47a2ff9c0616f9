"""HTML Standard, 7.1.1."""

from __future__ import annotations

import pytest

from worker_runtime.url.origins import OpaqueOrigin, TupleOrigin, ascii_serialization_of_an_origin

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-opaque")
class TestOpaqueOrigin:
    def test_equals_itself_only(self) -> None:
        opaque = OpaqueOrigin()
        assert opaque == opaque != OpaqueOrigin()


@spec("https://html.spec.whatwg.org/multipage/browsers.html#concept-origin-tuple")
class TestTupleOrigin:
    def test_equals_one_of_the_same_items(self) -> None:
        assert TupleOrigin("https", "example.com", None) == TupleOrigin(
            "https", "example.com", None
        )
        assert TupleOrigin("https", "example.com", None) != TupleOrigin(
            "https", "example.com", 8443
        )


@spec("https://html.spec.whatwg.org/multipage/browsers.html#ascii-serialisation-of-an-origin")
class TestASCIISerializationOfAnOrigin:
    @pytest.mark.parametrize(
        "origin, output",
        [
            (OpaqueOrigin(), "null"),
            (TupleOrigin("https", "xn--fa-hia.example", None), "https://xn--fa-hia.example"),
            (TupleOrigin("http", 0x7F000001, 8080), "http://127.0.0.1:8080"),
            (TupleOrigin("ws", (0, 0, 0, 0, 0, 0, 0, 1), 1), "ws://[::1]:1"),
        ],
    )
    def test_scheme_host_and_port(self, origin: OpaqueOrigin | TupleOrigin, output: str) -> None:
        assert ascii_serialization_of_an_origin(origin) == output
