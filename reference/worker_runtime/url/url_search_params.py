"""The URLSearchParams class.

URL Standard, 6.2: https://url.spec.whatwg.org/#interface-urlsearchparams
"""

from __future__ import annotations

import collections.abc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar, overload

from ..webidl.interfaces import NamedPairs
from ..webidl.type_mapping import to_usv_string
from .urlencoded import urlencoded_serializer, urlencoded_string_parser

if TYPE_CHECKING:
    from .url_representation import URLRecord

T = TypeVar("T")

Init: TypeAlias = "str | Mapping[str, str] | collections.abc.Iterable[tuple[str, str] | list[str]]"


class URLSearchParams(NamedPairs[str]):
    """The names and values of a query, in order; those of a URL change it as they are changed.

    https://url.spec.whatwg.org/#urlsearchparams
    """

    __slots__ = ("_list", "_url_of_the_object")

    def __init__(self, init: Init | None = "") -> None:
        """From a query with or without its "?", a mapping, or pairs; TypeError if an item is not a
        pair.

        https://url.spec.whatwg.org/#dom-urlsearchparams-urlsearchparams
        """
        self._list: list[tuple[str, str]] = []
        # OPTIMIZATION: the URL of the url object; the two objects would hold each other, and be
        # garbage for the collector.
        self._url_of_the_object: URLRecord | None = None
        if init is None:
            return
        if isinstance(init, str) and init.startswith("?"):
            init = init[1:]
        self._initialize(init)

    def _initialize(self, init: Init) -> None:
        """https://url.spec.whatwg.org/#urlsearchparams-initialize"""
        if isinstance(init, str):
            self._list = urlencoded_string_parser(to_usv_string(init))
        elif isinstance(init, Mapping):
            self._list = [
                *{to_usv_string(name): to_usv_string(value) for name, value in init.items()}.items()
            ]
        elif isinstance(init, collections.abc.Iterable):
            self._list = [_pair(inner_sequence) for inner_sequence in init]
        else:
            self._list = urlencoded_string_parser(to_usv_string(init))

    def _update(self) -> None:
        """https://url.spec.whatwg.org/#concept-urlsearchparams-update"""
        if self._url_of_the_object is not None:
            self._url_of_the_object.query = urlencoded_serializer(self._list) or None

    @property
    def size(self) -> int:
        """https://url.spec.whatwg.org/#dom-urlsearchparams-size"""
        return len(self._list)

    def append(self, name: str, value: str) -> None:
        """https://url.spec.whatwg.org/#dom-urlsearchparams-append"""
        self._list.append((to_usv_string(name), to_usv_string(value)))
        self._update()

    def delete(self, name: str, value: str | None = None) -> None:
        """Every pair of this name, or of this name and value.

        https://url.spec.whatwg.org/#dom-urlsearchparams-delete
        """
        name = to_usv_string(name)
        if value is None:
            self._list = [pair for pair in self._list if pair[0] != name]
        else:
            removed = (name, to_usv_string(value))
            self._list = [pair for pair in self._list if pair != removed]
        self._update()

    @overload
    def get(self, name: str) -> str | None: ...
    @overload
    def get(self, name: str, default: T) -> str | T: ...
    def get(self, name: str, default: object = None) -> object:
        """The first value; the default if there is none.

        https://url.spec.whatwg.org/#dom-urlsearchparams-get
        """
        name = to_usv_string(name)
        for other, value in self._list:
            if other == name:
                return value
        return default

    def getAll(self, name: str) -> list[str]:
        """https://url.spec.whatwg.org/#dom-urlsearchparams-getall"""
        name = to_usv_string(name)
        return [value for other, value in self._list if other == name]

    def has(self, name: str, value: str | None = None) -> bool:
        """Whether there is a pair of this name, or of this name and value.

        https://url.spec.whatwg.org/#dom-urlsearchparams-has
        """
        name = to_usv_string(name)
        if value is None:
            return any(other == name for other, _ in self._list)
        return (name, to_usv_string(value)) in self._list

    def set(self, name: str, value: str) -> None:
        """Give the first pair of this name the value and remove the others; append a pair if there
        is none.

        https://url.spec.whatwg.org/#dom-urlsearchparams-set
        """
        new = (to_usv_string(name), to_usv_string(value))
        first = next(
            (index for index, pair in enumerate(self._list) if pair[0] == new[0]), len(self._list)
        )
        self._list = [
            *self._list[:first],
            new,
            *(pair for pair in self._list[first:] if pair[0] != new[0]),
        ]
        self._update()

    def sort(self) -> None:
        """By the code units of the names; pairs of the same name stay in order.

        https://url.spec.whatwg.org/#dom-urlsearchparams-sort
        """
        self._list.sort(key=lambda pair: pair[0].encode("utf-16-be"))
        self._update()

    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[str, str]]:
        return self._list

    def __setitem__(self, name: str, value: str) -> None:
        self.set(name, value)

    def __str__(self) -> str:
        """https://url.spec.whatwg.org/#urlsearchparams-stringification-behavior"""
        return urlencoded_serializer(self._list)


def _pair(inner_sequence: collections.abc.Iterable[str]) -> tuple[str, str]:
    # A str is iterable in Python, but no sequence in Web IDL.
    if isinstance(inner_sequence, str) or not isinstance(inner_sequence, collections.abc.Iterable):
        raise TypeError(f"Expected a pair of name and value, not {inner_sequence!r}")
    pair = [to_usv_string(item) for item in inner_sequence]
    if len(pair) != 2:
        raise TypeError(f"Expected a pair of name and value, not {len(pair)} items: {pair!r}")
    return pair[0], pair[1]
