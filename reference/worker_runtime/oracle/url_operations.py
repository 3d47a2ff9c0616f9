"""What can be asked about URLs, their parts, queries, and patterns for them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from operator import attrgetter
from typing import Any, TypeAlias

from ..encoding.encoders_and_decoders import Encoding
from ..encoding.names_and_labels import get_an_encoding
from ..url import punycode
from ..url.host_parsing import host_parser
from ..url.host_serializing import host_serializer
from ..url.idna import domain_parser, domain_to_unicode
from ..url.percent_encoded_bytes import (
    PercentEncodeSet,
    percent_decode,
    percent_encode_after_encoding,
)
from ..url.url_class import URL
from ..url.url_parsing import basic_url_parser
from ..url.url_search_params import URLSearchParams
from ..url.url_serializing import url_equals
from ..url.urlencoded import urlencoded_parser, urlencoded_serializer
from ..url.writing import URLFailure, ValidationError
from ..urlpattern.dictionaries import COMPONENT_NAMES, URLPatternInput
from ..urlpattern.url_pattern_class import URLPattern
from .argument_types import BadQuestion, shown, to_usv_string
from .operation import Operation

ATTRIBUTES = (
    "href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname",
    "search", "hash"
)  # fmt: skip
SETTERS = [name for name in ATTRIBUTES if name != "origin"]
SEARCH_PARAMS_METHODS = ("append", "delete", "get", "getAll", "has", "set", "sort")

URLPatternInputs: TypeAlias = "tuple[URLPatternInput, str | None]"
URLPatternArguments: TypeAlias = "tuple[URLPatternInput, str | None, bool]"

_attributes = attrgetter(*ATTRIBUTES)


def attributes_of(url: URL) -> dict[str, str]:
    """Every attribute that is a string, by name."""
    return dict(zip(ATTRIBUTES, _attributes(url)))


def parse(url: str, base: str | None = None) -> dict[str, str]:
    """TypeError where the constructor raises it."""
    return attributes_of(URL(url, base))


def set_attribute(url: str, attribute: str, value: str) -> dict[str, str]:
    """The URL after an assignment; TypeError for a value of href that is no URL."""
    if attribute not in SETTERS:
        raise BadQuestion(f"a URL has the setters {', '.join(SETTERS)}, not {shown(attribute)}")
    object = URL(url)
    setattr(object, attribute, value)
    return attributes_of(object)


def validation_errors(url: str, base: str | None = None) -> list[ValidationError]:
    """Those of the URL, the last of which may be the reason of a failure; none for a URL that is
    valid.
    """
    base_url = None if base is None else basic_url_parser(base)
    errors: list[ValidationError] = []
    with suppress(URLFailure):
        basic_url_parser(url, base_url, validation_errors=errors)
    return errors


def equals(a: str, b: str, exclude_fragments: bool | None = None) -> bool:
    """Whether two URLs are one."""
    return url_equals(basic_url_parser(a), basic_url_parser(b), bool(exclude_fragments))


def parse_host(host: str, is_opaque: bool | None = None) -> str:
    """A host as it is serialized."""
    return host_serializer(host_parser(host, bool(is_opaque)))


def encoding_of(label: str | None) -> Encoding:
    """The encoding that a label names; UTF-8 if there is no label."""
    encoding = get_an_encoding("utf-8" if label is None else label)
    if encoding is None:
        raise BadQuestion(f"no encoding has the label {shown(label)}")
    return encoding


def percent_encode(text: str, set: PercentEncodeSet, label: str | None = None) -> str:
    """The bytes of the text in the encoding of the label, those of the set percent-encoded."""
    return percent_encode_after_encoding(encoding_of(label), text, set)


def serialize_urlencoded(pairs: Sequence[tuple[str, str]], label: str | None = None) -> str:
    """Names and values as a form sends them."""
    return urlencoded_serializer(pairs, encoding_of(label))


def call_search_params(init: Any, calls: Sequence[list[Any]] | None = None) -> dict[str, Any]:
    """What each call of a method returns, and what is there in the end."""
    params = URLSearchParams(init)
    results = []
    for call in calls or ():
        if not call or call[0] not in SEARCH_PARAMS_METHODS:
            raise BadQuestion(
                f"a call is a list of a method ({', '.join(SEARCH_PARAMS_METHODS)}) and its "
                f"arguments"
            )
        results.append(getattr(params, call[0])(*map(to_usv_string, call[1:])))
    return {"results": results, "entries": [*params], "string": str(params)}


# ---- URL patterns --------------------------------------------------------------------------------


def pattern_of(arguments: URLPatternArguments) -> URLPattern:
    """TypeError if they make none."""
    input, base, ignore_case = arguments
    return URLPattern(input, base, ignoreCase=ignore_case)


def construct_pattern(pattern: URLPatternArguments) -> dict[str, Any]:
    """The pattern of each component."""
    url_pattern = pattern_of(pattern)
    return {name: getattr(url_pattern, name) for name in (*COMPONENT_NAMES, "hasRegExpGroups")}


def pattern_matches(pattern: URLPatternArguments, input: URLPatternInputs) -> bool:
    """Whether it matches."""
    return pattern_of(pattern).test(*input)


def exec_pattern(pattern: URLPatternArguments, input: URLPatternInputs) -> dict[str, Any] | None:
    """What the groups have matched; None if the pattern does not match."""
    result = pattern_of(pattern).exec(*input)
    if result is None:
        return None
    return {
        "inputs": result.inputs,
        **{name: getattr(result, name)._asdict() for name in COMPONENT_NAMES},
    }


URL_OPERATIONS = [
    Operation("url.parse", "USVString url, optional USVString base", "URL",
        "https://url.spec.whatwg.org/#dom-url-url", parse),
    Operation(
        "url.set", "USVString url, DOMString attribute, USVString value", "URL",
        "https://url.spec.whatwg.org/#url", set_attribute,
    ),
    Operation(
        "url.validation_errors", "USVString url, optional USVString base", "sequence<DOMString>",
        "https://url.spec.whatwg.org/#concept-basic-url-parser", validation_errors,
    ),
    Operation(
        "url.equals", "USVString a, USVString b, optional boolean exclude_fragments", "boolean",
        "https://url.spec.whatwg.org/#concept-url-equals", equals,
    ),
    Operation(
        "url.host_parser", "USVString host, optional boolean is_opaque", "USVString",
        "https://url.spec.whatwg.org/#concept-host-parser", parse_host,
    ),
    Operation(
        "url.domain_to_ascii", "USVString domain, boolean be_strict", "USVString",
        "https://url.spec.whatwg.org/#concept-domain-to-ascii", domain_parser,
    ),
    Operation(
        "url.domain_to_unicode", "USVString domain", "USVString",
        "https://url.spec.whatwg.org/#concept-domain-to-unicode", domain_to_unicode,
    ),
    Operation(
        "url.punycode_encode", "USVString label", "USVString",
        "https://www.rfc-editor.org/rfc/rfc3492#section-6.3", punycode.encode,
    ),
    Operation(
        "url.punycode_decode", "USVString label", "USVString",
        "https://www.rfc-editor.org/rfc/rfc3492#section-6.2", punycode.decode,
    ),
    Operation("url.percent_decode", "bytes input", "bytes",
        "https://url.spec.whatwg.org/#percent-decode", percent_decode),
    Operation(
        "url.percent_encode", "USVString input, PercentEncodeSet set, optional DOMString label",
        "USVString",
        "https://url.spec.whatwg.org/#string-percent-encode-after-encoding", percent_encode,
    ),
    Operation(
        "urlencoded.parse", "bytes input", "sequence<Pair>",
        "https://url.spec.whatwg.org/#concept-urlencoded-parser", urlencoded_parser,
    ),
    Operation(
        "urlencoded.serialize", "sequence<Pair> tuples, optional DOMString label", "USVString",
        "https://url.spec.whatwg.org/#concept-urlencoded-serializer", serialize_urlencoded,
    ),
    Operation(
        "urlsearchparams.call", "URLSearchParamsInit init, optional sequence<MethodCall> calls",
        "{results, entries, string}",
        "https://url.spec.whatwg.org/#urlsearchparams", call_search_params,
    ),
    Operation(
        "urlpattern.construct", "URLPatternArguments pattern",
        "{protocol, ..., hash, hasRegExpGroups}",
        "https://urlpattern.spec.whatwg.org/#dom-urlpattern-urlpattern", construct_pattern,
    ),
    Operation(
        "urlpattern.test", "URLPatternArguments pattern, URLPatternInputs input", "boolean",
        "https://urlpattern.spec.whatwg.org/#dom-urlpattern-test", pattern_matches,
    ),
    Operation(
        "urlpattern.exec", "URLPatternArguments pattern, URLPatternInputs input",
        "URLPatternResult?",
        "https://urlpattern.spec.whatwg.org/#dom-urlpattern-exec", exec_pattern,
    ),
]  # fmt: skip
