"""The site: a map of the standards, and a page for each that has our code beside the text's links.
No scripts.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from .code import Site
from .marks import MarkedTest
from .scope import Scope, Section
from .tracing import Project, Status, Trace

STYLE = Path(__file__).with_name("site.css")
WORDS: dict[Status, str] = {
    "tested": "tested",
    "through": "tested through what uses it",
    "untested": "without a test",
    "parts": "in parts, each under its own name",
    "out": "left out for a reason",
    "missing": "missing",
}


def write_site(project: Project, folder: Path) -> Path:
    """Write the pages into a folder, which is made; the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(project, Path(os.path.relpath(project.root, folder)))
    (folder / "style.css").write_text(STYLE.read_text("utf-8"), "utf-8")
    for scope in project.scopes:
        (folder / f"{scope.name}.html").write_text(writer.standard(scope), "utf-8")
    (folder / "other-texts.html").write_text(writer.other_texts(), "utf-8")
    index = folder / "index.html"
    index.write_text(writer.map(), "utf-8")
    return index


class Writer:
    """Makes the pages; `up` leads from their folder to the checkout."""

    def __init__(self, project: Project, up: Path) -> None:
        self.project = project
        self.up = up
        self.lines: dict[str, list[str]] = {}

    def map(self) -> str:
        """The first page: a card for each standard with a tile for each algorithm."""
        algorithms = [trace for trace in self.project.traces if trace.entry.is_algorithm]
        counts = Counter(trace.status for trace in algorithms)
        cards = "".join(self.card(scope) for scope in self.project.scopes)
        others = [
            trace
            for trace in self.project.traces
            if trace.scope is None and not self.project.scope_of(trace.address)
        ]
        tiles = "".join(tile(trace, "other-texts.html") for trace in others)
        cards += (
            f'<article class="card"><h2><a href="other-texts.html">Other '
            f"texts</a><span>{len(others)}</span></h2>"
            f"<p>RFCs, ECMA-262, FIPS and our own notes</p><div "
            f'class="tiles">{tiles}</div></article>'
        )
        return page(
            "The standards and this project",
            f"<header><h1>The standards and this project</h1><p>{len(algorithms):,} algorithms of "
            f"{len(self.project.scopes)} "
            "standards, a tile for each in the order of the text. Read from the docstrings of the "
            "code and the marks of the "
            f'tests.</p>{bar(counts)}{legend(counts)}</header><main class="map">{cards}</main>',
        )

    def card(self, scope: Scope) -> str:
        """A standard on the map."""
        algorithms = [trace for trace in self.project.of_scope(scope) if trace.entry.is_algorithm]
        counts = Counter(trace.status for trace in algorithms)
        tiles = []
        chapter = None
        for trace in algorithms:
            number = trace.section.number.partition(".")[0] if trace.section else ""
            tiles.append("<s></s>" if chapter not in (None, number) else "")
            tiles.append(tile(trace, f"{scope.name}.html"))
            chapter = number
        return (
            f'<article class="card"><h2><a '
            f'href="{scope.name}.html">{escape(scope.title)}</a><span>{share(counts)}</span></h2>'
            f"<p>{len(algorithms)} algorithms, <code>{scope.commit[:10]}</code> {scope.date}</p>"
            f'<div class="tiles">{"".join(tiles)}</div></article>'
        )

    def standard(self, scope: Scope) -> str:
        """The page of a standard: its sections in order."""
        traces = self.project.of_scope(scope)
        unlisted = [trace for trace in self.project.traces if trace.scope is None]
        elsewhere = [trace for trace in unlisted if self.project.scope_of(trace.address) is scope]
        by_section: dict[str, list[Trace]] = {section.id: [] for section in scope.sections}
        for trace in traces:
            if trace.section:
                by_section[trace.section.id].append(trace)
        contents = "".join(
            contents_line(section, by_section[section.id]) for section in scope.sections
        )
        sections = "".join(
            self.section(scope, section, by_section[section.id]) for section in scope.sections
        )
        if elsewhere:
            rows = "".join(self.row(trace) for trace in elsewhere)
            sections += f'<section id="elsewhere"><h2>Elsewhere in the text</h2>{rows}</section>'
        counts = Counter(trace.status for trace in traces if trace.entry.is_algorithm)
        return page(
            scope.title,
            f'<header><p><a href="index.html">All standards</a></p><h1>{escape(scope.title)}</h1>'
            f'<p><a href="{escape(scope.url)}">{escape(scope.url)}</a>, {read_at(scope)}. '
            f"{share(counts)} of "
            f"{counts.total()} algorithms are covered.</p>{bar(counts)}{legend(counts)}</header>"
            f'<div class="columns"><nav>{contents}</nav><main>{sections}</main></div>',
        )

    def section(self, scope: Scope, section: Section, traces: list[Trace]) -> str:
        """A section: a row for what is an algorithm or has code, and a line with the other
        terms.
        """
        rows = "".join(self.row(trace) for trace in traces if trace.status != "term")
        terms = [
            trace for trace in traces if trace.status == "term" and trace.entry.id != section.id
        ]
        link = escape(scope.address(section.id, section.page))
        heading = "h2" if section.level == 2 else "h3"
        number = f'<span class="number">{escape(section.number)}</span>' if section.number else ""
        line = ", ".join(
            f'<a href="{escape(trace.address)}">{escape(trace.entry.title)}</a>' for trace in terms
        )
        also = (
            f'<details class="terms"><summary>{len(terms)} more terms</summary>{line}</details>'
            if terms
            else ""
        )
        return (
            f'<section id="section-{escape(section.id)}"{"" if rows else " class=bare"}>'
            f"<{heading}>{number}<a "
            f'href="{link}">{escape(section.title)}</a></{heading}>{rows}{also}</section>'
        )

    def row(self, trace: Trace) -> str:
        """An algorithm, a link to the text on the left, and on the right what we have."""
        shape = "mark" if trace.entry.is_algorithm else "mark small"
        parts = [self.code(site) for site in (*trace.sites, *trace.parts)]
        parts += [f"<div>{self.test(test)}</div>" for test in trace.tests]
        match trace.status:
            case "through" if trace.through:
                file = self.source(trace.through.file)
                parts.append(
                    f"<div>through the tests of <a "
                    f'href="{file}">{escape(trace.through.name)}</a></div>'
                )
            case "untested":
                parts.append('<div><span class="warn">no test</span></div>')
            case "out" if trace.left_out:
                parts.append(
                    f'<span class="none">Left out: {markdown(trace.left_out.reason)}</span>'
                )
            case "missing":
                parts.append('<span class="bad">missing</span>')
        return (
            f'<div class="row" id="{escape(trace.entry.id)}"><div class="title"><i class="{shape} '
            f'{trace.status}" '
            f'title="{WORDS.get(trace.status, "")}"></i><a '
            f'href="{escape(self.link(trace.address))}">'
            f'{escape(trace.entry.title)}</a></div><div class="what">{"".join(parts)}</div></div>'
        )

    def code(self, site: Site) -> str:
        """A definition, to be opened."""
        if site.file not in self.lines:
            self.lines[site.file] = (self.project.root / site.file).read_text("utf-8").splitlines()
        text = self.lines[site.file][site.line - 1 : site.end]
        indent = len(text[0]) - len(text[0].lstrip())
        source = "\n".join(line[indent:] for line in text)
        name = site.file.removeprefix("reference/worker_runtime/")
        return (
            f'<details><summary><code>{escape(site.name)}</code><a class="place" '
            f'href="{self.source(site.file)}">'
            f"{escape(name)}:{site.line}</a></summary><pre>{escape(source)}</pre></details>"
        )

    def test(self, test: MarkedTest) -> str:
        """A class of tests, or a test."""
        count = f", {test.count} tests" if test.count > 1 else ""
        name = test.file.removeprefix("spec_tests/")
        return (
            f'{escape(test.name)}{count} <a class="place" '
            f'href="{self.source(test.file)}">{escape(name)}:{test.line}</a>'
        )

    def other_texts(self) -> str:
        """What has an address in a text that has no scope list, by text."""
        by_text: dict[str, list[Trace]] = {}
        for trace in self.project.traces:
            if trace.scope is None and not self.project.scope_of(trace.address):
                by_text.setdefault(trace.address.partition("#")[0], []).append(trace)
        contents = "".join(
            f'<a href="#{anchor(text)}">{escape(short(text))}{bar_of(of)}</a>'
            for text, of in sorted(by_text.items())
        )
        sections = "".join(
            f'<section id="{anchor(text)}"><h2><a '
            f'href="{escape(self.link(text))}">{escape(short(text))}</a></h2>'
            f"{''.join(self.row(trace) for trace in of)}</section>"
            for text, of in sorted(by_text.items())
        )
        counts = Counter(trace.status for of in by_text.values() for trace in of)
        return page(
            "Other texts",
            '<header><p><a href="index.html">All standards</a></p><h1>Other texts</h1>'
            "<p>What the code follows of RFCs, ECMA-262, "
            f"FIPS and our own notes, with no list of what there would be to "
            f"follow.</p>{bar(counts)}{legend(counts)}</header>"
            f'<div class="columns"><nav>{contents}</nav><main>{sections}</main></div>',
        )

    def source(self, file: str) -> str:
        """The way to a file of the checkout."""
        return quote((self.up / file).as_posix())

    def link(self, address: str) -> str:
        """An address as a link; our own notes are in the checkout."""
        return address if address.startswith("https:") else (self.up / address).as_posix()


def page(title: str, body: str) -> str:
    """A whole document."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        'content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css"></head>\n'
        f"<body>{body}"
        "<footer>Made by tools/trace.py --html. A tile or mark that is round is a term with code, "
        "a square one an algorithm."
        "</footer></body></html>\n"
    )


def tile(trace: Trace, file: str) -> str:
    """An algorithm on the map."""
    title = f"{trace.entry.title}: {WORDS.get(trace.status, '')}"
    return (
        f'<a class="{trace.status}" href="{file}#{quote(trace.entry.id)}" '
        f'title="{escape(title)}"></a>'
    )


def bar(counts: Counter[Status]) -> str:
    """The shares of the statuses, as a bar."""
    parts = (
        f'<i class="{status}" style="flex:{counts[status]}"></i>'
        for status in WORDS
        if counts[status]
    )
    return f'<div class="bar">{"".join(parts)}</div>'


def bar_of(traces: Iterable[Trace]) -> str:
    """The bar of some algorithms, one that cannot be seen where there are none."""
    counts: Counter[Status] = Counter(trace.status for trace in traces if trace.status != "term")
    return bar(counts) if counts else '<div class="bar none"></div>'


def legend(counts: Counter[Status]) -> str:
    """What the colours mean, with how many there are of each."""
    items = "".join(
        f'<li><i class="{status}"></i><b>{counts[status]}</b> {words}</li>'
        for status, words in WORDS.items()
    )
    return f'<ul class="legend">{items}</ul>'


def contents_line(section: Section, traces: list[Trace]) -> str:
    """A section in the table of contents."""
    indent = (
        f' style="padding-left:{(section.level - 2) * 0.8:.1f}rem"' if section.level > 2 else ""
    )
    title = escape(f"{section.number} {section.title}")
    return f'<a href="#section-{escape(section.id)}"{indent}>{title}{bar_of(traces)}</a>'


def share(counts: Counter[Status]) -> str:
    """The covered share in percent, rounded down."""
    covered = counts["tested"] + counts["through"] + counts["parts"] + counts["out"]
    return f"{100 * covered // counts.total()} %" if counts else "none"


def read_at(scope: Scope) -> str:
    """The commit and the date of the text."""
    text = f"at <code>{scope.commit[:10]}</code> of" if scope.commit else "in the text of"
    return f"read {text} {scope.date}"


def anchor(text: str) -> str:
    """The id of a text's section in the page of the other texts."""
    return "".join(
        character if character.isalnum() else "-" for character in text.removeprefix("https://")
    )


def short(text: str) -> str:
    """A text's URL as people call it."""
    name = text.removeprefix("https://").removeprefix("www.").removesuffix("/")
    return f"RFC {name.rpartition('rfc')[2]}" if name.startswith("rfc-editor.org") else name


def markdown(text: str) -> str:
    """A reason of the notes, with its code in backticks."""
    parts = escape(text, quote=False).split("`")
    return "".join(f"<code>{part}</code>" if odd % 2 else part for odd, part in enumerate(parts))
