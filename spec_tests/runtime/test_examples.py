"""The examples that need no socket of their own, each as its own text says to run it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from spec_tests.fetch.scripted_network import Received, ScriptedNetwork, response
from worker_runtime import File, FormData
from worker_runtime.host.host import Host
from worker_runtime.runtime.runtime import RunningWorker, Runtime

EXAMPLES = Path(__file__).parents[2] / "reference" / "examples"


@asynccontextmanager
async def example(name: str, host: Host | None = None, **env: str) -> AsyncIterator[RunningWorker]:
    async with Runtime(drain_timeout=0) as runtime:
        yield await runtime.start(EXAMPLES / f"{name}.py", env=env, host=host)


class TestProxy:
    async def test_hands_on_the_request_and_the_response(self) -> None:
        def serve(request: Received) -> bytes:
            seen.append(request)
            return response(b"from there", X="y")

        seen: list[Received] = []
        host = Host(network=ScriptedNetwork(serve))
        async with example("proxy", host, ORIGIN="https://origin.example") as proxy:
            answer = await proxy.fetch("/a?b", {"method": "POST", "body": "sent"})
            assert await answer.text() == "from there"
            assert answer.headers["x"] == "y"
        [request] = seen
        assert (request.method, request.target, request.body) == ("POST", "/a?b", b"sent")
        assert (request.headers["host"], request.headers["content-length"]) == (
            "origin.example",
            "4",
        )


class TestStaticFiles:
    async def test_serves_what_is_in_its_folder_and_nothing_else(self, tmp_path: Path) -> None:
        (tmp_path / "site").mkdir()
        (tmp_path / "secret.txt").write_text("secret")
        (tmp_path / "site" / "index.html").write_text("<p>ä", "utf-8")
        async with example("static_files", FOLDER=str(tmp_path / "site")) as files:
            page = await files.fetch("/")
            assert await page.text() == "<p>ä"
            assert page.headers["content-type"] == "text/html; charset=utf-8"
            again = await files.fetch("/", headers={"If-None-Match": page.headers["etag"]})
            assert again.status == 304
            for path in (
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/none",
                "/%00",
            ):
                assert (await files.fetch(path)).status == 404
            assert (await files.fetch("/", method="POST", body="x")).status == 405


class TestEvents:
    async def test_they_come_one_after_another_from_where_one_was(self) -> None:
        async with example("events") as events:
            assert "EventSource" in await (await events.fetch("/")).text()
            stream = await events.fetch("/events", headers={"Last-Event-ID": "4"})
            assert stream.headers["content-type"] == "text/event-stream"
            assert stream.body is not None
            reader = stream.body.getReader()
            assert (await reader.read()).value == b'id: 5\ndata: {"number": 5}\n\n'
            await reader.cancel()


class TestJSONAPI:
    async def test_makes_shows_and_removes(self) -> None:
        async with example("json_api") as api:
            made = await api.fetch("/tasks", {"method": "POST", "body": '{"title": "Test"}'})
            assert (made.status, made.headers["location"]) == (201, "/tasks/1")
            assert await (await api.fetch("/tasks/1")).json() == {"id": "1", "title": "Test"}
            assert await (await api.fetch("/tasks")).json() == [{"id": "1", "title": "Test"}]
            assert (await api.fetch("/tasks/1", method="DELETE")).status == 204
            assert (await api.fetch("/tasks/1")).status == 404

    async def test_says_what_is_wrong(self) -> None:
        async with example("json_api") as api:
            for path, init, status in [
                ("/tasks", {"method": "POST", "body": "{"}, 400),
                ("/tasks", {"method": "POST", "body": "[]"}, 422),
                ("/tasks", {"method": "PUT", "body": "{}"}, 405),
                ("/none", {}, 404),
            ]:
                answer = await api.fetch(path, **init)  # type: ignore[arg-type]
                assert answer.status == status
                assert (await answer.json())["status"] == status


class TestForms:
    async def test_shows_what_was_sent(self) -> None:
        form = FormData()
        form["name"] = "<Ada>"
        form["photo"] = File(["1234"], "p.png")
        async with example("forms") as forms:
            assert "<form" in await (await forms.fetch("/")).text()
            answer = await forms.fetch("/", method="POST", body=form)
            text = await answer.text()
            assert "<dt>name<dd>&lt;Ada&gt;\n<dt>photo<dd>p.png, 4 bytes\n" in text
            assert (await forms.fetch("/", method="POST", body=FormData())).status == 422


class TestCookies:
    async def test_counts_and_believes_nobody_else(self) -> None:
        async with example("cookies", SECRET="words") as cookies:
            first = await cookies.fetch("/")
            [cookie] = first.headers.getSetCookie()
            assert await first.text() == "Visit 1\n"
            value = cookie.partition(";")[0]
            assert await (await cookies.fetch("/", headers={"Cookie": value})).text() == "Visit 2\n"
            forged = value.replace("=1.", "=9.")
            answer = await cookies.fetch("/", headers={"Cookie": forged})
            assert await answer.text() == "Visit 1\n"


class TestJWT:
    async def test_a_token_opens_the_page(self) -> None:
        async with example("jwt", SECRET="words") as jwt:
            token = await (await jwt.fetch("/token", method="POST", body="ada")).text()
            answer = await jwt.fetch("/", headers={"Authorization": f"Bearer {token}"})
            assert await answer.text() == "Hello ada\n"
            header, claims, signature = token.split(".")
            for wrong in (f"{claims}.{claims}.{signature}", f"{header}.{claims}.", "x", ""):
                answer = await jwt.fetch("/", headers={"Authorization": f"Bearer {wrong}"})
                assert answer.status == 401
