"""The built-in page."""

from __future__ import annotations

import pytest

import worker_runtime
from worker_runtime import Request
from worker_runtime.cli import state_of_worker_runtimes as page
from worker_runtime.cli.state_of_worker_runtimes import (
    Outcome,
    Row,
    measure,
    render_page,
    state_of,
)


async def passes(platform: object, request: object) -> None:
    pass


async def fails(platform: object, request: object) -> None:
    raise KeyError("<why>")


class TestMeasure:
    @pytest.mark.parametrize(
        "probes, state",
        [
            ({"a": passes}, "works"),
            ({"a": passes, "b": fails}, "partly"),
            ({"a": fails, "b": fails}, "not yet"),
        ],
    )
    async def test_a_row_is_what_its_probes_show(
        self, probes: dict[str, page.Probe], state: str
    ) -> None:
        assert (
            state_of(await measure(Row("title", "https://x.example/", probes), None, None)) == state
        )

    async def test_what_goes_wrong_is_said(self) -> None:
        assert await measure(Row("title", "https://x.example/", {"a": fails}), None, None) == [
            Outcome("a", "KeyError: '<why>'")
        ]


class TestPage:
    def test_escapes_what_it_shows(self) -> None:
        row = Row("<title>", "https://x.example/?a&b", {})
        text = render_page({"<section>": [(row, [Outcome("<name>", "<why>")])]})
        for word in ("<section>", "<name>", "<why>"):
            assert word not in text
        assert "?a&amp;b" in text

    async def test_measures_every_row_anew(self) -> None:
        response = await page.fetch(Request("http://localhost/"), None, None)
        text = await response.text()
        assert response.status == 200
        for rows in page.TABLE.values():
            for row in rows:
                assert row.title in text
        assert "<script" not in text and text.count('class="works"') >= 5

    async def test_rows_that_work_do_because_their_probe_passes(self) -> None:
        broken = type("Platform", (), {"URL": worker_runtime.URL})()
        assert state_of(await measure(page.TABLE["Browser APIs"][4], broken, None)) == "not yet"

    async def test_is_the_only_page(self) -> None:
        assert (await page.fetch(Request("http://localhost/other"), None, None)).status == 404
