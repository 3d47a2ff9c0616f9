"""Naming: whether a definition is called what the standard calls the algorithm at its address.

Function = the algorithm's name, letter for letter; so a name that has nothing of the title, or a
word that is not in it, is that of something else: of a step, of a helper, of what stands nearby.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

WORD = re.compile(r"[a-z0-9]+")
CAMEL = re.compile(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])")
PARENTHESES = re.compile(r"\([^)]*\)")
FILLING = frozenset(
    "a an and are as at be by for has if in into is it its of on or s that the this to with"
    " whether".split()
)
KINDS = frozenset(
    "concept def dfn dom operation step section method interface dictionary member object class api"
    " declaration struct record namespace type".split()
)
"""Words that say of what kind a thing is, and tell no two of them apart."""
SPECIAL = {  # what Python calls a method, and what the standards call it
    "__init__": "new constructor",
    "__new__": "new constructor",
    "__str__": "stringifier stringification behavior",
    "__iter__": "iterate iterator",
    "__aiter__": "asynchronous iterator",
    "__anext__": "asynchronous iterator next",
    "__getitem__": "get",
    "__len__": "size length",
}
ENDINGS = ("ing", "es", "ed", "s")


def is_called(name: str, titles: Sequence[str]) -> bool:
    """Whether a definition such as "URL.__init__" or "host_parser" is called what one of the
    titles, or ids, of an algorithm says: it has no other words, and most of the title's.
    """
    owner, _, own = name.rpartition(".")
    own = own.rstrip("_") if not own.endswith("__") else own
    bases = [PARENTHESES.sub("", title).rpartition(".")[2] for title in titles]
    bases += [base.removeprefix("new ") for base in bases]
    if letters(own) in map(letters, (*bases, *titles)):
        return True
    words = stems(SPECIAL.get(own, own))
    known = frozenset(word for title in titles for word in stems(title))
    if own in SPECIAL:
        return not words.isdisjoint(known) or stems(owner) <= known
    spoken = words | stems(owner)
    if words and words <= known:
        return any(2 * len(spoken & base) > len(base) for base in map(stems, bases))
    return any(is_object_named(spoken, title) for title in titles)


def is_object_named(spoken: frozenset[str], title: str) -> bool:
    """Whether a name has all words of a title, and says what it is done to: "flatten_more_options",
    or for "convert (string)", with a word of the brackets, "convert_to_scalar_value_string".
    """
    base, _, brackets = title.partition("(")
    words = stems(base)
    return words <= spoken and (len(words) > 1 or not spoken.isdisjoint(stems(brackets)))


def letters(text: str) -> str:
    """The letters and digits of a name or a title."""
    return "".join(WORD.findall(text.lower()))


def stems(text: str) -> frozenset[str]:
    """The words of a name or a title that carry its meaning, without their endings."""
    text = CAMEL.sub(r"\1\3 \2\4", text)
    words = [word for word in WORD.findall(text.lower()) if word not in FILLING]
    telling = [word for word in words if KINDS.isdisjoint({word, word.removesuffix("s")})]
    return frozenset(map(stem, telling or words))


def stem(word: str) -> str:
    """A word without its ending."""
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            return word.removesuffix(ending)
    return word.removesuffix("e") if len(word) > 3 else word
