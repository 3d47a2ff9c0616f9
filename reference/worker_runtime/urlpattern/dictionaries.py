"""The dictionaries of the URLPattern class: what goes in, and what a match is.

URL Pattern Standard, 1.2: https://urlpattern.spec.whatwg.org/#urlpattern-class
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias, TypedDict

from ..webidl.type_mapping import to_usv_string

ComponentName: TypeAlias = Literal[
    "protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"
]
MemberName: TypeAlias = Literal[
    "protocol", "username", "password", "hostname", "port", "pathname", "search", "hash", "baseURL"
]

COMPONENT_NAMES: tuple[ComponentName, ...] = (
    "protocol", "username", "password", "hostname", "port", "pathname", "search", "hash"
)  # fmt: skip
MEMBER_NAMES: tuple[MemberName, ...] = (*COMPONENT_NAMES, "baseURL")


class URLPatternInit(TypedDict, total=False):
    """A pattern or a text for each component; for one that is absent the base URL may have it.

    https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit
    """

    protocol: str
    username: str
    password: str
    hostname: str
    port: str
    pathname: str
    search: str
    hash: str
    baseURL: str


# https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterninput
URLPatternInput: TypeAlias = str | URLPatternInit


class URLPatternOptions(TypedDict, total=False):
    """False by default.

    https://urlpattern.spec.whatwg.org/#dictdef-urlpatternoptions
    """

    ignoreCase: bool


class URLPatternComponentResult(NamedTuple):
    """The text of a component, and what its groups have matched, by name; None for a group that
    took no part.

    https://urlpattern.spec.whatwg.org/#dictdef-urlpatterncomponentresult
    """

    input: str
    groups: dict[str, str | None]


class URLPatternResult(NamedTuple):
    """What was matched, as it was given, and the result of each component.

    https://urlpattern.spec.whatwg.org/#dictdef-urlpatternresult
    """

    inputs: list[URLPatternInput]
    protocol: URLPatternComponentResult
    username: URLPatternComponentResult
    password: URLPatternComponentResult
    hostname: URLPatternComponentResult
    port: URLPatternComponentResult
    pathname: URLPatternComponentResult
    search: URLPatternComponentResult
    hash: URLPatternComponentResult


def to_url_pattern_input(value: object) -> URLPatternInput:
    """A mapping, or None, as a dictionary; any other value as a string. TypeError for a member that
    the dictionary lacks: without it the pattern would match anything.

    Part of https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterninput
    """
    if isinstance(value, str):
        return to_usv_string(value)
    if value is not None and not isinstance(value, Mapping):
        return to_usv_string(value)
    init = URLPatternInit()
    if value is not None:
        for name in MEMBER_NAMES:
            if (member := value.get(name)) is not None:
                init[name] = to_usv_string(member)
        # DEVIATION: Web IDL looks at no key that the dictionary lacks. Here it is a mistake, except
        # the name of an option, which an official test has in this place.
        for key in value:
            if key not in MEMBER_NAMES and key != "ignoreCase":
                raise unknown_component(key)
    return init


def unknown_component(key: object) -> TypeError:
    """The error for a member of a pattern that is none.

    Part of https://urlpattern.spec.whatwg.org/#dictdef-urlpatterninit
    """
    from difflib import get_close_matches

    names = {name.lower(): name for name in MEMBER_NAMES}
    close = get_close_matches(str(key).replace("_", "").lower(), names, n=1)
    hint = f"did you mean {names[close[0]]!r}?" if close else f"there is {', '.join(MEMBER_NAMES)}"
    return TypeError(f"There is no component {key!r}; {hint}")


def to_component_name(value: str) -> ComponentName:
    """TypeError if a string is not the name of a component.

    Part of https://webidl.spec.whatwg.org/#js-enumeration
    """
    for name in COMPONENT_NAMES:
        if name == value:
            return name
    raise TypeError(f"Expected the name of a component, not {value!r}")
