"""Resolving domains: what is dialled."""

from __future__ import annotations

import pytest

from worker_runtime import fetch
from worker_runtime.fetch.resolving_domains import resolve_an_origin
from worker_runtime.host.network import ClientTLS, TCPAddress

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#resolve-an-origin")
class TestResolveAnOrigin:
    @pytest.mark.parametrize("host, expected", [
        ("localhost", "localhost"), ("localhost.", "localhost"), ("a.localhost", "localhost"),
        ("b.a.localhost.", "localhost"), ("a.example", "a.example"),
        ("localhost.example", "localhost.example"), ("notlocalhost", "notlocalhost"),
        ("127.0.0.1", "127.0.0.1"), ("::1", "::1"),
    ])  # fmt: skip
    def test_names_below_localhost_are_this_machine(self, host: str, expected: str) -> None:
        assert resolve_an_origin(host) == expected

    async def test_the_certificate_is_for_the_name(self) -> None:
        with network_of(lambda request: response()) as network:
            await fetch("https://a.localhost/")
            assert network.dialled == [(TCPAddress("localhost", 443), ClientTLS("a.localhost"))]
            assert network.requests[0].headers["host"] == "a.localhost"

    async def test_the_final_dot_is_no_part_of_it(self) -> None:
        with network_of(lambda request: response()) as network:
            for host in ("localhost.", "a.example."):
                await fetch(f"https://{host}/")
            assert [tls and tls.server_name for _, tls in network.dialled] == [
                "localhost", "a.example",
            ]  # fmt: skip
