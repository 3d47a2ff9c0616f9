"""Fetching: what a request is given before it goes out."""

from __future__ import annotations

import asyncio

import pytest

from worker_runtime.fetch.fetching import fetch, populate_request_from_client
from worker_runtime.fetch.infrastructure import AnyResponse
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.html.settings_objects import current_settings_object

from .scripted_network import network_of, response

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


@spec("https://fetch.spec.whatwg.org/#populate-request-from-client")
class TestPopulateRequestFromClient:
    def test_the_origin_is_the_clients(self) -> None:
        request = RequestRecord("http://a.example/")
        populate_request_from_client(request)
        assert request.origin is current_settings_object().origin
        assert request.traversable_for_user_prompts == "no-traversable"
