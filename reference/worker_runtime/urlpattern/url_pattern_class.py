"""The URLPattern class.

URL Pattern Standard, 1.2: https://urlpattern.spec.whatwg.org/#urlpattern-class
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_usv_string
from .dictionaries import (
    ComponentName,
    URLPatternInput,
    URLPatternOptions,
    URLPatternResult,
    to_component_name,
    to_url_pattern_input,
)
from .high_level_operations import create, exec_results_of, has_regexp_groups, match, texts_to_match
from .internals import URLPatternRecord
from .tentative_operations import compare_component, generate


class URLPattern:
    """A pattern that URLs are matched with: "https://shop.example/:category/*", or a mapping with a
    pattern for each component.

        pattern = URLPattern({"pathname": "/books/:id(\\\\d+)"})
        if result := pattern.exec("https://shop.example/books/42"):
            id = result.pathname.groups["id"]

    https://urlpattern.spec.whatwg.org/#urlpattern
    """

    __slots__ = ("__weakref__", "_associated_url_pattern")

    def __init__(
        self,
        input: URLPatternInput | None = None,
        baseURL: str | URLPatternOptions | None = None,
        options: URLPatternOptions | None = None,
        **members: Unpack[URLPatternOptions],
    ) -> None:
        """The options may stand in the place of a base URL that is not there. TypeError if the
        pattern is invalid, or relative without a base URL, or a mapping with a base URL beside it.

        A regular expression in it is JavaScript's, with the flag v; one that Python cannot express
        is a TypeError, too.

        https://urlpattern.spec.whatwg.org/#dom-urlpattern-urlpattern
        """
        self._associated_url_pattern: URLPatternRecord
        if isinstance(baseURL, Mapping):
            baseURL, options = None, baseURL
        members = to_dictionary(URLPatternOptions, options, members)
        base_url = None if baseURL is None else to_usv_string(baseURL)
        initialize(self, to_url_pattern_input(input), base_url, bool(members.get("ignoreCase")))

    def test(self, input: URLPatternInput | None = None, baseURL: str | None = None) -> bool:
        """Whether a URL, or a mapping with the texts of some components, matches; TypeError for a
        mapping and a base URL.

        https://urlpattern.spec.whatwg.org/#dom-urlpattern-test
        """
        # OPTIMIZATION: the steps of `match`, but no result.
        base_url_string = None if baseURL is None else to_usv_string(baseURL)
        texts = texts_to_match(to_url_pattern_input(input), base_url_string)
        return (
            texts is not None and exec_results_of(self._associated_url_pattern, texts) is not None
        )

    def exec(
        self, input: URLPatternInput | None = None, baseURL: str | None = None
    ) -> URLPatternResult | None:
        """What the groups of each component have matched, or None; TypeError for a mapping and a
        base URL.

        https://urlpattern.spec.whatwg.org/#dom-urlpattern-exec
        """
        base_url_string = None if baseURL is None else to_usv_string(baseURL)
        return match(self._associated_url_pattern, to_url_pattern_input(input), base_url_string)

    @property
    def protocol(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-protocol"""
        return self._associated_url_pattern.protocol_component.pattern_string

    @property
    def username(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-username"""
        return self._associated_url_pattern.username_component.pattern_string

    @property
    def password(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-password"""
        return self._associated_url_pattern.password_component.pattern_string

    @property
    def hostname(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-hostname"""
        return self._associated_url_pattern.hostname_component.pattern_string

    @property
    def port(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-port"""
        return self._associated_url_pattern.port_component.pattern_string

    @property
    def pathname(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-pathname"""
        return self._associated_url_pattern.pathname_component.pattern_string

    @property
    def search(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-search"""
        return self._associated_url_pattern.search_component.pattern_string

    @property
    def hash(self) -> str:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-hash"""
        return self._associated_url_pattern.hash_component.pattern_string

    @property
    def hasRegExpGroups(self) -> bool:
        """https://urlpattern.spec.whatwg.org/#dom-urlpattern-hasregexpgroups"""
        return has_regexp_groups(self._associated_url_pattern)

    @staticmethod
    def compareComponent(component: ComponentName, left: URLPattern, right: URLPattern) -> int:
        """-1, 0 or 1, to sort patterns by a component: one that matches more comes before one that
        matches less. Tentative.
        """
        if not isinstance(left, URLPattern) or not isinstance(right, URLPattern):
            raise TypeError(f"Expected two URLPatterns, not {left!r} and {right!r}")
        return compare_component(
            to_component_name(component),
            left._associated_url_pattern,
            right._associated_url_pattern,
        )

    def generate(self, component: ComponentName, groups: Mapping[str, str]) -> str:
        """The text of a component in which each group has a value; TypeError if it has wildcards or
        modifiers. Tentative.
        """
        values = {to_usv_string(name): to_usv_string(value) for name, value in groups.items()}
        return generate(to_component_name(component), self._associated_url_pattern, values)


def initialize(
    this: URLPattern, input: URLPatternInput, base_url: str | None, ignore_case: bool
) -> None:
    """https://urlpattern.spec.whatwg.org/#urlpattern-initialize"""
    this._associated_url_pattern = create(input, base_url, ignore_case)
