"""What the standard's tests have under the name tentative: ordering patterns, and making the text
that a pattern matches.

No text defines these operations yet. They are proposed in
https://github.com/whatwg/urlpattern/issues/61 and
https://github.com/whatwg/urlpattern/issues/73.
"""

from __future__ import annotations

from collections.abc import Mapping

from .dictionaries import COMPONENT_NAMES, ComponentName
from .internals import Component, URLPatternRecord
from .pattern_strings import Part

# What matches more comes first.
TYPES = ("full-wildcard", "segment-wildcard", "regexp", "fixed-text")
MODIFIERS = ("zero-or-more", "optional", "one-or-more", "none")

NOTHING = Part("fixed-text", "", "none")


def _component_of(url_pattern: URLPatternRecord, component_name: ComponentName) -> Component:
    return url_pattern[COMPONENT_NAMES.index(component_name)]


def compare_component(
    component_name: ComponentName, left: URLPatternRecord, right: URLPatternRecord
) -> int:
    """-1 if the left pattern comes before the right one in a component, 1 if it comes behind it,
    else 0.

    Parts are compared one by one: what matches more comes first, then what has the smaller text. A
    part that the other list does not have is compared with an empty text.

    https://github.com/web-platform-tests/wpt/blob/master/urlpattern/urlpattern-compare.tentative.any.js#L1
    """
    left_ranks = [
        rank_of(part) for part in (*_component_of(left, component_name).part_list, NOTHING)
    ]
    right_ranks = [
        rank_of(part) for part in (*_component_of(right, component_name).part_list, NOTHING)
    ]
    return (left_ranks > right_ranks) - (left_ranks < right_ranks)


def rank_of(part: Part) -> tuple[int, int, str, str, str]:
    """What parts are ordered by.

    Part of https://urlpattern.spec.whatwg.org/#part-modifier
    """
    return (
        TYPES.index(part.type),
        MODIFIERS.index(part.modifier),
        part.prefix,
        part.value,
        part.suffix,
    )


def generate(
    component_name: ComponentName, url_pattern: URLPatternRecord, groups: Mapping[str, str]
) -> str:
    """The text of a component in which each group has the value that is given, encoded as in a URL.

    TypeError if a value is missing or is more than one segment, or the component has a wildcard, an
    expression or a modifier.

    https://github.com/web-platform-tests/wpt/blob/master/urlpattern/urlpattern-generate.tentative.any.js#L1
    """
    component = _component_of(url_pattern, component_name)
    result = []
    for part in component.part_list:
        if part.type not in ("fixed-text", "segment-wildcard") or part.modifier != "none":
            raise TypeError(
                f"Only fixed text and groups without modifiers can be generated: "
                f"{component.pattern_string!r}"
            )
        if part.type == "fixed-text":
            result.append(part.value)
            continue
        if part.name not in groups:
            raise TypeError(
                f"There is no value for the group {part.name!r} of {component.pattern_string!r}"
            )
        value = component.encoding_callback(groups[part.name])
        delimiter = component.options.delimiter_code_point
        if not value or (delimiter and delimiter in value):
            raise TypeError(
                f"The group {part.name!r} of {component.pattern_string!r} cannot be "
                f"{groups[part.name]!r}"
            )
        result.append(part.prefix + value + part.suffix)
    return "".join(result)
