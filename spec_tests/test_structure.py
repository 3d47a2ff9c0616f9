"""The house itself: addresses, tests, and imports that go down."""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools.traceability.addresses import (
    ADDRESS,
    ROOMS_WITHOUT_ADDRESSES,
    Definition,
    address_of,
    definitions,
    definitions_with_owners,
    parts_of,
    tree_of,
)
from tools.traceability.naming import is_called
from tools.traceability.scope import read_scopes

PACKAGE = Path(__file__).parent.parent / "reference" / "worker_runtime"
TESTS = Path(__file__).parent

LEVELS = [
    "host infra webidl",
    "brotli cookies encoding http http_caching mimesniff url urlpattern websocket_protocol "
    "zstandard",
    "console dom hr_time html html/structured_data html/web_messaging performance_timeline "
    "user_timing web_locks",
    "compression encoding/streams streams",
    "file_api storage xhr",
    "direct_sockets fetch fs kv_storage sockets_api webcrypto websockets",
    "cookiestore html/server_sent_events html/workers resource_timing server_timing "
    "service_workers",
    "cloudflare deno",
    "global_scope",
    "runtime",
    "oracle server",
    "testing world",
    "cli",
]
LEVEL_OF_ROOM = {room: level for level, rooms in enumerate(LEVELS) for room in rooms.split()}
ROOMS_WITH_ASYNCIO = {"cli", "host", "runtime", "server", "testing", "world"}
FILES_WITH_ASYNCIO = {
    "cloudflare/durable_objects/input_gate",  # it drives the tasks of an object
    "webidl/awaitables",
    "webidl/promises",
    "html/agents",
    "html/event_loops",
}
NOTES = TESTS.parent / "SPEC_NOTES.md"

FILES = sorted(
    file for file in PACKAGE.rglob("*.py") if file.name not in ("__init__.py", "__main__.py")
)
SPEC_FILES = [
    file for file in FILES if file.relative_to(PACKAGE).parts[0] not in ROOMS_WITHOUT_ADDRESSES
]


def name_of(file: Path) -> str:
    return file.relative_to(PACKAGE).with_suffix("").as_posix()


def level_of(name: str) -> int:
    return LEVEL_OF_ROOM[
        name.rpartition("/")[0]
        if name.rpartition("/")[0] in LEVEL_OF_ROOM
        else name.partition("/")[0]
    ]


def is_only_for_types(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.If)
        and isinstance(node.test, ast.Name)
        and node.test.id == "TYPE_CHECKING"
    )


def room_of_name(name: str) -> str:
    folder = name.rpartition("/")[0]
    return folder if folder in LEVEL_OF_ROOM else name.partition("/")[0]


def circles(with_types: bool) -> list[list[str]]:
    """The sets of files each of which leads to every other one."""
    leads_to: dict[str, set[str]] = {}
    for file in FILES:
        names = imports(file, with_types, within_functions=False)
        leads_to[name_of(file)] = {name[1:] for name in names if name.startswith("/")}
    reached = {name: set(others) for name, others in leads_to.items()}
    unfinished = True
    while unfinished:
        unfinished = False
        for name, others in reached.items():
            more = set().union(*(reached.get(other, ()) for other in others)) - others
            if more:
                others |= more
                unfinished = True
    in_a_circle = {name for name, others in reached.items() if name in others}
    return [
        sorted(other for other in in_a_circle if name in reached[other] and other in reached[name])
        for name in sorted(in_a_circle)
    ]


@cache
def imports(file: Path, with_types: bool = True, within_functions: bool = True) -> tuple[str, ...]:
    """As `imported_names`, which several tests ask of each file."""
    return tuple(imported_names(file, with_types, within_functions))


def imported_names(file: Path, with_types: bool, within_functions: bool) -> Iterator[str]:
    """What a file imports, wherever in it: "asyncio", or "/webidl/promises" for a file of the
    package.
    """
    tree = tree_of(file)
    skipped = {
        id(child)
        for node in tree.body
        if (not with_types and is_only_for_types(node))
        or (not within_functions and isinstance(node, Definition))
        for child in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""
        elif isinstance(node, ast.ImportFrom):
            folder = file.parents[node.level - 1]
            base = folder.joinpath(*(node.module or "").split(".")) if node.module else folder
            if base.with_suffix(".py").exists():
                yield "/" + name_of(base.with_suffix(".py"))
            else:
                yield from ("/" + name_of(base / f"{alias.name}.py") for alias in node.names)


class TestAddresses:
    @pytest.mark.parametrize("file", SPEC_FILES, ids=name_of)
    def test_every_public_algorithm_and_interface_has_one(self, file: Path) -> None:
        public = [
            node for node in tree_of(file).body if isinstance(node, Definition) and not
            node.name.startswith("_") and not any(isinstance(d, ast.Name) and d.id == "overload" for
            d in node.decorator_list)
        ]  # fmt: skip
        assert [node.name for node in public if not (address_of(node) or parts_of(node))] == []

    def test_no_two_definitions_are_the_same_algorithm(self) -> None:
        owners: dict[str, list[str]] = {}
        for file in SPEC_FILES:
            for node in definitions(file):
                if address := address_of(node):
                    owners.setdefault(address, []).append(
                        f"{name_of(file)}:{node.lineno} {node.name}"
                    )
        assert {address: names for address, names in owners.items() if len(names) > 1} == {}

    def test_what_is_an_algorithm_is_called_so(self) -> None:
        titles = {
            scope.address(id, section.page): (entry.title, *entry.ids)
            for scope in read_scopes(TESTS.parent / "tools" / "scope")
            for section in scope.sections
            for entry in section.entries
            for id in entry.ids
        }
        wrong = [
            f"{name_of(file)}:{node.lineno} {owner}{node.name}: {titles[address][0]}"
            for file in SPEC_FILES
            for node, owner in definitions_with_owners(file)
            if (address := address_of(node)) in titles
            and not is_called(owner + node.name, titles[address])
        ]
        assert wrong == []

    def test_every_one_is_in_the_index_of_its_standard(self, shared: Path) -> None:
        folder = shared / "spec-index"
        index = json.loads((folder / "index.json").read_text("utf-8"))
        known: dict[str, set[str]] = {}
        for entry in index if isinstance(index, list) else index["standards"]:
            standard = json.loads((folder / entry["file"]).read_text("utf-8"))
            ids = {
                item["id"] for key in ("sections", "definitions") for item in standard[key]
            } | set(standard["anchors"])
            known[standard["url"]] = ids
        dead = []
        for file in SPEC_FILES:
            for address in ADDRESS.findall(file.read_text("utf-8")):
                page, _, fragment = address.partition("#")
                standard_url = next((url for url in known if page.startswith(url)), None)
                if standard_url and fragment not in known[standard_url]:
                    dead.append(f"{name_of(file)}: {address}")
        assert dead == []

    def test_every_one_of_our_own_is_in_the_notes(self) -> None:
        anchors = set(re.findall(r'<a id="([^"]+)">', NOTES.read_text("utf-8")))
        used = {address.removeprefix("SPEC_NOTES.md#") for file in SPEC_FILES for address
            in ADDRESS.findall(file.read_text("utf-8"))
                if address.startswith("SPEC_NOTES.md#")}  # fmt: skip
        assert used - anchors == set()


class TestFiles:
    @pytest.mark.parametrize("file", FILES, ids=name_of)
    def test_every_one_has_its_test(self, file: Path) -> None:
        relative = file.relative_to(PACKAGE)
        assert (TESTS / relative.parent / f"test_{relative.name}").exists()

    @pytest.mark.parametrize(
        "file", sorted(PACKAGE.rglob("*.py")), ids=lambda file: file.relative_to(PACKAGE).as_posix()
    )
    def test_every_one_says_what_it_is(self, file: Path) -> None:
        assert ast.get_docstring(tree_of(file))

    @pytest.mark.parametrize(
        "room", sorted(PACKAGE.rglob("__init__.py")), ids=lambda file: file.parent.name
    )
    def test_the_init_of_a_room_is_only_a_docstring(self, room: Path) -> None:
        if room.parent != PACKAGE:
            assert len(tree_of(room).body) == 1


class TestReadme:
    def test_its_map_has_rooms_that_are_there(self) -> None:
        readme = (TESTS.parent / "README.md").read_text("utf-8")
        rows = re.findall(r"^\| \d+ \| (.*) \|$", readme, re.MULTILINE)
        rooms = [name for row in rows for name in re.findall(r"`([^`]+)`", row)]
        there = [room for room in LEVEL_OF_ROOM if (PACKAGE / room / "__init__.py").exists()]
        assert [room for room in rooms if room not in there] == []

    def test_a_request_passes_files_that_are_there(self) -> None:
        readme = (TESTS.parent / "README.md").read_text("utf-8")
        path = readme[readme.index("A request goes down") : readme.index("## Check it")]
        files = [name for name in re.findall(r"`([^`]+)`", path) if "/" in name]
        assert 0 < len(files) <= 9
        assert [name for name in files if not (PACKAGE / f"{name}.py").exists()] == []


LONGEST_LINE = 100
# What cannot be broken, or is easier to read in one line: an address or another word that stands
# alone, a row of a table in a string, and what a tool has to find at the end of a line.
MAY_BE_LONGER = re.compile(
    r"""\s* (?: \S+ | (?:\#\ )? (?:r?\"{3})? (?:Part\ of\ )? \S* https://\S+ | .* \| .* \| .* )
    | .* \ \ \# \ (?:type:\ ignore|fmt:|noqa) .*""",
    re.VERBOSE,
)


class TestLines:
    @pytest.mark.parametrize("folder", ["reference", "spec_tests", "tools"])
    def test_they_fit_beside_a_standard(self, folder: str) -> None:
        root = TESTS.parent
        long = [
            f"{file.relative_to(root).as_posix()}:{number}"
            for file in sorted((root / folder).rglob("*.py"))
            for number, line in enumerate(file.read_text("utf-8").splitlines(), 1)
            if len(line) > LONGEST_LINE and not MAY_BE_LONGER.fullmatch(line)
        ]
        assert long == []


class TestImports:
    @pytest.mark.parametrize("file", FILES, ids=name_of)
    def test_they_go_down(self, file: Path) -> None:
        inside = [name[1:] for name in imports(file) if name.startswith("/")]
        assert [name for name in inside if level_of(name) > level_of(name_of(file))] == []

    def test_they_make_no_circle(self) -> None:
        # A function may import what its own room has above it: standards are not free of circles.
        assert circles(with_types=False) == []

    def test_what_is_imported_for_types_makes_circles_within_a_room_only(self) -> None:
        found = circles(with_types=True)
        assert [circle for circle in found if len(set(map(room_of_name, circle))) > 1] == []

    @pytest.mark.parametrize("file", FILES, ids=name_of)
    def test_nothing_comes_from_outside_the_standard_library(self, file: Path) -> None:
        outside = {name.partition(".")[0] for name in imports(file) if not name.startswith("/")}
        assert outside <= sys.stdlib_module_names

    @pytest.mark.parametrize("file", FILES, ids=name_of)
    def test_sockets_and_databases_are_the_hosts(self, file: Path) -> None:
        room = name_of(file).partition("/")[0]
        used = {name.partition(".")[0] for name in imports(file)}
        if room != "host":
            assert used.isdisjoint({"socket", "ssl", "sqlite3", "selectors"})
        if room not in ROOMS_WITH_ASYNCIO and name_of(file) not in FILES_WITH_ASYNCIO:
            assert "asyncio" not in used
