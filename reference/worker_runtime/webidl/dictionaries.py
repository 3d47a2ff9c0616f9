"""Dictionaries: the options of an operation, as keywords, in a mapping, or in an object that has
them as attributes.

Web IDL, 2.7 and 3.2.17: https://webidl.spec.whatwg.org/#idl-dictionaries

A dictionary is a TypedDict with the name that its standard gives it, derived from the one that it
inherits. An operation that ends with one takes it in its place and as keywords:

    def __init__(
        self,
        body: BodyInit | None = None,
        init: ResponseInit | Response | None = None,
        **members: Unpack[ResponseInit],
    ) -> None:
        members = to_dictionary(ResponseInit, init, members)

So `Response("", status=404)`, `Response("", {"status": 404})` and `Response("", response)` are the
same. Python's types know no partial dictionaries, so a TypedDict has the members of all; the steps
for those of another standard stand in its room.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import Any, TypeVar, cast

D = TypeVar("D")


def to_dictionary(
    dictionary: type[D],
    value: object,
    keywords: D,
    nullable: Collection[str] = (),
    elsewhere: Mapping[str, str] = MappingProxyType({}),
) -> D:
    """The members that are there: those of the value, and the keywords, which win.

    A member that is None is not there, unless it is one of the nullable ones. The members are not
    converted to their types. TypeError if one is required and missing, if the dictionary has none
    of that name, or if the value is neither a mapping nor has any member as an attribute. What is
    an option elsewhere, in other libraries, is answered with what to write here.

    Part of https://webidl.spec.whatwg.org/#js-dictionary
    """
    members: Any = keywords
    if value is not None:
        members = value.copy() if type(value) is dict and not keywords else None
    optional: frozenset[str] = dictionary.__optional_keys__  # type: ignore[attr-defined]
    if members is not None:
        # OPTIMIZATION: the usual keywords, or items of a mapping, are the members as they are.
        for name, member in members.items():
            if member is None or name not in optional:
                break
        else:
            if not dictionary.__required_keys__:  # type: ignore[attr-defined]
                return cast(D, members)
    required: frozenset[str] = dictionary.__required_keys__  # type: ignore[attr-defined]
    members = {} if value is None else _members_of(value, dictionary)
    # What is unknown is an error whatever it is; a keyword that is None does not win.
    members |= {
        name: member
        for name, member in cast("dict[str, Any]", keywords).items()
        if member is not None or name in nullable or name not in optional
    }
    for name in members:
        # DEVIATION: Web IDL looks at no key that the dictionary lacks. Here it is a mistake.
        if name not in optional and name not in required:
            hint = f"; write {elsewhere[name]}" if name in elsewhere else _hint(name, dictionary)
            raise TypeError(f"{_operation()} has no option {name!r}{hint}")
    for name in required:
        if members.get(name) is None:
            raise TypeError(f"{_operation()} needs the option {name!r}")
    return cast(D, {name: m for name, m in members.items() if m is not None or name in nullable})


def _names_of_members(dictionary: type) -> list[str]:
    return sorted(dictionary.__optional_keys__ | dictionary.__required_keys__)  # type: ignore[attr-defined]


def _members_of(value: object, dictionary: type) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    names = _names_of_members(dictionary)
    members = {name: getattr(value, name, dictionary) for name in names}
    members = {name: member for name, member in members.items() if member is not dictionary}
    if not members:
        raise TypeError(
            f"{_operation()} takes options, not {value!r}: write {names[0]}=... "
            f"(it has {', '.join(names)}), a mapping of them, or an object with such attributes"
        )
    return members


def _operation() -> str:
    """What the caller of `to_dictionary` is called in a worker, such as "Response()"."""
    frame = sys._getframe(1)
    while frame.f_globals is globals() and frame.f_back is not None:
        frame = frame.f_back
    name = frame.f_code.co_qualname.partition(".<locals>")[0].removesuffix(".__init__")
    return f"{name.rpartition('.')[2]}()"


def _hint(name: object, dictionary: type) -> str:
    from difflib import get_close_matches

    names = {each.lower(): each for each in _names_of_members(dictionary)}
    spelt_alike = str(name).replace("_", "").replace("-", "").lower()
    close = get_close_matches(spelt_alike, names, n=1)
    if close:
        return f"; did you mean {names[close[0]]!r}?"
    return f"; it has {', '.join(names.values())}"
