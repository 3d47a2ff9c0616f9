"""Files of a folder, and nothing else."""

from __future__ import annotations

import asyncio
import errno
import os
import sys
from collections.abc import Awaitable
from pathlib import Path
from threading import Event

import pytest

from spec_tests.fs.fake_folders import FakeFolder, failing_folder, slow_folder
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.folders import Folder, folder_at
from worker_runtime.server.assets import type_of, with_assets
from worker_runtime.server.service import Answer, RequestHandler
from worker_runtime.webidl.exceptions import DOMException

LARGE = bytes(range(256)) * 1000


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "public"
    for folder in ("a b", "empty", ".git", ".well-known"):
        (root / folder).mkdir(parents=True)
    for name in ("index.html", "a b/index.html", "a b/\u00fc.txt", ".env", ".git/config"):
        (root / name).write_text(name)
    (root / ".well-known" / "x").write_text("known")
    (root / "large").write_bytes(LARGE)
    os.utime(root / "index.html", (1_000_000_000, 1_000_000_000))
    return root.resolve()


async def answer_of(handler: RequestHandler, request: RequestRecord) -> ResponseRecord | None:
    answer = handler(request, FetchController())
    if isinstance(answer, Awaitable):
        answer = await answer
    assert answer is None or isinstance(answer, ResponseRecord)
    return answer


async def get_from(folder: Folder, path: str, method: str, **headers: str) -> ResponseRecord | None:
    fields = [(name.replace("_", "-"), value) for name, value in headers.items()]
    request = RequestRecord(f"http://x.example{path}", method, HeaderList(fields))
    return await answer_of(with_assets(folder, nobody), request)


async def get(root: Path, path: str, method: str = "GET", **headers: str) -> ResponseRecord | None:
    return await get_from(folder_at(root), path, method, **headers)


def nobody(request: RequestRecord, controller: FetchController) -> Answer:
    return None


def content_of(response: ResponseRecord | None) -> bytes:
    assert response is not None and response.body is not None
    content = response.body.take_bytes()
    assert content is not None
    return content


class TestWithAssets:
    async def test_other_methods_and_what_is_not_there_go_on(self, root: Path) -> None:
        asked: list[str] = []

        def handle(request: RequestRecord, controller: FetchController) -> Answer:
            asked.append(request.method)
            return None

        async def handle_later(request: RequestRecord, controller: FetchController) -> Answer:
            return handle(request, controller)

        handlers: list[RequestHandler] = [handle, handle_later]
        for handler in handlers:
            for method, path in (("POST", "/"), ("GET", "/none"), ("GET", "/"), ("HEAD", "/.env")):
                request = RequestRecord(f"http://x.example{path}", method)
                await answer_of(with_assets(folder_at(root), handler), request)
            assert asked == ["POST", "GET", "HEAD"]
            asked.clear()

    async def test_a_disk_that_hangs_holds_up_nobody_else(self, root: Path) -> None:
        goes_on = Event()
        waits = asyncio.create_task(get_from(slow_folder(root, goes_on), "/", "GET"))
        assert content_of(await get(root, "/")) == b"index.html"
        assert not waits.done()
        goes_on.set()
        assert content_of(await waits) == b"index.html"


class TestAssetResponse:
    @pytest.mark.parametrize(
        "path, content",
        [
            ("/", "index.html"), ("/index.html", "index.html"), ("/?q", "index.html"),
            ("/a%20b/", "a b/index.html"), ("/a%20b/%C3%BC.txt", "a b/\u00fc.txt"),
            ("/empty/../index.html", "index.html"), ("/.well-known/x", "known"),
        ],
    )  # fmt: skip
    async def test_a_path_leads_to_a_file(self, root: Path, path: str, content: str) -> None:
        assert content_of(await get(root, path)) == content.encode()

    @pytest.mark.parametrize(
        "path",
        [
            "/none", "/empty", "/empty/", "/index.html/", "//index.html", "/a%20b//index.html",
            "/.env", "/%2Eenv", "/.git/config", "/a%20b/%2E%2E/.env", "/..%2Fsecret.txt",
            "/%2e%2e%2fsecret.txt", "/a%20b%2Findex.html", "/..%5Csecret.txt", "/index.html%00",
            "/%FF", "/" + "a" * 300, "/" + "a/" * 3000, "/.well-known/../.env",
            "/%2E%2E/secret.txt", "/%00", "/a%20b%00/index.html", "/%C0%AE%C0%AE/secret.txt",
        ],
    )  # fmt: skip
    async def test_nothing_else_is_given_away(self, root: Path, path: str) -> None:
        response = await get(root, path)
        if response is not None:  # the dots of a URL are its parser's
            assert content_of(response) == b"index.html"
            assert ".." in path.lower().replace("%2e", ".")

    async def test_no_link_leads_anywhere(self, root: Path) -> None:
        if sys.platform == "win32":
            pytest.skip("links need a privilege on Windows")
        (root / "in").symlink_to("index.html")
        (root / "out").symlink_to("../secret.txt")
        (root / "away").symlink_to("..")
        (root / "round").symlink_to("round")
        (root / "empty" / "index.html").symlink_to("../../secret.txt")
        for path in ("/in", "/out", "/away/secret.txt", "/round", "/empty/", "/empty"):
            assert await get(root, path) is None

    @pytest.mark.parametrize("operation", ["look", "open"])
    async def test_nor_one_that_takes_the_place_of_a_folder_just_then(
        self, root: Path, operation: str
    ) -> None:
        if sys.platform == "win32":
            pytest.skip("links need a privilege on Windows")

        def put_a_link(*call: object) -> None:
            if call[0] == operation and (root / "a b").is_dir():
                (root / "a b").rename(root / "was")
                (root / "a b").symlink_to("..")

        (root / "a b" / "secret.txt").write_text("known")
        assert await get_from(FakeFolder(root, put_a_link), "/a%20b/secret.txt", "GET") is None

    async def test_a_pipe_is_no_file_and_is_not_waited_for(self, root: Path) -> None:
        if not hasattr(os, "mkfifo"):
            pytest.skip("this platform has no pipes with names")
        os.mkfifo(root / "pipe")
        assert await get(root, "/pipe") is None

    async def test_a_folder_has_a_slash(self, root: Path) -> None:
        response = await get(root, "/a%20b?q")
        assert response is not None and response.status == 308
        assert response.header_list.get("location") == "/a%20b/?q"

    async def test_a_large_file_is_read_as_it_is_sent(self, root: Path) -> None:
        response = await get(root, "/large")
        assert response is not None and response.body is not None
        assert response.body.length == len(LARGE) and response.body.take_bytes() is None

    async def test_block_by_block(self, root: Path) -> None:
        response = await get(root, "/large", range="bytes=5-200004")
        assert response is not None and response.body is not None and response.status == 206
        blocks = [block async for block in response.body.stream]
        assert b"".join(blocks) == LARGE[5:200_005] and len(blocks) > 1

    async def test_one_that_changes_meanwhile_is_an_error(self, root: Path) -> None:
        response = await get(root, "/large")
        assert response is not None and response.body is not None
        stream = response.body.stream
        (root / "large").write_bytes(b"short")
        with pytest.raises(DOMException, match="has changed"):
            async for _ in stream:
                pass

    async def test_a_small_one_is_never_of_two_states(self, root: Path) -> None:
        contents = iter([b"another one", b"a third one"])

        def write(*call: object) -> None:
            if call[0] == "open" and (content := next(contents, None)):
                (root / "index.html").write_bytes(content)

        assert content_of(await get_from(FakeFolder(root, write), "/", "GET")) == b"a third one"

    async def test_one_that_never_rests_is_an_error(self, root: Path) -> None:
        def write(*call: object) -> None:
            if call[0] == "open":
                with (root / "index.html").open("ab") as file:
                    file.write(b"more")

        with pytest.raises(DOMException, match="again and again"):
            await get_from(FakeFolder(root, write), "/", "GET")

    @pytest.mark.parametrize("number", [errno.EMFILE, errno.EIO])
    async def test_what_goes_wrong_is_not_a_file_that_is_not_there(
        self, root: Path, number: int
    ) -> None:
        with pytest.raises(DOMException):
            await get_from(failing_folder(root, {"open": number}), "/", "GET")

    async def test_what_may_not_be_read_is_not_there(self, root: Path) -> None:
        folder = failing_folder(root, {"open": errno.EACCES})
        assert await get_from(folder, "/", "GET") is None

    @pytest.mark.parametrize("seconds", [-1, -(2**33), 2**33, 2**38])
    async def test_a_file_is_of_any_age(self, root: Path, seconds: int) -> None:
        try:
            os.utime(root / "index.html", (seconds, seconds))
        except OSError:
            pytest.skip("this disk has no such times")
        assert content_of(await get(root, "/")) == b"index.html"

    async def test_head_has_the_length(self, root: Path) -> None:
        response = await get(root, "/large", "HEAD")
        assert response is not None and response.body is not None
        assert response.body.length == 256_000

    async def test_another_file_of_the_same_age_and_size_has_another_tag(self, root: Path) -> None:
        first = await get(root, "/")
        (root / "new").write_text("INDEX.HTML")
        os.utime(root / "new", (1_000_000_000, 1_000_000_000))
        (root / "new").replace(root / "index.html")
        second = await get(root, "/")
        assert first is not None and second is not None
        assert first.header_list.get("etag") != second.header_list.get("etag")


class TestPreconditions:
    """https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2"""

    @pytest.mark.parametrize(
        "name, value, status",
        [
            ("if_none_match", "{}", 304), ("if_none_match", 'W/{}, "b"', 304),
            ("if_none_match", "*", 304), ("if_none_match", '"b"', 200),
            ("if_match", "{}", 200), ("if_match", "W/{}", 412), ("if_match", "*", 200),
            ("if_modified_since", "Sun, 09 Sep 2001 01:46:40 GMT", 304),
            ("if_modified_since", "Sun, 09 Sep 2001 01:46:39 GMT", 200),
            ("if_modified_since", "yesterday", 200),
            ("if_unmodified_since", "Sun, 09 Sep 2001 01:46:39 GMT", 412),
            ("if_unmodified_since", "Sun, 09 Sep 2001 01:46:40 GMT", 200),
        ],
    )  # fmt: skip
    async def test_a_client_gets_what_it_does_not_have(
        self, root: Path, name: str, value: str, status: int
    ) -> None:
        first = await get(root, "/")
        assert first is not None
        value = value.format(first.header_list.get("etag"))
        response = await get(root, "/", **{name: value})
        assert response is not None and response.status == status
        assert (response.body is None) == (status != 200)
        assert response.header_list.get("etag") == first.header_list.get("etag")

    async def test_a_date_does_not_count_beside_a_tag(self, root: Path) -> None:
        date = "Sun, 09 Sep 2001 01:46:40 GMT"
        response = await get(root, "/", if_none_match='"b"', if_modified_since=date)
        assert response is not None and response.status == 200


class TestRanges:
    """https://www.rfc-editor.org/rfc/rfc9110#section-14.2"""

    @pytest.mark.parametrize(
        "value, status, content, content_range",
        [
            ("bytes=0-2", 206, b"ind", "bytes 0-2/10"), ("bytes=5-", 206, b".html", "bytes 5-9/10"),
            ("bytes=-4", 206, b"html", "bytes 6-9/10"),
            ("bytes=-99", 206, b"index.html", "bytes 0-9/10"),
            ("bytes=2-99", 206, b"dex.html", "bytes 2-9/10"),
            ("bytes=10-", 416, None, "bytes */10"), ("bytes=-0", 416, None, "bytes */10"),
            ("bytes=2-1", 200, b"index.html", None), ("bytes=0-1,3-4", 200, b"index.html", None),
            ("lines=1-2", 200, b"index.html", None),
            (f"bytes={'9' * 5000}-", 416, None, "bytes */10"),
        ],
    )  # fmt: skip
    async def test_a_part_is_given_if_it_is_there(
        self,
        root: Path,
        value: str,
        status: int,
        content: bytes | None,
        content_range: str | None,
    ) -> None:
        response = await get(root, "/", range=value)
        assert response is not None and response.status == status
        assert response.header_list.get("content-range") == content_range
        assert content is None and response.body is None or content_of(response) == content

    async def test_is_of_what_get_gets(self, root: Path) -> None:
        """https://www.rfc-editor.org/rfc/rfc9110#section-14.2-5"""
        response = await get(root, "/", "HEAD", range="bytes=0-2")
        assert response is not None and response.status == 200 and response.body is not None
        assert response.body.length == 10

    @pytest.mark.parametrize(
        "condition, status",
        [("{}", 206), ('"b"', 200), ("W/{}", 200), ("Sun, 09 Sep 2001 01:46:40 GMT", 206),
         ("Sun, 09 Sep 2001 01:46:41 GMT", 200)],
    )  # fmt: skip
    async def test_only_of_what_the_client_has(
        self, root: Path, condition: str, status: int
    ) -> None:
        first = await get(root, "/")
        assert first is not None
        condition = condition.format(first.header_list.get("etag"))
        response = await get(root, "/", range="bytes=0-1", if_range=condition)
        assert response is not None and response.status == status


class TestTypeOf:
    @pytest.mark.parametrize(
        "name, type",
        [("a.html", "text/html;charset=UTF-8"), ("a.JS", "text/javascript;charset=UTF-8"),
         ("a.json", "application/json"), ("a.png", "image/png"), ("a.tar.gz", "application/gzip"),
         ("a", "application/octet-stream"), ("html", "application/octet-stream")],
    )  # fmt: skip
    def test_by_the_end_of_the_name(self, name: str, type: str) -> None:
        assert type_of(name) == type
