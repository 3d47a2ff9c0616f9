"""XMLHttpRequest Standard, 5."""

from __future__ import annotations

import io
from typing import Any

import pytest

from worker_runtime.file_api.blob import Blob, byte_sequence, create
from worker_runtime.file_api.file import File
from worker_runtime.xhr.form_data import FormData, create_an_entry, entry_list

spec = pytest.mark.spec


def form_data(*entries: tuple[str, str]) -> FormData:
    form_data = FormData()
    for name, value in entries:
        form_data.append(name, value)
    return form_data


@spec("https://xhr.spec.whatwg.org/#dom-formdata")
class TestConstructor:
    def test_makes_an_empty_list(self) -> None:
        assert list(FormData()) == []

    def test_a_form_is_a_type_error(self) -> None:
        form: Any = object()
        with pytest.raises(TypeError, match="A worker has no forms"):
            FormData(form)


@spec("https://xhr.spec.whatwg.org/#dom-formdata-append")
class TestAppend:
    def test_adds_at_the_end(self) -> None:
        assert list(form_data(("a", "1"), ("b", "2"), ("a", "3"))) == [
            ("a", "1"),
            ("b", "2"),
            ("a", "3"),
        ]


@spec("https://xhr.spec.whatwg.org/#dom-formdata-delete")
class TestDelete:
    def test_removes_all_of_a_name(self) -> None:
        data = form_data(("a", "1"), ("b", "2"), ("a", "3"))
        data.delete("a")
        data.delete("c")
        assert list(data) == [("b", "2")]


@spec("https://xhr.spec.whatwg.org/#dom-formdata-get")
class TestGet:
    def test_gives_the_first_or_none(self) -> None:
        data = form_data(("a", "1"), ("a", "2"))
        assert (data.get("a"), data.get("A")) == ("1", None)


@spec("https://xhr.spec.whatwg.org/#dom-formdata-getall")
class TestGetAll:
    def test_gives_all_in_order(self) -> None:
        data = form_data(("a", "1"), ("b", "2"), ("a", "3"))
        assert (data.getAll("a"), data.getAll("c")) == (["1", "3"], [])


@spec("https://xhr.spec.whatwg.org/#dom-formdata-has")
class TestHas:
    def test_is_about_the_name(self) -> None:
        assert form_data(("a", "")).has("a")
        assert not form_data(("a", "")).has("b")

    def test_lone_surrogates_of_names_are_replaced(self) -> None:
        assert form_data(("\ud800", "")).has("\ufffd")


@spec("https://xhr.spec.whatwg.org/#dom-formdata-set")
class TestSet:
    def test_takes_the_place_of_the_first_and_removes_the_others(self) -> None:
        data = form_data(("x", "0"), ("a", "1"), ("b", "2"), ("a", "3"))
        data.set("a", "4")
        data.set("c", "5")
        assert list(data) == [("x", "0"), ("a", "4"), ("b", "2"), ("c", "5")]

    def test_takes_a_blob_with_a_name(self) -> None:
        data = FormData()
        data.set("a", Blob(), "n")
        value = data.get("a")
        assert isinstance(value, File) and value.name == "n"


@spec("https://xhr.spec.whatwg.org/#formdata")
class TestIteration:
    def test_sees_what_is_added(self) -> None:
        data = form_data(("a", "1"))
        seen = []
        for name, value in data:
            seen.append((name, value))
            if len(seen) < 3:
                data.append(name + "a", "2")
        assert seen == [("a", "1"), ("aa", "2"), ("aaa", "2")]


@spec("https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#create-an-entry")
class TestCreateAnEntry:
    def test_text_has_its_lone_surrogates_replaced(self) -> None:
        assert create_an_entry("\ud800", "\udfff") == ("\ufffd", "\ufffd")

    def test_a_value_that_is_no_text_becomes_text(self) -> None:
        value: Any = 5
        assert create_an_entry("a", value) == ("a", "5")

    def test_a_blob_becomes_a_file_called_blob(self) -> None:
        _, value = create_an_entry("a", Blob(["x"], type="t/u"))
        assert isinstance(value, File)
        assert (value.name, value.type, byte_sequence(value)) == ("blob", "t/u", b"x")

    def test_its_type_is_that_of_the_blob_as_it_is(self) -> None:
        _, value = create_an_entry("a", create(b"x", "text/plain;charset=UTF-8"))
        assert isinstance(value, File) and value.type == "text/plain;charset=UTF-8"

    def test_a_file_stays_itself_but_under_another_name(self) -> None:
        file = File(["x"], "n", type="t/u", lastModified=5)
        assert create_an_entry("a", file) == ("a", file)
        _, value = create_an_entry("a", file, "m")
        assert isinstance(value, File) and value is not file
        assert (value.name, value.type, value.lastModified) == ("m", "t/u", 5)

    @pytest.mark.parametrize("value", [b"x", bytearray(b"x"), io.BytesIO(b"x")])
    def test_bytes_and_files_need_a_blob(self, value: Any) -> None:
        with pytest.raises(TypeError, match=r"A field is a str, not .*: write append\('a', Blob\("):
            create_an_entry("a", value)

    def test_text_with_a_file_name_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Only a Blob has a file name, not 'x'"):
            create_an_entry("a", "x", "n")


@spec("https://xhr.spec.whatwg.org/#concept-formdata-entry-list")
class TestEntryList:
    def test_is_the_list_itself(self) -> None:
        data = FormData()
        entry_list(data).append(("a", "1"))
        assert data.get("a") == "1"


@spec("https://xhr.spec.whatwg.org/#interface-formdata")
class TestPythonsIdioms:
    def test_is_a_collection_of_names_and_values(self) -> None:
        form = FormData()
        assert not form
        form["a"] = "1"
        form.append("a", "2")
        form["b"] = Blob(["x"])
        assert ("a" in form, "c" in form, len(form), form["a"]) == (True, False, 3, "1")
        assert list(dict(form)) == ["a", "b"]
        assert isinstance(form["b"], File)
        assert form.get("c", "none") == "none"
        del form["a"]
        assert [name for name, _ in form.items()] == ["b"]

    def test_a_mapping_is_no_form(self) -> None:
        fields: Any = {"a": "1"}
        with pytest.raises(TypeError, match=r"form.append\(name, value\) for each field"):
            FormData(fields)
