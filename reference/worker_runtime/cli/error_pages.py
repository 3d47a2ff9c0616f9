"""Error pages: while a worker is being developed, a failed request shows what has failed.

A browser gets a page, a JSON client JSON, and any other client text. They show source code, so that
`serve` has them with `--reload` only, and for this machine only.
"""

from __future__ import annotations

import html
import json
import linecache
import re
import traceback
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Any

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import ResponseRecord
from ..host.console import PACKAGE_FOLDER, Console, Mistake
from ..server.service import Answer, RequestHandler
from ..server.text_responses import PLAIN_TEXT, text_response
from ..server.trigger_urls import comes_from_this_machine
from ..url.url_serializing import url_serializer
from .advice import advice_on

LINES_AROUND = 3
MOST_CAUSES = 10  # causes can go round in a circle
NEVER_SHOWN = frozenset({"authorization", "cookie", "proxy-authorization"})


class Thrown:
    """What was thrown last while a request was answered."""

    value: object = None


class RememberingConsole:
    """A console that also remembers what was thrown for which request, and at the start."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._at_the_start = Thrown()
        self.thrown = ContextVar[Thrown]("thrown", default=self._at_the_start)

    def write(self, log_level: str, text: str) -> None:
        """As the console does."""
        self._console.write(log_level, text)

    def report(self, value: object, what: str) -> None:
        """As the console does."""
        self.thrown.get().value = value
        self._console.report(value, what)


def with_error_pages(handle: RequestHandler, console: RememberingConsole) -> RequestHandler:
    """The handler's answer, or a page that shows why there is none."""

    async def handle_or_explain(request: RequestRecord, controller: FetchController) -> Answer:
        at_the_start, thrown = console.thrown.get(), Thrown()
        console.thrown.set(thrown)
        answer = handle(request, controller)
        if isinstance(answer, Awaitable):
            answer = await answer
        if (answer is None or answer.type == "error") and comes_from_this_machine(request):
            status = 404 if answer is None else 500
            return error_page(request, thrown.value or at_the_start.value, status)
        return answer

    return handle_or_explain


def error_page(request: RequestRecord, value: object, status: int = 500) -> ResponseRecord:
    """A response in the form that the client accepts."""
    accept = request.header_list.get("Accept") or ""
    if "text/html" in accept:
        type, content = "text/html;charset=UTF-8", as_html(request, value)
    elif "application/json" in accept:
        type, content = "application/json", as_json(value)
    else:
        type, content = PLAIN_TEXT, as_text(value)
    return text_response(status, content, type, (("cache-control", "no-store"),))


# ---- what was thrown -----------------------------------------------------------------------------


def title_of(value: object) -> str:
    """What was thrown, in one line."""
    if value is None:
        return "The worker did not answer"
    if isinstance(value, SyntaxError):
        return f"SyntaxError: {value.msg}"
    if isinstance(value, Mistake):  # the place stands beside its line
        return re.sub(r"^.+?:\d+: ", "", str(value)).partition("\n")[0]
    try:
        if isinstance(value, BaseException):
            return f"{type(value).__name__}: {value}".removesuffix(": ")
        return f"Thrown: {value!r}"
    except Exception:
        return f"{type(value).__name__}, which cannot be written"


def causes_of(value: object) -> list[str]:
    """The titles of what an exception came from, the nearest first, as in a traceback."""
    titles: list[str] = []
    while isinstance(value, BaseException) and len(titles) < MOST_CAUSES:
        value = value.__cause__ or (None if value.__suppress_context__ else value.__context__)
        if value is not None:
            titles.append(title_of(value))
    return titles


def frames_of(value: object) -> list[tuple[str, int, str]]:
    """The worker's own frames, the one that threw last: file, line and function."""
    if isinstance(value, SyntaxError) and value.filename:
        return [(value.filename, value.lineno or 1, "")]
    if isinstance(value, Mistake) and (place := re.match(r"(.+?):(\d+): ", str(value))):
        return [(place[1], int(place[2]), "")]
    if not isinstance(value, BaseException):
        return []
    return [
        (frame.filename, frame.lineno or 1, frame.name)
        for frame in traceback.extract_tb(value.__traceback__)
        if not frame.filename.startswith(PACKAGE_FOLDER) and "<frozen" not in frame.filename
    ]


def as_text(value: object) -> str:
    """For terminals: the title, the frames and what to try."""
    lines = [title_of(value), ""]
    for file, number, name in frames_of(value):
        lines.append(f'  File "{file}", line {number}' + (f", in {name}" if name else ""))
        lines.append(f"    {linecache.getline(file, number).strip()}")
    lines += [f"  from {cause}" for cause in causes_of(value)]
    return "\n".join([*lines, "", advice_on(value), ""])


def as_json(value: object) -> str:
    """For programs."""
    frames = [
        {"file": file, "line": number, "function": name, "source": source_line(file, number)}
        for file, number, name in frames_of(value)
    ]
    entry: dict[str, Any] = {
        "error": title_of(value),
        "causes": causes_of(value),
        "frames": frames,
        "try": advice_on(value),
    }
    return json.dumps(entry, indent=2)


def source_line(file: str, number: int) -> str:
    """A line of a file as it is now."""
    linecache.checkcache(file)
    return linecache.getline(file, number).rstrip("\n")


# ---- the page ------------------------------------------------------------------------------------

STYLE = """
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --paper: #fff; --line: #d1d9e0;
  --mark: #fff1e5; --edge: #cf222e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9198a1; --paper: #0d1117;
  --line: #3d444d; --mark: #3d2216; --edge: #f85149; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem; color: var(--ink);
  background: var(--paper); font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { margin: 0 0 .25rem; border-left: 4px solid var(--edge); padding-left: .75rem;
  font-size: 1.25rem; }
h2 { margin: 1.5rem 0 .25rem; font-size: 1rem; }
p { margin: .25rem 0; color: var(--soft); }
pre { margin: .25rem 0; border: 1px solid var(--line); border-radius: 6px; overflow-x: auto;
  padding: .5rem 0; font: 13px/1.6 ui-monospace, monospace; }
pre span { display: block; width: max-content; min-width: 100%; padding: 0 .75rem; }
pre .at { background: var(--mark); box-shadow: inset 3px 0 var(--edge); }
dl { display: grid; grid-template-columns: fit-content(40%) 1fr; gap: .125rem 1rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
h1 + p { margin-top: .5rem; }
@media (max-width: 32rem) { dl { display: block; } dd { margin-bottom: .5rem; } }
"""


def as_html(request: RequestRecord, value: object) -> str:
    """For browsers: one page, without anything from elsewhere."""
    title = html.escape(title_of(value))
    frames = "".join(
        f"{heading(name)}<p>{html.escape(file)}, line {number}</p>{excerpt(file, number)}"
        for file, number, name in reversed(frames_of(value))
    )
    causes = "".join(f"<p>from {html.escape(cause)}</p>" for cause in causes_of(value))
    fields = [("Method", request.method), ("URL", url_serializer(request.url))]
    fields += [
        (name, "(not shown)" if name.lower() in NEVER_SHOWN else text)
        for name, text in request.header_list
    ]
    rows = "".join(
        f"<dt>{html.escape(name)}</dt><dd>{html.escape(text)}</dd>" for name, text in fields
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{STYLE}</style>"
        f"<h1>{title}</h1>{causes}<p>{html.escape(advice_on(value))}</p>{frames}"
        f"<h2>The request</h2><dl>{rows}</dl></html>\n"
    )


def heading(name: str) -> str:
    """That of a frame, by the name of its function; none where it is not known."""
    shown = "module" if name == "<module>" else name if name.startswith("<") else f"{name}()"
    return f"<h2>{html.escape(shown)}</h2>" if name else ""


def excerpt(file: str, number: int) -> str:
    """The lines around one of a file, which is marked."""
    linecache.checkcache(file)
    lines = list(enumerate(linecache.getlines(file), 1))
    spans = []
    for each, line in lines[max(0, number - 1 - LINES_AROUND) : number + LINES_AROUND]:
        mark = ' class="at"' if each == number else ""
        text = html.escape(line.rstrip("\n"))
        spans.append(f"<span{mark}>{each:4}  {text}</span>")
    return f"<pre>{''.join(spans)}</pre>" if spans else ""
