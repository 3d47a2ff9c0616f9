"""What a failed request shows while a worker is being developed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from spec_tests.server.processes import serving
from worker_runtime.cli.error_pages import causes_of, error_page, frames_of, title_of
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.requests import RequestRecord

WORKER = """from worker_runtime import Response

def total(prices):
    return sum(prices) / len(prices)

def fetch(request):
    return Response(str(total([])))
"""


def page_for(value: object, accept: str, **fields: str) -> tuple[str, str]:
    """Its type and its text."""
    headers = HeaderList([("Accept", accept), *fields.items()])
    response = error_page(RequestRecord("http://a.example/<b>", "GET", headers), value)
    assert response.status == 500 and response.body is not None
    content = response.body.take_bytes()
    assert content is not None
    return response.header_list.get("content-type") or "", content.decode()


class TestWithErrorPages:
    @pytest.mark.skipif("sys.platform == 'win32'", reason="--reload needs processes that inherit")
    def test_each_client_gets_its_form_and_nobody_without_reload(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(WORKER)
        with serving(tmp_path / "w.py", "--reload") as server:
            status, page = server.request(headers={"Accept": "text/html"})
            assert status == 500 and page.startswith("<!doctype html>")
            assert "ZeroDivisionError: division by zero" in page
            assert 'class="at">   4      return sum(prices) / len(prices)' in page
            _, text = server.request(headers={"Accept": "*/*"})
            assert f'File "{tmp_path / "w.py"}", line 4, in total' in text
            _, entry = server.request(headers={"Accept": "application/json"})
            assert json.loads(entry)["frames"][-1]["function"] == "total"
        with serving(tmp_path / "w.py") as server:
            status, page = server.request(headers={"Accept": "text/html"})
        assert status == 500 and "ZeroDivisionError" not in page and "w.py" not in page

    @pytest.mark.skipif("sys.platform == 'win32'", reason="--reload needs processes that inherit")
    def test_a_page_is_about_its_own_request_and_for_this_machine(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "async def fetch(request):\n"
            "    if 'first' in request.url:\n"
            "        raise RuntimeError('the first')\n"
        )
        with serving(tmp_path / "w.py", "--reload") as server:
            assert "RuntimeError: the first" in server.request("first")[1]
            status, text = server.request("second")
            assert status == 500 and "takes a Response" in text and "the first" not in text
            status, text = server.request("first", headers={"Host": "rebound.example"})
            assert status == 500 and "the first" not in text

    @pytest.mark.skipif("sys.platform == 'win32'", reason="--reload needs processes that inherit")
    def test_a_worker_that_does_not_start_shows_why(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text("def fetch(:\n")
        with serving(tmp_path / "w.py", "--reload") as server:
            status, text = server.request()
        assert status == 500 and "SyntaxError" in text and "line 1" in text


class TestNobodyAnswers:
    @pytest.mark.parametrize("path", ["", "answered"])
    def test_it_is_a_404_that_says_what_to_do(self, tmp_path: Path, path: str) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import Response, addEventListener\n"
            "def listener(event):\n"
            "    if 'answered' in event.request.url:\n"
            "        event.respondWith(Response('there', status=404))\n"
            "addEventListener('fetch', listener)\n"
        )
        with serving(tmp_path / "w.py", "--reload") as server:
            status, text = server.request(path)
        assert status == 404
        if path:
            assert text == "there"
        else:
            assert text.startswith("The worker did not answer") and "event.respondWith" in text


class TestErrorPage:
    def test_what_a_worker_throws_is_text_in_a_page(self) -> None:
        type, page = page_for(ValueError("<script>"), "text/html")
        assert type.startswith("text/html") and "<script>" not in page
        assert "ValueError: &lt;script&gt;" in page

    def test_secrets_of_a_request_are_not_shown(self) -> None:
        _, page = page_for(ValueError(), "text/html", Authorization="Bearer abc", Cookie="id=1")
        assert "abc" not in page and "id=1" not in page and page.count("(not shown)") == 2

    def test_nothing_comes_from_elsewhere(self) -> None:
        _, page = page_for(ValueError(), "text/html")
        assert "src=" not in page and "href=" not in page and "@import" not in page


class TestTitleOf:
    @pytest.mark.parametrize(
        "value, title",
        [(ValueError("x"), "ValueError: x"), (KeyError(), "KeyError"), ("why", "Thrown: 'why'"),
         (None, "The worker did not answer"), (SyntaxError("bad"), "SyntaxError: bad")],
    )  # fmt: skip
    def test_is_one_line(self, value: object, title: str) -> None:
        assert title_of(value) == title

    def test_what_cannot_be_written_is_named(self) -> None:
        class Mute(Exception):
            def __str__(self) -> str:
                raise ValueError

        assert title_of(Mute()) == "Mute, which cannot be written"


class TestCausesOf:
    def test_are_those_of_a_traceback(self) -> None:
        error, cause = KeyError("b"), OSError("c")
        error.__cause__, cause.__context__ = cause, error
        assert causes_of(error)[:2] == ["OSError: c", "KeyError: 'b'"]
        error.__cause__, error.__suppress_context__ = None, True
        assert causes_of(error) == []


class TestFramesOf:
    def test_frames_of_the_platform_are_left_out(self) -> None:
        try:
            RequestRecord("http://[").current_url
        except Exception as error:
            assert [Path(file).name for file, _, _ in frames_of(error)] == [Path(__file__).name]
