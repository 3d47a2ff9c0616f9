"""Using URL patterns in other specifications: how they make patterns of what they were given.

URL Pattern Standard, 4: https://urlpattern.spec.whatwg.org/#other-specs
"""

from __future__ import annotations

from typing import TypeAlias

from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..webidl.interfaces import new
from ..webidl.type_mapping import to_usv_string
from .dictionaries import MEMBER_NAMES, URLPatternInput, to_url_pattern_input
from .high_level_operations import create
from .internals import URLPatternRecord
from .url_pattern_class import URLPattern

# https://urlpattern.spec.whatwg.org/#typedefdef-urlpatterncompatible
URLPatternCompatible: TypeAlias = URLPatternInput | URLPattern


def build_a_urlpattern_object_from_a_web_idl_value(
    input: URLPatternCompatible, base_url: URLRecord
) -> URLPattern:
    """TypeError if the pattern is invalid.

    https://urlpattern.spec.whatwg.org/#build-a-urlpattern-object-from-a-web-idl-value
    """
    if isinstance(input, URLPattern):
        return input
    pattern = new(URLPattern)
    pattern._associated_url_pattern = build_a_url_pattern_from_a_web_idl_value(input, base_url)
    return pattern


def build_a_url_pattern_from_a_web_idl_value(
    input: URLPatternCompatible, base_url: URLRecord
) -> URLPatternRecord:
    """TypeError if the pattern is invalid.

    https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-a-web-idl-value
    """
    if isinstance(input, URLPattern):
        return input._associated_url_pattern
    converted = to_url_pattern_input(input)
    if isinstance(converted, str):
        return create(converted, url_serializer(base_url))
    converted.setdefault("baseURL", url_serializer(base_url))
    return create(converted, None)


def build_a_url_pattern_from_an_infra_value(
    raw_pattern: object, base_url: URLRecord
) -> URLPatternRecord | None:
    """The value is of the json module's types. None if it is not a pattern; TypeError if the
    pattern is invalid.

    https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-infra-value
    """
    serialized_base_url = url_serializer(base_url)
    if isinstance(raw_pattern, str):
        return create(to_usv_string(raw_pattern), serialized_base_url)
    if not isinstance(raw_pattern, dict):
        return None
    if any(
        key not in MEMBER_NAMES or not isinstance(value, str) for key, value in raw_pattern.items()
    ):
        return None
    return build_a_url_pattern_from_a_web_idl_value(to_url_pattern_input(raw_pattern), base_url)


def build_a_url_pattern_from_an_http_structured_field_value(
    raw_pattern: str, base_url: URLRecord
) -> URLPatternRecord:
    """TypeError if the pattern, a string of a structured field, is invalid.

    https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-http-structured-field-value
    """
    return create(raw_pattern, url_serializer(base_url))
