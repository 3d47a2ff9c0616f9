"""Fetching: what a request is given before it goes out."""

from __future__ import annotations

import asyncio

import pytest

import worker_runtime
from worker_runtime.fetch import override_fetch
from worker_runtime.fetch.fetching import fetch, populate_request_from_client
from worker_runtime.fetch.infrastructure import AnyResponse
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.network import Address, ByteStream, ClientTLS, SocketOptions, TCPAddress
from worker_runtime.html.settings_objects import current_settings_object

from .scripted_network import ScriptedNetwork, network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#concept-fetch")
class TestFetch:
    async def test_hands_the_response_to_the_steps(self) -> None:
        responses: list[AnyResponse] = []
        with network_of(lambda request: response(b"x")) as network:
            request = RequestRecord("http://a.example/image")
            request.destination = "image"
            fetch(request, responses.append)
            while not responses:
                await asyncio.sleep(0)
            assert responses[0].status == 200
            headers = network.requests[0].headers
            assert (headers["accept"][:9], headers["accept-language"]) == ("image/png", "*")

    async def test_an_abort_gives_the_appropriate_network_error(self) -> None:
        responses: list[AnyResponse] = []
        with network_of(lambda request: None):
            controller = fetch(RequestRecord("http://a.example/"), responses.append)
            await asyncio.sleep(0)
            controller.abort("why")
            while not responses:
                await asyncio.sleep(0)
            assert responses[0].type == "error"

    @pytest.mark.parametrize("failure", [
        OSError("no way"), UnicodeError("label empty or too long"), ValueError("x"),
        RuntimeError("broken"), KeyError("x"), ConnectionError(), AssertionError(),
    ])  # fmt: skip
    @pytest.mark.parametrize("is_redirected", [False, True])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    async def test_whatever_a_network_raises_is_a_network_error(
        self, failure: Exception, is_redirected: bool, scheme: str
    ) -> None:
        class BrokenNetwork(ScriptedNetwork):
            async def dial(
                self,
                address: Address,
                tls: ClientTLS | None = None,
                options: SocketOptions = SocketOptions(),
            ) -> ByteStream:
                if isinstance(address, TCPAddress) and address.host == "a.example":
                    return await super().dial(address, tls)
                raise failure

        responses: list[AnyResponse] = []
        url = f"{scheme}://b.example/"
        network = BrokenNetwork(lambda request: response(status="302 x", location=url))
        with network_of(network.serve):
            current_settings_object().host.network = network
            fetch(RequestRecord("http://a.example/" if is_redirected else url), responses.append)
            for _ in range(50):
                await asyncio.sleep(0)
            [answer] = responses
            assert answer.type == "error" and isinstance(answer, ResponseRecord)
            assert answer.cause is failure

    @pytest.mark.parametrize("url", ["http://a.example/", "data:,x"])
    async def test_a_step_that_fails_leaves_nobody_waiting(
        self, url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        failure = AttributeError("a mistake")

        async def scheme_fetch(fetch_params: object) -> ResponseRecord:
            raise failure

        monkeypatch.setattr(override_fetch, "scheme_fetch", scheme_fetch)
        with pytest.raises(TypeError, match="a mistake") as raised:
            await worker_runtime.fetch(url)
        assert raised.value.__cause__ is failure

    async def test_what_the_steps_raise_is_raised_once(self) -> None:
        responses: list[AnyResponse] = []

        def process_response(response: AnyResponse) -> None:
            responses.append(response)
            raise KeyError("x")

        with pytest.raises(KeyError):
            fetch(RequestRecord("data:,x"), process_response)
        assert [response.type for response in responses] == ["basic"]


@spec("https://fetch.spec.whatwg.org/#populate-request-from-client")
class TestPopulateRequestFromClient:
    def test_the_origin_is_the_clients(self) -> None:
        request = RequestRecord("http://a.example/")
        populate_request_from_client(request)
        assert request.origin is current_settings_object().origin
        assert request.traversable_for_user_prompts == "no-traversable"
