"""Files as the bodies of requests and responses: they stay on the disk, and are read as they go."""

from __future__ import annotations

import pytest

from spec_tests.fetch.scripted_network import Received, network_of, response
from spec_tests.fs.places import Place
from worker_runtime import FormData, Request, Response, caches, fetch

TEXT = "0123456789" * 30_000


class TestBodies:
    async def test_a_file_is_uploaded_with_its_length(self, disk: Place) -> None:
        file = await (await disk.file("a.txt", TEXT)).getFile()
        with network_of(lambda request: response(b"thanks")) as network:
            answer = await fetch("http://a.example/", method="POST", body=file)
            assert await answer.text() == "thanks"
            (request,) = network.requests
            assert request.headers["content-length"] == str(len(TEXT))
            assert request.headers["content-type"] == "text/plain"
            assert request.body == TEXT.encode()

    async def test_a_redirect_sends_it_again(self, disk: Place) -> None:
        def serve(request: Received) -> bytes:
            if request.target == "/":
                return response(b"", "307 Temporary Redirect", location="/there")
            return response(request.body[:10])

        file = await (await disk.file("a.txt", TEXT)).getFile()
        with network_of(serve):
            answer = await fetch("http://a.example/", method="PUT", body=file)
            assert (answer.url, await answer.text()) == ("http://a.example/there", TEXT[:10])

    async def test_a_file_that_has_changed_fails_the_request(self, disk: Place) -> None:
        handle = await disk.file("a.txt", TEXT)
        file = await handle.getFile()
        await (await handle.createWritable()).close()
        with network_of(lambda request: response(b"thanks")), pytest.raises(TypeError):
            await fetch("http://a.example/", method="POST", body=file)

    async def test_a_form_may_have_one(self, disk: Place) -> None:
        form = FormData()
        form.append("file", await (await disk.file("a.txt", TEXT)).getFile())
        with network_of(lambda request: response(request.body[-50_000:])) as network:
            answer = await fetch("http://a.example/", method="POST", body=form)
            assert TEXT[-1000:] in await answer.text()
            length = int(network.requests[0].headers["content-length"])
            assert length == len(network.requests[0].body) > len(TEXT)

    async def test_a_cache_takes_one(self, disk: Place) -> None:
        file = await (await disk.file("a.txt", TEXT)).getFile()
        cache = await caches.open("cache")
        await cache.put("http://a.example/", Response(file))
        cached = await cache.match("http://a.example/")
        assert cached is not None and await cached.text() == TEXT

    async def test_a_request_may_be_made_of_one(self, disk: Place) -> None:
        file = await (await disk.file("a.txt", TEXT)).getFile()
        request = Request("http://a.example/", method="POST", body=file)
        clone = request.clone()
        assert await request.text() == await clone.text() == TEXT
        blob = await Response(file.slice(0, 5)).blob()
        assert (blob.size, await blob.text()) == (5, "01234")
