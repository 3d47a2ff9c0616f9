"""Questions about URLs: the official vectors, and mutations of them that are the same each time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, TypeAlias

Question: TypeAlias = dict[str, Any]

# What a URL parser looks at, and what an IDNA table has changed its mind about.
PIECES = (
    "/", "\\", "//", "?", "#", ":", "@", "[", "]", "%", "%2e", "%2F", "%00", "%zz", ".", "..",
    "/../", "\t", "\n", "\r", " ", "^", "|", "<", "`", "{", "'", '"', "~", "&", "=", "+", "-", "a",
    "B", "0", "0x", "08", "256", ":80", ":443", ":65536", "C|", "C:", "[::1]", "1.2.3.4", "http:",
    "https:", "file:", "ws:", "blob:", "data:", "javascript:", "non-special:", "xn--",
    "\0", "\x7f", "\xad", "\xdf", "\u0130", "\u05d0", "\u0660", "\u1e9e", "\u200c", "\u200d",
    "\u3002", "\ufeff", "\uff0e", "\uff21", "\ud800", "\udc00", "\U0001f4a9",
)  # fmt: skip
# The position in the arguments that may be changed, by operation: not the name of a setter.
CHANGEABLE = {"url.parse": (0, 1), "url.set": (0, 2, 2), "urlsearchparams.call": (0,)}


def vectors(read: Callable[[str], Any]) -> list[list[Question]]:
    """The questions that the official vectors ask, by kind. `read` is the fixture `wpt_data`."""
    parsing = [
        {"op": "url.parse", "args": [test["input"]] if test.get("base") is None else [test["input"],
        test["base"]]} for name in ("urltestdata", "urltestdata-javascript-only") for test in
        read(f"url/resources/{name}.json") if isinstance(test, dict)
    ]  # fmt: skip
    setting = [
        {"op": "url.set", "args": [test["href"], attribute, test["new_value"]]} for attribute, tests
        in read("url/resources/setters_tests.json").items() if attribute != "comment" for test in
        tests
    ]  # fmt: skip
    domains = [
        {"op": "url.parse", "args": [f"https://{test['input']}/x"]}
        for name in ("toascii", "IdnaTestV2", "IdnaTestV2-removed")
        for test in read(f"url/resources/{name}.json") if isinstance(test, dict) and test["input"]
    ]  # fmt: skip
    queries = [
        {"op": "url.parse", "args": [f"https://example.com/?{test['input']}"]}
        for test in read("url/resources/percent-encoding.json") if isinstance(test, dict)
    ]  # fmt: skip
    lists = [
        {"op": "urlsearchparams.call", "args": [test["input"], calls]}
        for name, calls in (("urlencoded-parser", []), ("urlsearchparams-sort", [["sort"]]))
        for test in read(f"url/{name}.json")["data"]["list"]
    ]  # fmt: skip
    return [parsing, setting, domains, queries + lists]


def mutations(kinds: list[list[Question]], seed: int) -> Iterator[Question]:
    """Without end: a vector of any kind with one to three changes, each a run left out, put in,
    replaced, or another's end.
    """
    random = Random(seed).random  # of which Python promises that it stays what it is

    def below(number: int) -> int:
        return int(random() * number)

    def any_of(options: Any) -> Any:
        return options[below(len(options))]

    while True:
        question = any_of(any_of(kinds))
        arguments = [*question["args"]]
        for _ in range(1 + below(3)):
            position = any_of(
                [index for index in CHANGEABLE[question["op"]] if index < len(arguments)]
            )
            text = arguments[position]
            start = below(len(text) + 1)
            end = start + below(4)
            match below(4):
                case 0:
                    text = text[:start] + text[end:]
                case 1:
                    text = text[:start] + any_of(PIECES) + text[start:]
                case 2:
                    text = text[:start] + any_of(PIECES) + text[end:]
                case 3:
                    other = any_of(any_of(kinds))["args"][0]
                    text = text[:start] + other[below(len(other) + 1) :]
            arguments[position] = text
        yield {"op": question["op"], "args": arguments}
