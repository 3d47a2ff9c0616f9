"""Interface FormData: the fields and files of a form.

XMLHttpRequest Standard, 5: https://xhr.spec.whatwg.org/#interface-formdata
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, TypeVar, overload

from ..file_api.blob import Blob
from ..file_api.file import File, create
from ..webidl import interfaces
from ..webidl.type_mapping import is_buffer_source, to_usv_string

T = TypeVar("T")

FormDataEntryValue: TypeAlias = File | str
Entry: TypeAlias = tuple[str, FormDataEntryValue]


class FormData(interfaces.NamedPairs[FormDataEntryValue]):
    """A list of names and values, each of which is a string or a File.

    https://xhr.spec.whatwg.org/#formdata
    """

    __slots__ = ("_entry_list",)

    def __init__(self, form: None = None, submitter: None = None) -> None:
        """An empty list. TypeError for a form: a worker has none.

        https://xhr.spec.whatwg.org/#dom-formdata
        """
        if form is not None or submitter is not None:
            raise TypeError(
                f"A worker has no forms: {form!r}; write form = FormData(), then "
                "form.append(name, value) for each field"
            )
        self._entry_list: list[Entry] = []

    @overload
    def append(self, name: str, value: str) -> None: ...
    @overload
    def append(self, name: str, value: Blob, filename: str | None = None) -> None: ...
    def append(self, name: str, value: Blob | str, filename: str | None = None) -> None:
        """Add a field, or a file.

        https://xhr.spec.whatwg.org/#dom-formdata-append
        """
        self._entry_list.append(create_an_entry(name, value, filename))

    def delete(self, name: str) -> None:
        """https://xhr.spec.whatwg.org/#dom-formdata-delete"""
        name = to_usv_string(name)
        self._entry_list = [entry for entry in self._entry_list if entry[0] != name]

    @overload
    def get(self, name: str) -> FormDataEntryValue | None: ...
    @overload
    def get(self, name: str, default: T) -> FormDataEntryValue | T: ...
    def get(self, name: str, default: object = None) -> object:
        """The first value of a name; the default if there is none.

        https://xhr.spec.whatwg.org/#dom-formdata-get
        """
        name = to_usv_string(name)
        return next(
            (value for entry_name, value in self._entry_list if entry_name == name), default
        )

    def getAll(self, name: str) -> list[FormDataEntryValue]:
        """https://xhr.spec.whatwg.org/#dom-formdata-getall"""
        name = to_usv_string(name)
        return [value for entry_name, value in self._entry_list if entry_name == name]

    def has(self, name: str) -> bool:
        """https://xhr.spec.whatwg.org/#dom-formdata-has"""
        name = to_usv_string(name)
        return any(entry_name == name for entry_name, _ in self._entry_list)

    @overload
    def set(self, name: str, value: str) -> None: ...
    @overload
    def set(self, name: str, value: Blob, filename: str | None = None) -> None: ...
    def set(self, name: str, value: Blob | str, filename: str | None = None) -> None:
        """Put a field, or a file, in the place of all those of its name.

        https://xhr.spec.whatwg.org/#dom-formdata-set
        """
        self._set(create_an_entry(name, value, filename))

    def _set(self, entry: Entry) -> None:
        names = [entry_name for entry_name, _ in self._entry_list]
        if entry[0] not in names:
            self._entry_list.append(entry)
            return
        first = names.index(entry[0])
        behind = [other for other in self._entry_list[first + 1 :] if other[0] != entry[0]]
        self._entry_list = [*self._entry_list[:first], entry, *behind]

    def __setitem__(self, name: str, value: Blob | str) -> None:
        self._set(create_an_entry(name, value))

    def _value_pairs_to_iterate_over(self) -> Sequence[Entry]:
        return self._entry_list


def create_an_entry(name: str, value: Blob | str, filename: str | None = None) -> Entry:
    """A name and a value; a Blob becomes a File, whose name is "blob" if neither it nor the caller
    has one.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#create-an-entry
    """
    name = to_usv_string(name)
    if is_buffer_source(value) or hasattr(value, "read"):
        raise TypeError(
            f"A field is a str, not {type(value).__name__}: write append({name!r}, "
            f"Blob([{'data' if is_buffer_source(value) else 'file.read()'}]), filename) for a file"
        )
    if not isinstance(value, Blob):
        if filename is not None:
            raise TypeError(f"Only a Blob has a file name, not {value!r}")
        return name, to_usv_string(value)
    if not isinstance(value, File):
        return name, create(value, "blob" if filename is None else filename)
    if filename is not None:
        return name, create(value, filename, value.lastModified)
    return name, value


def entry_list(form_data: FormData) -> list[Entry]:
    """The list itself: what other standards read, and what they add to.

    https://xhr.spec.whatwg.org/#concept-formdata-entry-list
    """
    return form_data._entry_list
