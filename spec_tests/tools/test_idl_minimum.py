"""The minimum: what ECMA-429 asks for, and what has become of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.tools.idl_harness import Made, made_surface, model_of
from tools.web_idl.checking import differences
from tools.web_idl.minimum import owner_of, read_names, requirements

IDL = """
[Exposed=*] interface Tea {
  constructor(); readonly attribute any leaf; readonly attribute any name; };
[Exposed=*] interface Cup {}; [Exposed=*] interface Pot { constructor(); };
[Exposed=Worker] interface WorkerGlobalScope {
  readonly attribute any self; undefined brew(optional long n = 1); };
"""
PYTHON = """
class Tea:
    leaf = property(lambda self: 1)
class Pot: ...
class WorkerGlobalScope:
    __init__ = illegal_constructor
    self = property(lambda self: self)
    def brew(self, n: int = 2) -> None: ...
def brew(n: int = 2) -> None: ...
"""


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    yield from made_surface(tmp_path, monkeypatch)


def test_a_name_is_present_different_or_absent(made: Made) -> None:
    model, surface = model_of(tea=IDL, far="[Exposed=*] namespace Far {};"), made(PYTHON)
    names = [
        ("A", name) for name in ("Tea", "Cup", "Pot", "brew()", "self", "Far.Module", "nothing")
    ]
    found = requirements(names, model, surface, differences(model, surface))
    assert [
        (each.name, each.status, [difference.name for difference in each.differences])
        for each in found
    ] == [
        ("Tea", "different", ["Tea.name"]),
        ("Cup", "absent", ["Cup"]),
        ("Pot", "present", []),
        ("brew()", "different", ["WorkerGlobalScope.brew(n)"]),
        ("self", "present", []),
        ("Far.Module", "absent", ["far"]),
        ("nothing", "absent", ["nothing"]),
    ]


@pytest.mark.parametrize(
    ("name", "owner"),
    [
        ("Tea", ""),
        ("Tea.leaf", "Tea"),
        ("Tea.brew()", "Tea"),
        ("Tea.brew(n)", "Tea.brew"),
        ("Tea(n)", "Tea"),
        ("Tea()", ""),
    ],
)
def test_of_what_a_difference_is(name: str, owner: str) -> None:
    assert owner_of(name) == owner


def test_a_list_has_names_below_sections(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("# a comment\n\n[One]\na\nb()\n[Two]\nc\n")
    assert read_names(file) == [("One", "a"), ("One", "b()"), ("Two", "c")]
    file.write_text("a\n")
    with pytest.raises(
        ValueError, match=r"list\.txt:1: a name stands below a section in brackets: 'a'"
    ):
        read_names(file)
