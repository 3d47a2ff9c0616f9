"""Merging of Web IDL: what is written in several places is one thing in the model."""

from __future__ import annotations

from pathlib import Path

from tools.web_idl.merging import idl_files, merged, read_model
from tools.web_idl.model import Constructor, Iteration, Model, Type
from tools.web_idl.parsing import parse


def model_of(**texts: str) -> Model:
    return merged(
        [
            definition
            for name, text in texts.items()
            for definition in parse(text, Path(f"{name}.idl"))
        ]
    )


def names(model: Model, interface: str) -> list[str]:
    members = model.interfaces[interface].members
    return [member.name for member in members if not isinstance(member, Constructor | Iteration)]


def test_an_interface_has_the_members_of_its_parts_and_mixins_wherever_they_stand() -> None:
    model = model_of(
        a=(
            "Tea includes Hot; partial interface Tea { any two(); }; partial interface mixin Hot { "
            "any four(); };"
        ),
        b="interface mixin Hot { any three(); }; [Exposed=*] interface Tea : Drink { any one(); };",
    )
    assert names(model, "Tea") == ["one", "two", "three", "four"]
    assert [member.place.standard for member in model.interfaces["Tea"].members] == [
        "b",
        "a",
        "b",
        "a",
    ]
    assert [member.written_in for member in model.interfaces["Tea"].members] == [
        "Tea",
        "Tea",
        "Hot",
        "Hot",
    ]
    assert model.interfaces.keys() == {"Tea"}
    assert model.problems == []


def test_exposure_is_that_of_the_member_or_its_part_or_else_of_the_interface() -> None:
    model = model_of(
        a="[Exposed=*] interface Tea { any one(); [Exposed=Window] any two(); };"
        "[Exposed=(Window,Worker)] partial interface Tea { any three(); }; partial interface Tea { "
        "any four(); };"
        "interface mixin Hot { any five(); [Exposed=Worker] any six(); }; Tea includes Hot;",
    )
    exposures = [member.exposure for member in model.interfaces["Tea"].members]
    assert exposures == [("*",), ("Window",), ("Window", "Worker"), ("*",), ("*",), ("Worker",)]


def test_dictionaries_and_namespaces_have_parts_too() -> None:
    model = model_of(
        a="partial dictionary Tea { long b; }; dictionary Tea : Drink { long a; }; "
        "dictionary Drink { long c; };"
        "namespace pot { any f(); }; partial namespace pot { any g(); };"
    )
    assert [member.name for member in model.members_of_dictionary("Tea")] == ["c", "a", "b"]
    assert names(model, "pot") == ["f", "g"]


def test_types_are_resolved() -> None:
    model = model_of(
        a="typedef (Hot or Cold)? Tea; typedef (long or DOMString) Hot; typedef Tea Drink;"
    )
    assert model.resolved(Type("Drink")).is_nullable
    assert [type.name for type in model.without_unions(Type("Drink"))] == [
        "long",
        "DOMString",
        "Cold",
    ]


def test_what_cannot_be_put_together_is_a_problem() -> None:
    model = model_of(
        a="partial interface Tea {};\nTea includes Hot;\npartial dictionary Cup {};\n"
        'enum E { "" };\nenum E { "" };\n'
        "interface Pot {}; Pot includes Hot;"
    )
    assert model.problems == [
        "a.idl:5:1: E is defined already, at a.idl:4:1",
        "a.idl:1:1: no file defines Tea, of which this is a part",
        "a.idl:3:9: no file defines Cup, of which this is a part",
        "a.idl:2:1: no file defines Hot",
        "a.idl:6:19: no file defines Hot",
    ]


def test_a_newer_file_replaces_the_one_of_its_name_and_a_bad_one_is_left_out(
    tmp_path: Path,
) -> None:
    (tmp_path / "newer").mkdir()
    (tmp_path / "tea.idl").write_text("interface Old {};")
    (tmp_path / "cup.idl").write_text("interface Cup {};")
    (tmp_path / "bad.idl").write_text("interface;")
    (tmp_path / "newer" / "tea.idl").write_text("interface New {};")
    model = read_model(idl_files(tmp_path))
    assert sorted(model.interfaces) == ["Cup", "New"]
    assert model.problems == [
        f"{tmp_path / 'bad.idl'}:1:10: expected 'mixin' or the name of an interface, not ';'"
    ]
