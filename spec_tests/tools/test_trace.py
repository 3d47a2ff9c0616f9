"""Tracing, on a project of two files: what is found, counted, wrong, changed and shown."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from tools import trace
from tools.make_scope import CHOICES, Choice
from tools.traceability.checking import problems
from tools.traceability.tracing import Project

SCOPE = """\
standard\tTea Standard
url\thttps://tea.example/
read\ttea/tea tea.bs\t0123456789abcdef\t2026-01-02
section\tmaking\t2\t1\tMaking
section\tbrewing\t3\t1.1\tBrewing
algorithm\tbrew\tbrew
algorithm\tsteep\tsteep
algorithm\tboil\tboil
term\tleaf\tleaf
section\tpot-class\t3\t1.2\tPot class
term\tpot\tPot
algorithm\tdom-pot-pour\tPot.pour()
section\thistory\t2\t2\tHistory
algorithm\tremember\tremember
elsewhere\told-brew
"""
CODE = '''\
"""Making tea: https://tea.example/#making"""

from .water import boil


def brew() -> None:
    """Make tea, unlike https://tea.example/#old-brew.

    https://tea.example/#brew
    """
    STEPS["steep"]()


def steep() -> None:
    """https://tea.example/#steep"""
    boil()


STEPS = {"steep": steep}


class Pot:
    """https://tea.example/#pot"""

    def pour(self) -> None:
        """https://tea.example/#dom-pot-pour"""
'''
WATER = '''\
def boil() -> None:
    """https://tea.example/#boil"""
'''
TESTS = """\
@spec("https://tea.example/#brew")
class TestBrew:
    def test_one(self): brew()
    def test_two(self): brew()

@spec("https://tea.example/#pot")
class TestPot:
    def test_it_pours(self): Pot().pour()
"""
PART = '''

def whistle() -> None:
    """Say that it boils.

    Part of https://tea.example/#{}
    """
'''
NOTES = """\
| room | standard | commit | of |
|---|---|---|---|
| `tea` | [Tea Standard](https://tea.example/) | 0123456789 | 2026-01-02 |

| algorithm | deviation |
|---|---|
"""
LEFT_OUT = "history\tnobody `remembers` it\n"


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """Makes the project, with some of its files otherwise, in a new folder each time."""
    numbers = count(1)

    def made(
        code: str = CODE,
        tests: str = TESTS,
        left_out: str = LEFT_OUT,
        notes: str = "",
        scope: str = SCOPE,
    ) -> Path:
        files = {
            "tools/scope/tea.tsv": scope,
            "reference/worker_runtime/tea/making.py": code,
            "reference/worker_runtime/tea/water.py": WATER,
            "spec_tests/tea/test_making.py": tests,
            "SPEC_NOTES.md": notes,
            "tools/scope/left_out/tea.tsv": left_out,
        }
        root = tmp_path / f"checkout-{next(numbers)}"
        for name, content in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, "utf-8")
        return root

    return made


def statuses(root: Path) -> dict[str, str]:
    return {trace.entry.id: trace.status for trace in Project(root).traces}


def wrong(root: Path) -> list[str]:
    return [str(problem) for problem in problems(Project(root))]


class TestStatus:
    def test_a_mark_is_a_test(self, make: Callable[..., Path]) -> None:
        assert statuses(make())["brew"] == "tested"

    def test_tests_of_a_class_that_name_a_method_are_its_tests(
        self, make: Callable[..., Path]
    ) -> None:
        assert statuses(make())["dom-pot-pour"] == "tested"
        assert (
            statuses(make(tests=TESTS.replace("Pot().pour()", "Pot()")))["dom-pot-pour"]
            == "untested"
        )

    def test_what_a_tested_algorithm_uses_by_table_or_import_is_tested_through_it(
        self, make: Callable[..., Path]
    ) -> None:
        found = statuses(make())
        assert (found["steep"], found["boil"]) == ("through", "through")
        found = statuses(make(code=CODE.replace('STEPS["steep"]()', "pass")))
        assert (found["steep"], found["boil"]) == ("untested", "untested")

    @pytest.mark.parametrize(
        "mark, call, status",
        [
            ("steep", "steep()", "tested"),
            ("steep", "pass", "tested"),
            ("brewing", "steep()", "untested"),
            ("boil", "steep()", "untested"),
        ],
    )
    def test_tests_nearby_are_not_its_own(
        self, mark: str, call: str, status: str, make: Callable[..., Path]
    ) -> None:
        tests = f'@spec("https://tea.example/#{mark}")\ndef test_all(): {call}\n'
        code = CODE.replace("STEPS", "LISTED", 1)
        assert statuses(make(code=code, tests=tests))["steep"] == status

    def test_a_part_is_no_algorithm_and_is_found_with_it(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = make(code=CODE + PART.format("boil"))
        assert statuses(root)["boil"] == "through"
        trace.main(["boil"], root)
        assert capsys.readouterr().out.splitlines()[1:3] == [
            "    is     reference/worker_runtime/tea/water.py:1  boil",
            "    part   reference/worker_runtime/tea/making.py:29  whistle",
        ]
        found = statuses(make(code=CODE + PART.format("remember")))
        assert found["remember"] == "parts"

    def test_the_reason_of_a_section_is_that_of_what_is_in_it(
        self, make: Callable[..., Path]
    ) -> None:
        assert statuses(make())["remember"] == "out"
        assert statuses(make(left_out=""))["remember"] == "missing"

    def test_a_term_without_code_is_none(self, make: Callable[..., Path]) -> None:
        assert statuses(make())["leaf"] == "term"


class TestCheck:
    def test_nothing_is_wrong(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main(["--check"], make()) == 0
        assert "every address lives" in capsys.readouterr().out

    def test_a_dead_anchor(self, make: Callable[..., Path]) -> None:
        found = wrong(make(code=CODE.replace("#old-brew", "#olde-brew")))
        assert found == [
            "reference/worker_runtime/tea/making.py:7: dead anchor https://tea.example/#olde-brew: "
            "Tea Standard had no such id when it was read; did you mean old-brew?"
        ]

    def test_a_dead_anchor_of_our_own_notes(self, make: Callable[..., Path]) -> None:
        root = make(code=CODE.replace("https://tea.example/#old-brew", "SPEC_NOTES.md#cold"))
        assert wrong(root) == [
            "reference/worker_runtime/tea/making.py:7: dead anchor SPEC_NOTES.md#cold: "
            'SPEC_NOTES.md has no <a id="cold">'
        ]
        root = make(
            code=CODE.replace("https://tea.example/#old-brew", "SPEC_NOTES.md#cold"),
            notes=NOTES + '<a id="cold"></a>',
        )
        assert wrong(root) == []

    def test_two_functions_with_one_anchor(self, make: Callable[..., Path]) -> None:
        found = wrong(make(code=CODE.replace("#steep", "#boil")))
        assert found[0] == (
            "reference/worker_runtime/tea/water.py:1: boil is the same as steep "
            "(reference/worker_runtime/tea/making.py:14): https://tea.example/#boil"
        )

    def test_a_definition_that_is_called_something_else(self, make: Callable[..., Path]) -> None:
        found = wrong(make(code=CODE.replace("steep", "wait_for").replace("#wait_for", "#steep")))
        assert found == [
            'reference/worker_runtime/tea/making.py:14: wait_for is not called "steep": call it '
            'so, or say "Part of https://tea.example/#steep"'
        ]

    def test_a_deviation_is_listed(self, make: Callable[..., Path]) -> None:
        code = CODE.replace("    boil()", "    # DEVIATION: cold\n    boil()")
        row = "| [steep](https://tea.example/#steep) | cold |\n"
        assert wrong(make(code=code, notes=NOTES + row)) == []
        assert wrong(make(code=code)) == [
            "reference/worker_runtime/tea/making.py:16: SPEC_NOTES.md lists no deviation from "
            "https://tea.example/#steep"
        ]
        assert wrong(make(notes=NOTES + row)) == [
            "SPEC_NOTES.md:7: no comment in the code tells of a deviation from "
            "https://tea.example/#steep"
        ]

    @pytest.mark.parametrize(
        "comment, found",
        [
            ("# DEVIATION: hot", ["a deviation from what? Name the address"]),
            ("# https://tea.example/#boil\n# DEVIATION: hot", []),
        ],
    )
    def test_a_deviation_outside_of_a_definition_names_its_address(
        self, comment: str, found: list[str], make: Callable[..., Path]
    ) -> None:
        code = CODE.replace("STEPS = {", f"{comment}\nSTEPS = {{")
        row = "| [boil](https://tea.example/#boil) | hot |\n" if not found else ""
        messages = [problem.message for problem in problems(Project(make(code, notes=NOTES + row)))]
        assert messages == found

    def test_a_comment_above_a_definition_is_about_it(self, make: Callable[..., Path]) -> None:
        code = CODE.replace("def steep", "# DEVIATION: cold\ndef steep")
        row = "| [steep](https://tea.example/#steep) | cold |\n"
        assert wrong(make(code=code, notes=NOTES + row)) == []

    def test_a_text_without_a_scope_list_or_of_another_commit(
        self, make: Callable[..., Path]
    ) -> None:
        row = "| `tea` | [RFC 2324](https://rfc.example/rfc2324) | | 1998-04 |\n\n| algorithm"
        notes = NOTES.replace("\n| algorithm", row)
        assert wrong(make(notes=notes)) == [
            "SPEC_NOTES.md:4: no scope list of https://rfc.example/rfc2324"
        ]
        assert wrong(make(notes=NOTES.replace("0123", "3210"))) == [
            "SPEC_NOTES.md:3: Tea Standard was read at 0123456789: tools/scope/tea"
        ]

    def test_an_algorithm_without_a_test(self, make: Callable[..., Path]) -> None:
        found = wrong(make(tests=TESTS.replace("Pot().pour()", "Pot()")))
        place = "reference/worker_runtime/tea/making.py:25"
        assert found == [
            f'{place}: Pot.pour has no test: mark one @spec("https://tea.example/#dom-pot-pour")'
        ]

    def test_a_test_without_an_algorithm(self, make: Callable[..., Path]) -> None:
        found = wrong(
            make(tests=TESTS + '\n@spec("https://tea.example/#leaf")\ndef test_leaf(): pass\n')
        )
        place = "spec_tests/tea/test_making.py:11"
        assert found == [
            f"{place}: test_leaf checks what no code has for its address: https://tea.example/#leaf"
        ]

    def test_an_undocumented_absence(self, make: Callable[..., Path]) -> None:
        found = wrong(make(left_out=""))
        assert found == [
            "tools/scope/tea.tsv:14: remember is neither in the code nor in tools/scope/left_out: "
            "https://tea.example/#remember"
        ]

    def test_a_line_that_leaves_nothing_out(self, make: Callable[..., Path]) -> None:
        assert wrong(make(left_out=LEFT_OUT + "boi*\twhy\n")) == [
            "tools/scope/left_out/tea.tsv:2: nothing is left out by boi*: drop it"
        ]

    @pytest.mark.parametrize("line", ["remember", "remember\t", "\twhy"])
    def test_a_line_without_an_id_or_a_reason_is_named(
        self, line: str, make: Callable[..., Path]
    ) -> None:
        with pytest.raises(ValueError, match=r"tea\.tsv:2: a line is a name, a tab and a reason"):
            Project(make(left_out=f"{LEFT_OUT}{line}\n"))

    def test_a_file_of_no_scope_list_is_named(self, make: Callable[..., Path]) -> None:
        root = make()
        (root / "tools/scope/left_out/coffee.tsv").write_text(LEFT_OUT)
        with pytest.raises(ValueError, match=r"coffee\.tsv: no scope list has that name"):
            Project(root)


class TestShow:
    @pytest.mark.parametrize(
        "words",
        ["dom-pot-pour", "https://tea.example/#dom-pot-pour", "pour", "Pot.pour", "Pot.pour()"],
    )
    def test_it_is_found_by_id_address_name_and_title(
        self, words: str, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main([words], make()) == 0
        assert capsys.readouterr().out == (
            "Pot.pour()  https://tea.example/#dom-pot-pour\n"
            "    is     reference/worker_runtime/tea/making.py:25  Pot.pour\n"
            "    tests  spec_tests/tea/test_making.py:7  TestPot (1)\n"
        )

    def test_places_for_an_editor(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main(["--open", "brew"], make()) == 0
        assert (
            capsys.readouterr().out
            == "reference/worker_runtime/tea/making.py:6\nspec_tests/tea/test_making.py:2\n"
        )

    @pytest.mark.parametrize(
        "words, line",
        [
            ("boil", "tests  through those of brew, reference/worker_runtime/tea/making.py:6"),
            ("remember", "out    tools/scope/left_out/tea.tsv:1  nobody `remembers` it"),
        ],
    )
    def test_what_has_no_test_of_its_own(
        self, words: str, line: str, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        trace.main([words], make())
        assert line in capsys.readouterr().out

    def test_what_is_not_known_is_guessed(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main(["breww"], make()) == 1
        assert capsys.readouterr().err == "nothing is known of 'breww'; near: brew, brewing\n"


class TestCoverage:
    def test_a_line_for_each_standard(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main(["--coverage"], make()) == 0
        line = capsys.readouterr().out.splitlines()[2]
        assert line.split() == ["tea", "5", "4", ".", "1", ".", "2", "2", "."]

    def test_what_is_missing_and_left_out_by_name(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        root = make(
            scope=SCOPE.replace("section\thistory", "algorithm\tsip\tsip\nsection\thistory")
        )
        assert trace.main(["--coverage", "tea"], root) == 1
        out = capsys.readouterr().out
        assert "  missing   sip  sip\n" in out
        assert re.search(r"out +nobody `remembers` it\n +remember\n", out)

    def test_an_unknown_standard(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main(["--coverage", "coffee"], make()) == 1
        assert capsys.readouterr().err == "no scope list of coffee; there are tea\n"


class TestDrift:
    def test_what_appeared_vanished_and_was_renamed(
        self,
        make: Callable[..., Path],
        tmp_path: Path,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setitem(CHOICES, "tea", Choice())
        sections = [
            ("making", "Making", 2),
            ("brewing", "Brewing", 3),
            ("pot-class", "The Pot class", 3),
        ]
        definitions = [
            ("concept-brew", "brew", "brewing"),
            ("steep", "steep", "brewing"),
            ("boil", "boil", "brewing"),
        ]
        definitions += [("milk", "add milk", "brewing"), ("pot", "Pot", "pot-class")]
        newer = {
            "standard": "Tea Standard", "url": "https://tea.example/", "repository": "tea/tea",
            "source": "tea.bs", "commit": "fedcba9876543210", "date": "2027-01-02", "anchors":
            ["leaf"], "sections": [{"id": id, "title": title, "level": level} for id, title, level
            in sections], "definitions": [ {"id": id, "kind": "dfn", "name": name, "section":
            section, "algorithm": id not in ("steep", "pot")} for id, name, section in definitions
            ],
        }  # fmt: skip
        (tmp_path / "tea.json").write_text(json.dumps(newer))
        assert trace.main(["--drift", str(tmp_path)], make()) == 0
        out = capsys.readouterr().out
        assert out.startswith("tea: 0123456789 2026-01-02 -> fedcba9876 2027-01-02: ")
        assert (
            "  id is now concept-brew: brew  brew  (reference/worker_runtime/tea/making.py:6 "
            "brew)\n" in out
        )
        assert "  vanished: remember  remember\n" in out
        assert (
            "  vanished: dom-pot-pour  Pot.pour()  (reference/worker_runtime/tea/making.py:25 "
            "Pot.pour)\n" in out
        )
        assert "  appeared: milk  add milk  (an algorithm)\n" in out
        assert "  renamed to The Pot class: pot-class  Pot class\n" in out
        assert (
            "  no longer an algorithm: steep  steep  (reference/worker_runtime/tea/making.py:14 "
            "steep)\n" in out
        )


class TestSite:
    def test_pages_lead_to_each_other_the_text_the_code_and_the_tests(
        self, make: Callable[..., Path], tmp_path: Path
    ) -> None:
        root = make()
        assert trace.main(["--html", str(tmp_path / "site")], root) == 0
        page = (tmp_path / "site" / "tea.html").read_text("utf-8")
        ids = ("section-making", "brew", "section-pot-class", "dom-pot-pour", "remember")
        places = [page.index(f'id="{id}"') for id in ids]
        assert places == sorted(places)
        assert '<a href="https://tea.example/#brew">brew</a>' in page
        assert (
            '<a class="place" '
            'href="../checkout-1/reference/worker_runtime/tea/making.py">tea/making.py:6</a>'
            in page
        )
        assert (
            '<a class="place" '
            'href="../checkout-1/spec_tests/tea/test_making.py">tea/test_making.py:2</a>' in page
        )
        assert "STEPS[&quot;steep&quot;]()" in page
        assert "Left out: nobody <code>remembers</code> it" in page
        assert 'class="tested" href="tea.html#brew"' in (
            tmp_path / "site" / "index.html"
        ).read_text("utf-8")

    def test_a_deviation_stands_beside_the_code(
        self, make: Callable[..., Path], tmp_path: Path
    ) -> None:
        row = "| [steep](https://tea.example/#steep) | In `cold` water. |\n"
        trace.main(["--html", str(tmp_path / "site")], make(notes=NOTES + row))
        page = (tmp_path / "site" / "tea.html").read_text("utf-8")
        row_of_steep = page[page.index('id="steep"') : page.index('id="boil"')]
        assert "<b>Deviation.</b> In <code>cold</code> water." in row_of_steep
        assert "def steep()" in row_of_steep

    def test_the_search_field_has_a_script_of_its_own(
        self, make: Callable[..., Path], tmp_path: Path
    ) -> None:
        trace.main(["--html", str(tmp_path / "site")], make())
        script = (tmp_path / "site" / "search.js").read_text("utf-8")
        rows = json.loads(script.removeprefix("const INDEX = ").removesuffix(";\n"))
        assert ["brew brew brew", "brew", "Tea Standard", "tea.html#brew"] in rows
        for page in (tmp_path / "site").glob("*.html"):
            content = page.read_text("utf-8")
            assert 'src="search.js"' in content and 'src="site.js"' in content

    def test_nothing_comes_from_elsewhere(self, make: Callable[..., Path], tmp_path: Path) -> None:
        trace.main(["--html", str(tmp_path / "site")], make())
        for file in (tmp_path / "site").iterdir():
            content = file.read_text("utf-8")
            assert re.findall(r'(?:src|@import|<link[^>]*href)=?"?(https?:)', content) == []


class TestMain:
    def test_without_arguments_it_teaches(
        self, make: Callable[..., Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert trace.main([], make()) == 2
        assert "trace.py concept-host-parser" in capsys.readouterr().out
