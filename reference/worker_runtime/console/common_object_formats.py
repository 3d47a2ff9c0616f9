"""Common object formats: how a value looks on the console.

Console Standard, 2.3.3: https://console.spec.whatwg.org/#object-formats

Values look as Python writes them; what is large, deep or endless is cut, and nothing that a value
does while it is shown gets out of here. An object of the platform shows its attributes, one of
another class that has no `__repr__` what it has been given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from types import MemberDescriptorType
from typing import Any

from ..webidl.interfaces import Iterable as PairIterable

PACKAGE = __name__.removesuffix("console.common_object_formats")

MAX_DEPTH = 4
MAX_ITEMS = 100  # of a list, bytes of a buffer
MAX_STRING = 10_000  # code points of a value without parts
MAX_TEXT = 200_000  # code points of all that is shown of a value
MAX_LINE = 76
CUT = "..."


def optimally_useful_formatting(
    value: object, max_depth: int = MAX_DEPTH, is_part: bool = False
) -> str:
    """A value as a programmer would write it; a str as it is and an exception with its traceback,
    unless within another value.

    https://console.spec.whatwg.org/#optimally-useful-formatting
    """
    if isinstance(value, str) and not is_part:
        return str.__str__(value)
    if isinstance(value, BaseException) and not is_part:
        return _text_of_exception(value)
    return _Formatting(max_depth, is_generic=False).text_of(value)


def generic_javascript_object_formatting(value: object, max_depth: int = MAX_DEPTH) -> str:
    """The attributes of an object, even if it has a `__repr__`.

    https://console.spec.whatwg.org/#generic-javascript-object-formatting
    """
    return _Formatting(max_depth, is_generic=True).text_of(value)


def _text_of_exception(error: BaseException) -> str:
    """An exception with its traceback and those of its causes, as Python shows it."""
    import traceback

    try:
        return "".join(traceback.format_exception(error)).rstrip("\n")
    except Exception:
        return type(error).__name__


class _Formatting:
    """A value on its way into text: what the part stands in that is being shown, and how much more
    may be said.
    """

    __slots__ = ("is_generic", "max_depth", "path", "room")

    def __init__(self, max_depth: int, is_generic: bool) -> None:
        self.max_depth = max_depth
        self.is_generic = is_generic
        self.path: list[int] = []
        self.room = MAX_TEXT

    def text_of(self, value: object) -> str:
        if id(value) in self.path:
            return CUT
        self.path.append(id(value))
        try:
            # The class that brings the `__repr__` tells what a value is: a subclass that brings its
            # own wants to be seen so.
            text = WRITERS.get(type(value).__repr__, _Formatting.other)(self, value)
        except Exception as error:
            text = (
                f"<{type(value).__name__}, which raised {type(error).__name__} when it was to "
                f"be shown>"
            )
        self.path.pop()
        self.room -= len(text)
        return text

    # ---- values without parts

    def string(self, value: str) -> str:
        more = len(value) - MAX_STRING
        return str.__repr__(value[:MAX_STRING]) + (f"{CUT} {more} more" if more > 0 else "")

    def buffer(self, value: bytes | bytearray | memoryview) -> str:
        view = memoryview(value).cast("B")
        more = len(view) - MAX_ITEMS
        text = repr(bytes(view[:MAX_ITEMS])) + (f"{CUT} {more} more" if more > 0 else "")
        return text if type(value) is bytes else f"{type(value).__name__}({text})"

    def other(self, value: object) -> str:
        return (
            self.attributes(value)
            if self.is_generic and not callable(value)
            else self.representation(value)
        )

    def representation(self, value: object) -> str:
        text = repr(value)
        return text if len(text) <= MAX_STRING else text[:MAX_STRING] + CUT

    # ---- values with parts

    def array(
        self, value: list[object] | tuple[object, ...] | set[object] | frozenset[object]
    ) -> str:
        kind = type(value)
        if isinstance(value, list):
            opening, closing = "[", "]"
        elif isinstance(value, tuple):
            opening, closing = "(", ",)" if len(value) == 1 else ")"
        else:
            opening, closing = "{", "}"
        if kind not in (list, tuple, set):
            opening, closing = f"{kind.__name__}({opening}", f"{closing})"
        elif kind is set and not value:
            return "set()"
        return self.group(opening, map(self.text_of, value), len(value), closing, fills_lines=True)

    def mapping(self, value: dict[object, object]) -> str:
        name = "" if type(value) is dict else f"{type(value).__name__} "
        return self.group(f"{name}{{", self.pairs(value.items()), len(value), "}")

    def attributes(self, value: object) -> str:
        kind = type(value)
        if isinstance(value, PairIterable):
            pairs = list(islice(value.entries(), MAX_ITEMS + 1))
            return self.group(f"{kind.__name__} {{", self.pairs(pairs), len(pairs), "}")
        is_of_the_platform = kind.__module__.startswith(PACKAGE)
        names = list(
            _names_of_attributes(kind) if is_of_the_platform else getattr(value, "__dict__", ())
        )
        if not names:
            return self.representation(value)
        return self.group(f"{kind.__name__} {{", self.named(value, names), len(names), "}")

    def pairs(self, items: Iterable[tuple[object, object]]) -> Iterator[str]:
        return (f"{self.text_of(key)}: {self.text_of(member)}" for key, member in items)

    def named(self, value: object, names: Iterable[str]) -> Iterator[str]:
        for name in names:
            try:
                member = getattr(value, name)
            except Exception:
                continue  # what there is none of in this state
            yield f"{name}: {self.text_of(member)}"

    def group(
        self,
        opening: str,
        parts: Iterator[str],
        length: int,
        closing: str,
        fills_lines: bool = False,
    ) -> str:
        """The parts between brackets: on one line if they fit, or on one each, unless they are to
        fill lines.
        """
        if length and len(self.path) > self.max_depth:
            return f"{opening}{CUT}{closing}"
        shown = []
        for part in islice(parts, MAX_ITEMS):
            shown.append(part)
            if self.room < 0:
                break
        if length > len(shown) and (len(shown) == MAX_ITEMS or self.room < 0):
            shown.append(f"{CUT} {length - len(shown)} more")
        line = f"{opening}{', '.join(shown)}{closing}"
        if len(line) <= MAX_LINE and "\n" not in line:
            return line
        lines = [""]
        for part in shown:
            if lines[-1] and not (
                fills_lines
                and len(lines[-1]) + len(part) < MAX_LINE
                and "\n" not in part + lines[-1]
            ):
                lines.append("")
            lines[-1] += f" {part}," if lines[-1] else f"{part},"
        body = "\n".join(lines).replace("\n", "\n  ")
        return f"{opening}\n  {body}\n{closing.lstrip(',')}"


WRITERS: dict[object, Callable[[_Formatting, Any], str]] = {
    str.__repr__: _Formatting.string,
    bytes.__repr__: _Formatting.buffer,
    bytearray.__repr__: _Formatting.buffer,
    memoryview.__repr__: _Formatting.buffer,
    list.__repr__: _Formatting.array,
    tuple.__repr__: _Formatting.array,
    set.__repr__: _Formatting.array,
    frozenset.__repr__: _Formatting.array,
    dict.__repr__: _Formatting.mapping,
    object.__repr__: _Formatting.attributes,
}


def _names_of_attributes(interface: type) -> Iterator[str]:
    """The IDL attributes of an interface, those of its ancestors first."""
    for ancestor in reversed(interface.__mro__):
        for name, member in vars(ancestor).items():
            if not name.startswith("_") and isinstance(member, (property, MemberDescriptorType)):
                yield name
