"""The examples that need no socket of their own, each as its own text says to run it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fetch.scripted_network import Received, ScriptedNetwork, response
from worker_runtime import File, FormData
from worker_runtime.cli.arguments import kv_binding
from worker_runtime.host.host import Host
from worker_runtime.runtime.bindings import folder_binding
from worker_runtime.runtime.runtime import RunningWorker, Runtime

EXAMPLES = Path(__file__).parents[2] / "reference" / "examples"


@asynccontextmanager
async def example(
    name: str, host: Host | None = None, **env: object
) -> AsyncIterator[RunningWorker]:
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
    """The folder is beside a secret."""

    @pytest.fixture
    def site(self, tmp_path: Path) -> Path:
        site = tmp_path / "site"
        (site / "d").mkdir(parents=True)
        (site / ".well-known").mkdir()
        (tmp_path / "secret.txt").write_text("secret")
        (site / "index.html").write_text("<p>ä", "utf-8")
        (site / "d" / "ä b.bin").write_bytes(bytes(range(100)))
        (site / ".env").write_text("KEY=secret")
        (site / ".well-known" / "security.txt").write_text("Contact")
        (site / "link").symlink_to(tmp_path / "secret.txt")
        for path in site.rglob("*"):
            os.utime(path, (1_700_000_000, 1_700_000_000.5), follow_symlinks=False)
        return site

    async def test_serves_what_is_in_its_folder(self, site: Path) -> None:
        async with example("static", FILES=folder_binding("FILES", site)) as files:
            page = await files.fetch("/")
            assert await page.text() == "<p>ä"
            assert dict(page.headers) == {
                "accept-ranges": "bytes",
                "content-type": "text/html; charset=utf-8",
                "etag": '"18bcfe569f4-5"',
                "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
                "x-content-type-options": "nosniff",
            }
            data = await files.fetch("/d/%C3%A4%20b.bin")
            assert data.headers["content-type"] == "application/octet-stream"
            assert await data.bytes() == bytes(range(100))
            assert await (await files.fetch("/.well-known/security.txt")).text() == "Contact"
            there = await files.fetch("/d?x", redirect="manual")
            assert (there.status, there.headers["location"]) == (308, "/d/?x")
            assert (await files.fetch("/", method="POST", body="x")).status == 405

    @pytest.mark.parametrize(
        "path",
        ["/none", "/d/", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%00",
         "/link", "/link/", "/.env", "/d/../.env", "http://localhost//secret.txt",
         "/d%5c..%5c..%5csecret.txt",
         "/d//ä b.bin", "/%ff", "/index.html/", "/index.html/x", "/" + "a" * 300],
    )  # fmt: skip
    async def test_serves_nothing_else(self, site: Path, path: str) -> None:
        async with example("static", FILES=folder_binding("FILES", site)) as files:
            response = await files.fetch(path)
            assert (response.status, "ecret" in await response.text()) == (404, False)

    @pytest.mark.parametrize(
        "headers, status",
        [
            ({"If-None-Match": '"x", W/"18bcfe569f4-5"'}, 304),
            ({"If-None-Match": "*"}, 304),
            ({"If-None-Match": '"x"'}, 200),
            ({"If-None-Match": '"x"', "If-Modified-Since": "Tue, 14 Nov 2033 22:13:20 GMT"}, 200),
            ({"If-Modified-Since": "Tue, 14 Nov 2023 22:13:20 GMT"}, 304),
            ({"If-Modified-Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 200),
            ({"If-Modified-Since": "yesterday"}, 200),
            ({"If-Match": '"x"'}, 412),
            ({"If-Match": '"18bcfe569f4-5"'}, 200),
            ({"If-Unmodified-Since": "Tue, 14 Nov 2023 22:13:19 GMT"}, 412),
            ({"If-Unmodified-Since": "Tue, 14 Nov 2023 22:13:20 GMT"}, 200),
        ],
    )
    async def test_conditions(self, site: Path, headers: dict[str, str], status: int) -> None:
        async with example("static", FILES=folder_binding("FILES", site)) as files:
            response = await files.fetch("/", headers=headers)
            assert response.status == status
            assert len(await response.bytes()) == (5 if status == 200 else 0)
            assert ("etag" in response.headers) == (status != 412)

    @pytest.mark.parametrize(
        "range, status, content",
        [
            ("bytes=0-0", 206, range(1)),
            ("bytes=10-19", 206, range(10, 20)),
            ("bytes=90-", 206, range(90, 100)),
            ("bytes=90-1000", 206, range(90, 100)),
            ("bytes=-5", 206, range(95, 100)),
            ("bytes=-1000", 206, range(100)),
            ("bytes=100-", 416, ()),
            ("bytes=5-4", 416, ()),
            ("bytes=-0", 416, ()),
            ("bytes=-", 416, ()),
            ("bytes=0-1,5-6", 200, range(100)),
            ("bytes=x", 200, range(100)),
            ("lines=0-1", 200, range(100)),
            ("bytes=" + "9" * 5000 + "-", 200, range(100)),
        ],
    )
    async def test_ranges(self, site: Path, range: str, status: int, content: Any) -> None:
        async with example("static", FILES=folder_binding("FILES", site)) as files:
            response = await files.fetch("/d/%C3%A4%20b.bin", headers={"Range": range})
            assert (response.status, await response.bytes()) == (status, bytes(content))
            if status == 206:
                of = f"bytes {content[0]}-{content[-1]}/100"
                assert response.headers["content-range"] == of
            elif status == 416:
                assert response.headers["content-range"] == "bytes */100"

    async def test_a_range_is_of_the_file_that_was_meant(self, site: Path) -> None:
        async with example("static", FILES=folder_binding("FILES", site)) as files:
            etag = (await files.fetch("/")).headers["etag"]
            for validator, status in ((etag, 206), (f"W/{etag}", 200), ('"x"', 200)):
                headers = {"Range": "bytes=0-1", "If-Range": validator}
                assert (await files.fetch("/", headers=headers)).status == status


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


class TestCron:
    async def test_each_run_is_kept_for_a_day(self) -> None:
        host = Host()
        async with example("cron", host, RUNS=kv_binding("RUNS")[1]) as worker:
            for minute in (0, 5):
                result = await worker.scheduled("*/5 * * * *", minute * 60_000.0)
                assert result.outcome == "ok"
            answer = await worker.fetch("/")
            assert await answer.json() == ["1970-01-01T00:00Z", "1970-01-01T00:05Z"]


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
