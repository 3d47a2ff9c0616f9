"""The examples, each as its own text says to run it."""

from __future__ import annotations

import asyncio
import json
import urllib.request

from spec_tests.server.processes import REFERENCE, serving
from worker_runtime import WebSocket

EXAMPLES = REFERENCE / "examples"


class TestHello:
    def test_says_hello(self) -> None:
        with serving(EXAMPLES / "hello.py") as server:
            assert server.request() == (200, "Hello World")


class TestModule:
    def test_greets_by_name_and_goes_on_after_the_response(self) -> None:
        with serving(EXAMPLES / "module.py", "--env", "GREETING=Servus") as server:
            assert server.request("?name=Ada") == (200, "Servus Ada\n")
            status, output, errors = server.stop()
        assert status == 0
        assert "Ada has 3 letters" in output


class TestRouter:
    def test_lists_gets_puts_and_refuses(self) -> None:
        with serving(EXAMPLES / "router.py") as server:
            assert server.request("books/1") == (200, '{"title":"Permutation City"}')
            request = urllib.request.Request(
                server.url + "books/42", b'{"title": "Dune"}', method="PUT"
            )
            with urllib.request.urlopen(request) as response:
                assert response.status == 204
            assert json.loads(server.request("books")[1])["42"] == {"title": "Dune"}
            assert server.request("books/7")[0] == 404
            assert server.request("books/1", b"posted")[0] == 405
            assert server.request("nowhere")[0] == 404


class TestStream:
    def test_streams_while_it_is_read(self) -> None:
        with serving(EXAMPLES / "stream.py", "--half-close-timeout", "0.1") as server:
            with urllib.request.urlopen(server.url) as response:
                assert [response.readline(), response.readline()] == [b"tick 0\n", b"tick 1\n"]
            status, _, errors = server.stop()
        assert status == 0
        # Whether the client's leaving has been seen by then is a matter of time.
        assert errors in ("", "Waiting for 1 request to end; Ctrl-C again stops now\n")


class TestEcho:
    def test_json_comes_back(self) -> None:
        with serving(EXAMPLES / "echo.py") as server:
            answer = server.request(
                data=b'{"a": [1, 2]}', headers={"Content-Type": "application/json"}
            )
            assert answer == (200, '{"json":{"a":[1,2]}}')
            assert server.request(data=b"{", headers={"Content-Type": "application/json"})[0] == 400

    def test_a_form_comes_back_as_its_fields(self) -> None:
        body = (
            b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nAda\r\n'
            b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p.png"\r\n'
            b"Content-Type: image/png\r\n\r\n1234\r\n--b--\r\n"
        )
        with serving(EXAMPLES / "echo.py") as server:
            status, text = server.request(
                data=body, headers={"Content-Type": "multipart/form-data; boundary=b"}
            )
            assert status == 200
            assert json.loads(text) == {
                "form": [
                    {"name": "name", "value": "Ada"},
                    {"name": "photo", "file": "p.png", "type": "image/png", "size": 4},
                ]
            }
            assert (
                server.request(
                    data=b"no form", headers={"Content-Type": "multipart/form-data; boundary=b"}
                )[0]
                == 400
            )

    def test_anything_else_comes_back_as_it_came(self) -> None:
        with serving(EXAMPLES / "echo.py") as server:
            text = "x" * 1_000_000
            assert server.request(data=text.encode(), headers={"Content-Type": "text/plain"}) == (
                200,
                text,
            )


class TestChat:
    def test_everybody_hears_what_one_says(self) -> None:
        async def chat(url: str) -> None:
            ada = Guest(url.replace("http", "ws"))
            assert await ada.hear() == f"{ada.name} is here"
            bob = Guest(url.replace("http", "ws"))
            assert await ada.hear() == await bob.hear()
            ada.socket.send("Hello")
            assert await ada.hear_until(": Hello") == await bob.hear_until(": Hello")
            bob.socket.close()
            assert (await ada.hear_until("has left")).startswith("Guest ")
            ada.socket.close()
            await ada.has_left.wait()

        class Guest:
            name = ""

            def __init__(self, url: str) -> None:
                self.socket, self.heard, self.has_left = (
                    WebSocket(url),
                    asyncio.Queue[str](),
                    asyncio.Event(),
                )
                self.socket.onmessage = lambda event: self.heard.put_nowait(event.data)
                self.socket.onclose = lambda event: self.has_left.set()

            async def hear(self) -> str:
                text = await self.heard.get()
                self.name = self.name or text.removesuffix(" is here")
                return text

            async def hear_until(self, end: str) -> str:
                while not (text := await self.hear()).endswith(end):
                    pass
                return text

        with serving(EXAMPLES / "chat.py") as server:
            assert "<title>Chat</title>" in server.request()[1]
            asyncio.run(chat(server.url))
            status, output, errors = server.stop()
        assert (status, errors) == (0, "")
