"""The book: beside each section of a standard our code, its tests and its deviations, on one page;
a map of all of it; and a page on how to write a worker, with examples that were run.

The search field reads search.js, which is written beside the pages, so that it works where they are
opened as files. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Iterable
from html import escape
from pathlib import Path
from urllib.parse import quote

from .code import Site
from .examples import Example, run_examples
from .marks import MarkedTest
from .notes import Noted
from .scope import Scope, Section
from .tracing import Project, Status, Trace

HERE = Path(__file__).parent
WORDS: dict[Status, str] = {
    "tested": "tested by tests of its own",
    "through": "tested through what uses it",
    "untested": "without a test",
    "parts": "in parts, each under its own name",
    "out": "left out for a reason",
    "missing": "missing",
}
LINK = re.compile(r"\[([^\]]+)\]\(([^)\s]+)\)")


def write_site(project: Project, folder: Path) -> Path:
    """Write the pages into a folder, which is made; the path of the first."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = Writer(project, Path(os.path.relpath(project.root, folder)))
    for name in ("site.css", "site.js"):
        (folder / name).write_text((HERE / name).read_text("utf-8"), "utf-8")
    for scope in project.scopes:
        (folder / f"{scope.name}.html").write_text(writer.standard(scope), "utf-8")
    (folder / "other-texts.html").write_text(writer.other_texts(), "utf-8")
    (folder / "write-a-worker.html").write_text(
        writer.write_a_worker(run_examples(project.root)), "utf-8"
    )
    (folder / "search.js").write_text(writer.search_index(), "utf-8")
    index = folder / "index.html"
    index.write_text(writer.map(), "utf-8")
    return index


class Writer:
    """Makes the pages; `up` leads from their folder to the checkout."""

    def __init__(self, project: Project, up: Path) -> None:
        self.project = project
        self.up = up
        self.lines: dict[str, list[str]] = {}
        self.deviations: dict[str, list[Noted]] = {}
        for row in project.deviations:
            for address in row.addresses:
                self.deviations.setdefault(project.key_of(address), []).append(row)
        self.others = [
            trace
            for trace in project.traces
            if trace.scope is None and not project.scope_of(trace.address)
        ]

    def map(self) -> str:
        """The first page: a card for each standard with a tile for each algorithm."""
        algorithms = [trace for trace in self.project.traces if trace.entry.is_algorithm]
        counts = Counter(trace.status for trace in algorithms)
        cards = "".join(self.card(scope) for scope in self.project.scopes)
        tiles = "".join(tile(trace, "other-texts.html") for trace in self.others)
        cards += (
            '<article class="card"><h2><a href="other-texts.html">Other texts</a>'
            f"<span>{len(self.others)}</span></h2><p>ECMA-262, FIPS, other RFCs and our own notes"
            f'</p><div class="tiles">{tiles}</div></article>'
        )
        return page(
            "The standards and this project",
            f"<h1>The standards and this project</h1><p>{len(algorithms):,} algorithms of "
            f"{len(self.project.scopes)} texts, a tile for each, in the order of the text. A page "
            "has the sections of its standard, and beside each our code, its tests, and where it "
            "does something else. To begin: "
            f'<a href="write-a-worker.html">write a worker</a>.</p>{bar(counts)}{legend(counts)}',
            f'<main class="map">{cards}</main>',
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
            f'<article class="card"><h2><a href="{scope.name}.html">{escape(scope.title)}</a>'
            f"<span>{implemented(counts)} of {len(algorithms)}</span></h2>"
            f"<p>{read_at(scope)}</p>"
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
            f'<h1>{escape(scope.title)}</h1><p><a href="{escape(scope.url)}">{escape(scope.url)}'
            f"</a>, {read_at(scope)}. Of {counts.total()} algorithms {implemented(counts)} are "
            f"here, {counts['tested']} of them with tests of their own.</p>"
            f"{bar(counts)}{legend(counts)}",
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
            f'<{heading}>{number}<a href="{link}">{escape(section.title)}</a></{heading}>'
            f"{rows}{also}</section>"
        )

    def row(self, trace: Trace) -> str:
        """An algorithm, a link to the text on the left, and on the right what we have."""
        shape = "mark" if trace.entry.is_algorithm else "mark small"
        parts = [self.deviation(row) for row in self.deviations_of(trace)]
        parts += [self.code(site) for site in trace.sites]
        parts += [self.code(site, "part") for site in trace.parts]
        parts += [self.test(test) for test in trace.tests]
        match trace.status:
            case "through" if trace.through:
                file = self.source(trace.through.file)
                name = escape(trace.through.name)
                parts.append(f'<p>tested through the tests of <a href="{file}">{name}</a></p>')
            case "untested":
                parts.append('<p class="warn">no test</p>')
            case "out" if trace.left_out:
                parts.append(f'<p class="none">Left out: {markdown(trace.left_out.reason)}</p>')
            case "missing":
                parts.append('<p class="bad">missing</p>')
        return (
            f'<div class="row" id="{escape(trace.entry.id)}"><div class="title">'
            f'<i class="{shape} {trace.status}" title="{WORDS.get(trace.status, "")}"></i>'
            f'<a href="{escape(self.link(trace.address))}">{escape(trace.entry.title)}</a></div>'
            f'<div class="what">{"".join(parts)}</div></div>'
        )

    def deviations_of(self, trace: Trace) -> list[Noted]:
        """The deviations from an algorithm that the notes list."""
        ids = trace.entry.ids
        keys = [trace.scope.address(id) for id in ids] if trace.scope else [trace.address]
        return [row for key in keys for row in self.deviations.get(key, ())]

    def deviation(self, row: Noted) -> str:
        """Where the code does something else, as the notes say it."""
        return f'<p class="deviation"><b>Deviation.</b> {markdown(row.cells[0])}</p>'

    def text_of(self, file: str, first: int, last: int) -> str:
        """Some lines of a file, without the indentation of the first."""
        if file not in self.lines:
            self.lines[file] = (self.project.root / file).read_text("utf-8").splitlines()
        text = self.lines[file][first - 1 : last]
        indent = len(text[0]) - len(text[0].lstrip())
        return escape(
            "\n".join(line[indent:] if line[:indent].isspace() else line for line in text)
        )

    def code(self, site: Site, role: str = "") -> str:
        """A definition, to be read; of a class what stands before its first method."""
        last = min([site.end, *(method.line - 1 for method in site.methods)])
        name = site.file.removeprefix("reference/worker_runtime/")
        label = f'<span class="role">{role}</span>' if role else ""
        opened = "" if role else " open"
        return (
            f"<details{opened}><summary>{label}<code>{escape(site.name)}</code>"
            f'<a class="place" href="{self.source(site.file)}">{escape(name)}:{site.line}</a>'
            f"</summary><pre>{self.text_of(site.file, site.line, last).rstrip()}</pre></details>"
        )

    def test(self, test: MarkedTest) -> str:
        """A class of tests, or a test, to be opened."""
        count = f", {test.count} tests" if test.count > 1 else ""
        name = test.file.removeprefix("spec_tests/")
        return (
            f'<details class="test"><summary>{escape(test.name)}{count}'
            f'<a class="place" href="{self.source(test.file)}">{escape(name)}:{test.line}</a>'
            f"</summary><pre>{self.text_of(test.file, test.line, test.end)}</pre></details>"
        )

    def other_texts(self) -> str:
        """What has an address in a text that has no scope list, by text."""
        by_text: dict[str, list[Trace]] = {}
        for trace in self.others:
            by_text.setdefault(trace.address.partition("#")[0], []).append(trace)
        contents = "".join(
            f'<a href="#{anchor(text)}">{escape(short(text))}{bar_of(of)}</a>'
            for text, of in sorted(by_text.items())
        )
        sections = "".join(
            f'<section id="{anchor(text)}"><h2><a href="{escape(self.link(text))}">'
            f"{escape(short(text))}</a></h2>{''.join(map(self.row, of))}</section>"
            for text, of in sorted(by_text.items())
        )
        counts = Counter(trace.status for of in by_text.values() for trace in of)
        return page(
            "Other texts",
            "<h1>Other texts</h1><p>What the code follows of ECMA-262, FIPS, other RFCs and our "
            "own notes, with no list of what there would be to follow.</p>"
            f"{bar(counts)}{legend(counts)}",
            f'<div class="columns"><nav>{contents}</nav><main>{sections}</main></div>',
        )

    def write_a_worker(self, examples: list[Example]) -> str:
        """The page for somebody who begins: each example with what it answers."""
        contents = "".join(
            f'<a href="#{example.name}">{escape(example.title)}</a>' for example in examples
        )
        return page(
            "Write a worker",
            "<h1>Write a worker</h1><p>A worker is a Python module that imports what it uses from "
            "<code>worker_runtime</code>. It has a listener of the fetch event, or a function "
            "<code>fetch</code>. Names are the web's, to the letter. Each of these was run when "
            "this page was made; what it answered stands below it.</p>",
            f'<div class="columns"><nav>{contents}</nav><main>'
            f"{''.join(map(self.example, examples))}</main></div>",
        )

    def example(self, example: Example) -> str:
        """A worker, the commands, and what they wrote."""
        runs = "".join(
            f'<span class="prompt">$ {escape(run.command)}</span>\n{escape(run.output.rstrip())}\n'
            for run in example.runs
        )
        file = self.source(f"reference/examples/{example.name}.py")
        return (
            f'<section class="example" id="{example.name}"><h2>{escape(example.title)}</h2>'
            f"<p>{markdown(example.text)}</p>"
            f'<div class="caption"><a href="{file}">{example.name}.py</a></div>'
            f"<pre>{escape(example.code)}</pre>"
            f'<pre class="terminal"><span class="prompt">$ {escape(example.serve)}</span>\n'
            f"{escape(example.log.rstrip() or 'It asks another server, so it was not run here.')}"
            f"</pre>{f'<pre class=terminal>{runs.rstrip()}</pre>' if runs else ''}" + "</section>"
        )

    def search_index(self) -> str:
        """A script with what the search field finds: words to look in, what is shown, and where it
        leads.
        """
        rows = [
            (
                f"{trace.entry.title} {' '.join(trace.entry.ids)} "
                + " ".join(site.name for site in (*trace.sites, *trace.parts)),
                trace.entry.title,
                trace.scope.title if trace.scope else short(trace.address.partition("#")[0]),
                f"{self.page_of(trace)}#{quote(trace.entry.id)}",
            )
            for trace in self.project.traces
            if trace.status != "term"
        ]
        return f"const INDEX = {json.dumps(rows, ensure_ascii=False, separators=(',', ':'))};\n"

    def page_of(self, trace: Trace) -> str:
        """The page that a trace stands on."""
        scope = trace.scope or self.project.scope_of(trace.address)
        return f"{scope.name}.html" if scope else "other-texts.html"

    def source(self, file: str) -> str:
        """The way to a file of the checkout."""
        return quote((self.up / file).as_posix())

    def link(self, address: str) -> str:
        """An address as a link; our own notes are in the checkout."""
        return address if address.startswith("https:") else (self.up / address).as_posix()


def page(title: str, head: str, body: str) -> str:
    """A whole document."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="site.css">'
        '<script src="search.js" defer></script><script src="site.js" defer></script></head>\n'
        '<body><div class="top"><a href="index.html">Worker Runtime and the standards</a>'
        '<a href="write-a-worker.html">Write a worker</a>'
        '<search><input type="search" id="search" placeholder="Search: host parser, tee, fill ..." '
        'aria-label="Search" autocomplete="off"><ol id="found"></ol></search></div>'
        f"<header>{head}</header>{body}"
        "<footer>Made by tools/trace.py --html. A tile or mark that is round is a term with code, "
        "a square one an algorithm.</footer></body></html>\n"
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
        if counts[status]
    )
    return f'<ul class="legend">{items}</ul>'


def contents_line(section: Section, traces: list[Trace]) -> str:
    """A section in the table of contents."""
    indent = (
        f' style="padding-left:{(section.level - 2) * 0.8:.1f}rem"' if section.level > 2 else ""
    )
    title = escape(f"{section.number} {section.title}")
    return f'<a href="#section-{escape(section.id)}"{indent}>{title}{bar_of(traces)}</a>'


def implemented(counts: Counter[Status]) -> int:
    """How many have code, be it in parts."""
    return sum(counts[status] for status in ("tested", "through", "untested", "parts"))


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
    """A text of the notes as HTML: code in backticks, and links."""
    parts = escape(text, quote=False).split("`")
    return "".join(
        f"<code>{part}</code>" if odd % 2 else LINK.sub(r'<a href="\2">\1</a>', part)
        for odd, part in enumerate(parts)
    )
