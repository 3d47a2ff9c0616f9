"""Make the scope lists, tools/scope/*.tsv: what of each standard this project answers for.

    python3 tools/make_scope.py INDEX_DIR            # every standard
    python3 tools/make_scope.py INDEX_DIR url dom    # these

INDEX_DIR holds one <standard>.json for each, with facts only:

    {"standard", "url", "repository", "source", "commit", "date",
     "sections":    [{"id", "title", "level", "number", "page", "steps"}],
     "definitions": [{"id", "kind", "name", "for", "section", "algorithm"}],
     "anchors":     [other ids]}

What is chosen of a standard is the table CHOICES below: change it there, and make the list anew.
The lists of RFCs are not made here: an RFC does not change. Their entries are the sections that
oblige somebody to something, with "MUST" and its like where the RFC has such words.
When a room begins with another part of a standard, that part is added here first; tools/trace.py
then says what the room has yet to do.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `tools` is found when this file is run by its path

from tools.traceability.scope import Entry, Scope, Section, write_scope  # noqa: E402

SCOPE = ROOT / "tools" / "scope"


class Choice(NamedTuple):
    """What of a standard is in scope. Sections go with their subsections."""

    sections: tuple[str, ...] = ()
    """The sections; none named is the whole text."""
    without: tuple[str, ...] = ()
    """Sections that are not, within those that are."""
    sections_with_steps: bool = False
    """Whether a section with steps and no definition is an algorithm, such as the operations of Web
    Cryptography.
    """
    also: tuple[str, ...] = ()
    """Definitions and sections that have steps, which the index does not say."""
    not_algorithms: tuple[str, ...] = ()
    """What the index takes for an algorithm and is a term, a list of the text, or an example."""
    pages: tuple[str, ...] = ()
    """Where a standard has pages: those of which links are checked, beside the pages of the
    sections.
    """
    stale_pages: tuple[str, ...] = ()
    """Pages of an older text that the index still has."""


CHOICES = {
    "compression": Choice(),
    "console": Choice(),
    # Of the draft what a user agent does; each algorithm is a section.
    "cookies": Choice(
        sections=("name-user-agent-requirements",),
        without=("name-requirements-specific-to-no", "name-requirements-specific-to-br"),
        also=(
            "name-remove-expired-cookies", "name-remove-excess-cookies-for-a",
            "name-remove-global-excess-cookie", "name-parse-a-date", "name-domain-matching",
            "name-cookie-default-path", "name-path-matching", "name-parse-and-store-a-cookie",
            "name-parse-a-cookie", "name-store-a-cookie", "name-garbage-collect-cookies",
            "name-retrieve-cookies", "name-serialize-cookies",
        ),
    ),
    "cookiestore": Choice(),
    # A worker has no tree: events and aborting are what is left.
    "direct-sockets": Choice(
        also=(
            "dfn-initialize-the-tcpsocket-readable-stream",
            "dfn-handle-closing-the-tcpsocket-readable-stream",
            "dfn-initialize-the-tcpsocket-writable-stream",
            "dfn-handle-closing-the-tcpsocket-writable-stream",
            "dfn-initialize-the-udpsocket-readable-stream",
            "dfn-handle-closing-the-udpsocket-readable-stream",
            "dfn-initialize-the-udpsocket-writable-stream",
            "dfn-handle-closing-the-udpsocket-writable-stream",
            "dfn-initialize-the-tcpserversocket-readable-stream",
            "dfn-handle-closing-the-tcpserversocket-readable-stream",
        )
    ),
    "dom": Choice(sections=("events", "aborting-ongoing-activities")),
    "encoding": Choice(),
    "fetch": Choice(not_algorithms=("environment-default-user-agent-value", "keepalive",
        "cors-unsafe-request-header-byte")),
    "fileapi": Choice(),
    # Of read() and write() the index has two entries each; one is the heading.
    "fs": Choice(
        not_algorithms=(
            "filesystemdirectoryhandle-iterator-past-results",
            "dom-filesystemsyncaccesshandle-read", "dom-filesystemsyncaccesshandle-write",
        )
    ),
    "hr-time": Choice(
        also=("dfn-current-high-resolution-time", "dfn-unsafe-shared-current-time",
            "dfn-relative-high-resolution-coarse-time")
    ),
    # Of HTML the sections that have a room; documents, elements and navigation have none.
    "html": Choice(
        sections=(
            "parallelism", "safe-passing-of-structured-data", "multipart-form-data", "origin",
            "environments", "environment-settings-objects",
            "realms-settings-objects-global-objects", "calling-scripts", "runtime-script-errors",
            "unhandled-promise-rejections", "event-loops", "event-handler-attributes",
            "windoworworkerglobalscope-mixin", "atob", "timers", "microtask-queuing",
            "client-identification", "language-preferences", "navigator.online",
            "the-messageevent-interface", "channel-messaging",
            "broadcasting-to-other-browsing-contexts", "server-sent-events", "infrastructure-2",
            "apis-available-to-workers",
        ),
        not_algorithms=("concept-task", "event-handler-content-attributes"),
        # What changes document.domain, and the Origin interface, which no worker runtime has yet.
        without=("relaxing-the-same-origin-restriction", "the-origin-interface"),
        pages=("form-control-infrastructure.html", "imagebitmap-and-animations.html",
            "urls-and-fetching.html"),
        stale_pages=("origin.html",),
    ),
    # Lists, stacks, queues, sets, maps and structs are Python's.
    "infra": Choice(
        sections=("byte-sequences", "strings", "json", "forgiving-base64"),
        not_algorithms=("string-position-variable",),
    ),
    "kv-storage": Choice(),
    "mimesniff": Choice(
        also=(
            "rules-for-identifying-an-unknown-mime-type", "rules-for-text-or-binary",
            "context-specific-sniffing-algorithm", "rules-for-sniffing-images-specifically",
            "rules-for-sniffing-audio-and-video-specifically",
            "rules-for-sniffing-in-a-plugin-context", "rules-for-sniffing-in-a-style-context",
            "rules-for-sniffing-in-a-script-context", "rules-for-sniffing-fonts-specifically",
            "matching-a-padded-sequence",
        )
    ),
    "mixed-content": Choice(
        also=(
            "upgrade-algorithm", "categorize-settings-object", "should-block-fetch",
            "should-block-response",
        )
    ),
    "performance-timeline": Choice(),
    "resource-timing": Choice(
        not_algorithms=("dom-performanceresourcetiming-firstinterimresponsestart",)
    ),
    "server-timing": Choice(),
    "referrer-policy": Choice(
        also=(
            "parse-referrer-policy-from-header", "set-requests-referrer-policy-on-redirect",
            "determine-requests-referrer", "strip-url",
        ),
        not_algorithms=("origin-only-flag",),
    ),
    "secure-contexts": Choice(
        also=("is-url-trustworthy",), not_algorithms=("potentially-trustworthy-url",)
    ),
    "service-workers": Choice(),
    "sri": Choice(
        also=(
            "apply-algorithm-to-response", "get-the-strongest-metadata",
            "does-response-match-metadatalist", "processing-an-integrity-policy",
            "parse-integrity-policy-headers", "should-request-be-blocked-by-integrity-policy",
        )
    ),
    "sockets-api": Choice(
        without=("normative", "copyright--software-license"),
        also=("dom-connect-connect",),
    ),
    "storage": Choice(),
    "streams": Choice(not_algorithms=("readablestream-async-iterator-reader",)),
    "url": Choice(not_algorithms=("concept-url-url",)),
    "urlpattern": Choice(not_algorithms=("encoding-callback",)),
    "webcrypto": Choice(
        sections_with_steps=True,
        also=(
            "concept-parse-a-spki", "concept-parse-a-privateKeyInfo", "concept-normalized-usages",
            "concept-usage-intersection", "dfn-normalize-an-algorithm",
        ),
        not_algorithms=("algorithm-normalization-internal",),
    ),
    "web-locks": Choice(),
    # Of the algorithms that the standard is yet to take, those that have a room.
    "webcrypto-modern-algos": Choice(sections=("sha3",), sections_with_steps=True),
    "webcrypto-secure-curves": Choice(sections_with_steps=True),
    "websockets": Choice(),
    # How Web IDL looks in Python is the binding (SPEC_NOTES.md); in scope is what is run, not
    # what is declared.
    "webidl": Choice(
        sections=(
            "js-type-mapping", "idl-iterable", "js-iterable", "js-asynchronous-iterable",
            "js-iterator-prototype-object", "js-asynchronous-iterator-prototype-object",
            "idl-async-iterable-declaration", "js-platform-objects", "js-user-objects",
            "js-invoking-callback-functions", "js-exceptions", "idl-exceptions",
            "idl-DOMException", "idl-DOMException-derived-predefineds",
        ),
        also=("js-DOMString", "js-ByteString", "js-USVString", "js-enumeration"),
        not_algorithms=("value-pair", "dfn-primary-interface", "iterator-result",
            "converted-to-a-numeric-type-or-bigint"),
    ),
    "user-timing": Choice(also=("dom-performancemark-constructor",)),
    "xhr": Choice(sections=("interface-formdata", "interface-progressevent")),
}  # fmt: skip

# Definitions that nothing in code could be: parts of a signature, of a grammar, of markup.
NO_ENTRY = {
    "argument",
    "dict-member",
    "enum-value",
    "element",
    "element-attr",
    "attr-value",
    "grammar",
    "extended-attribute",
}


def main(arguments: list[str]) -> int:
    """Make the lists that are named, or all."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "index",
        type=Path,
        metavar="INDEX_DIR",
        help="folder of the index: one JSON file for each standard",
    )
    parser.add_argument("standards", nargs="*", metavar="STANDARD", help=", ".join(CHOICES))
    options = parser.parse_args(arguments)
    if unknown := sorted(set(options.standards) - CHOICES.keys()):
        parser.error(f"nothing is chosen of {', '.join(unknown)}: see CHOICES")
    SCOPE.mkdir(exist_ok=True)
    for name in options.standards or CHOICES:
        scope = made_scope(options.index, name)
        write_scope(scope, SCOPE / f"{name}.tsv")
        print(
            f"{name}: {len(scope.algorithms())} algorithms, read at "
            f"{scope.commit[:10] or scope.date}"
        )
    return 0


def made_scope(index: Path, name: str) -> Scope:
    """The scope of a standard by its choice; FileNotFoundError if the index has no such file."""
    return chosen(name, json.loads((index / f"{name}.json").read_text("utf-8")), CHOICES[name])


def chosen(name: str, text: dict[str, Any], choice: Choice) -> Scope:
    """What a choice takes of the index of a standard; ValueError names an id of the choice that the
    index does not have.
    """
    for key in ("sections", "definitions"):
        text = text | {
            key: [item for item in text[key] if item.get("page") not in choice.stale_pages]
        }
    every_id = {item["id"] for key in ("sections", "definitions") for item in text[key]} | set(
        text["anchors"]
    )
    named = {*choice.sections, *choice.without, *choice.also, *choice.not_algorithms}
    if dead := sorted(named - every_id):
        raise ValueError(f"CHOICES[{name!r}] names what the index does not have: {', '.join(dead)}")

    source = f"{text['repository']} {text['source']}"
    scope = Scope(name, text["standard"], text["url"], source, text["commit"] or "", text["date"])
    definitions: dict[str, list[dict[str, Any]]] = {}
    for definition in text["definitions"]:
        if definition["kind"] not in NO_ENTRY:
            definitions.setdefault(definition.get("section", ""), []).append(definition)
    for section, is_chosen in sections_of(text["sections"], choice):
        title = " ".join(section["title"].split())
        found = Section(
            section["id"],
            section["level"],
            section.get("number") or "",
            title,
            section.get("page", ""),
        )
        if is_chosen:
            found.entries = entries_of(section, definitions.get(section["id"], []), choice)
        scope.sections.append(found)

    listed = {section.id for section in scope.sections}
    listed |= {id for section in scope.sections for entry in section.entries for id in entry.ids}
    pages = {section.page for section in scope.sections} | set(choice.pages)
    linked = {
        item["id"]
        for key in ("sections", "definitions")
        for item in text[key]
        if item.get("page", "") in pages
    }
    scope.elsewhere = frozenset(
        (linked | (set() if pages - {""} else set(text["anchors"]))) - listed
    )
    return scope


def sections_of(
    sections: list[dict[str, Any]], choice: Choice
) -> Iterator[tuple[dict[str, Any], bool]]:
    """The sections that are chosen and, with False, the headings that they stand below."""
    path: list[dict[str, Any]] = []
    given: set[str] = set()
    for section in sections:
        path = [above for above in path if above["level"] < section["level"]] + [section]
        ids = {above["id"] for above in path}
        if ids.isdisjoint(choice.without) and (
            not choice.sections or not ids.isdisjoint(choice.sections)
        ):
            yield from ((above, False) for above in path[:-1] if above["id"] not in given)
            yield section, True
            given |= ids


def entries_of(
    section: dict[str, Any], definitions: list[dict[str, Any]], choice: Choice
) -> list[Entry]:
    """The algorithms and terms of a section. An algorithm has the ids of all its overloads; a
    constructor that of its class, too, which is what Python calls; and the only algorithm of a
    section that is named after it, that of the section."""
    entries: dict[object, Entry] = {}
    for definition in definitions:
        id, kind = definition["id"], definition["kind"]
        is_algorithm = id in choice.also or (
            definition.get("algorithm", False) and id not in choice.not_algorithms
        )
        owner = definition.get("for") or ""
        owner = owner[0] if isinstance(owner, list) else owner
        key = (
            (owner, definition["name"].partition("(")[0], kind)
            if is_algorithm and kind in ("method", "constructor")
            else id
        )
        if key in entries:
            if id not in entries[key].ids:
                entries[key].other_ids += (id,)
        else:
            entries[key] = Entry(id, title_of(definition["name"] or id, kind, owner), is_algorithm)
            if is_algorithm and kind == "constructor":
                classes = (
                    other["id"]
                    for other in definitions
                    if other["kind"] == "interface" and other["name"] == owner
                )
                entries[key].other_ids += tuple(classes)
    algorithms = [entry for entry in entries.values() if entry.is_algorithm]
    names = (word_of(section["title"]), word_of(section["id"]))
    if len(algorithms) == 1 and any(word_of(algorithms[0].title) in name for name in names):
        algorithms[0].other_ids += (section["id"],)
    has_steps = (
        choice.sections_with_steps
        and section.get("steps", False)
        and section["id"] not in choice.not_algorithms
    )
    is_listed = any(section["id"] in entry.ids for entry in entries.values())
    if (section["id"] in choice.also or (has_steps and not algorithms)) and not is_listed:
        return [Entry(section["id"], section["title"], True), *entries.values()]
    return list(entries.values())


def title_of(name: str, kind: str, owner: str) -> str:
    """What an entry is called: "host parser", "append (header list)", "URL.href", "URL.canParse()",
    "new URL()".
    """
    name, owner = " ".join(name.split()), " ".join(owner.split())
    if kind == "constructor":
        return f"new {owner}()"
    if owner and kind in ("method", "attribute", "const"):
        return f"{owner}.{name.partition('(')[0]}{'()' if kind == 'method' else ''}"
    return f"{name} ({owner})" if owner else name


def word_of(title: str) -> str:
    """The letters of the last part of a title, to see whether a section is named after its
    algorithm.
    """
    return "".join(filter(str.isalnum, title.rpartition(".")[2])).lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
