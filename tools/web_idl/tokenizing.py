"""Tokens: what a text in Web IDL is made of.

Web IDL, 2.15: https://webidl.spec.whatwg.org/#idl-grammar
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final, NamedTuple, NoReturn

BUFFER_RELATED_TYPES: Final = frozenset(
    "ArrayBuffer SharedArrayBuffer DataView Int8Array Int16Array Int32Array Uint8Array Uint16Array "
    "Uint32Array"
    " Uint8ClampedArray BigInt64Array BigUint64Array Float16Array Float32Array Float64Array".split()
)
ARGUMENT_NAME_KEYWORDS: Final = frozenset(
    "attribute callback const constructor deleter dictionary enum getter includes inherit "
    "interface iterable maplike mixin"
    " namespace partial readonly required setlike setter static stringifier typedef"
    " unrestricted".split()
)
# The terminal symbols that look like identifiers, or like "-Infinity".
KEYWORDS: Final = (
    BUFFER_RELATED_TYPES
    | ARGUMENT_NAME_KEYWORDS
    | frozenset(
        "-Infinity ByteString DOMString FrozenArray Infinity NaN ObservableArray Promise USVString "
        "any async_iterable"
        " async_sequence bigint boolean byte double false float long null object octet optional or "
        "record sequence short symbol"
        " true undefined unsigned".split()
    )
)
# At one place the longest match wins: a decimal begins like an integer, so it is tried first.
TOKEN: Final = re.compile(
    r"""(?P<whitespace>[\t\n\r ]+)
      | (?P<comment>//[^\n]*|/\*(?s:.*?)\*/)
      | (?P<unclosed>/\*|"[^"]*\Z)
      | (?P<decimal>-?(?:(?:[0-9]+\.[0-9]*|[0-9]*\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[0-9]+[Ee][+-]?[0-9]+))
      | (?P<integer>-?(?:[1-9][0-9]*|0[Xx][0-9A-Fa-f]+|0[0-7]*))
      | (?P<identifier>[_-]?[A-Za-z][0-9A-Z_a-z-]*)
      | (?P<string>"[^"]*")
      | (?P<other>\.\.\.|.)""",
    re.VERBOSE,
)


class Place(NamedTuple):
    """Where something stands: a file, and a line and a column, counted from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def standard(self) -> str:
        """The short name of the standard, which is that of its file."""
        return self.file.stem


class IDLSyntaxError(ValueError):
    """A text is no Web IDL; the message begins with the place."""

    def __init__(self, place: Place, message: str) -> None:
        super().__init__(f"{place}: {message}")
        self.place = place


class Token(NamedTuple):
    """A piece of text. Its kind is the text itself for a terminal symbol; else identifier, integer,
    decimal, string, or "end" after the last."""

    kind: str
    text: str
    place: Place

    def __str__(self) -> str:
        return "the end of the file" if self.kind == "end" else f"'{self.text}'"


def tokenize(text: str, file: Path) -> list[Token]:
    """The tokens of a text without its whitespace and comments; the last one is of the kind
    "end".
    """
    tokens: list[Token] = []
    line, line_start = 1, 0
    for match in TOKEN.finditer(text):
        kind, piece = match.lastgroup or "", match.group()
        if kind not in ("whitespace", "comment"):
            place = Place(file, line, match.start() - line_start + 1)
            if kind == "unclosed":
                raise IDLSyntaxError(
                    place, f"this {'comment' if piece == '/*' else 'string'} has no end"
                )
            is_terminal = kind == "other" or (kind == "identifier" and piece in KEYWORDS)
            tokens.append(Token(piece if is_terminal else kind, piece, place))
        if "\n" in piece:
            line += piece.count("\n")
            line_start = match.start() + piece.rindex("\n") + 1
    tokens.append(Token("end", "", Place(file, line, len(text) - line_start + 1)))
    return tokens


class Cursor:
    """A way along the tokens of a file."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0

    @property
    def next(self) -> Token:
        """The token that comes next; it stays there."""
        return self.tokens[self.index]

    @property
    def after_next(self) -> Token:
        """The token behind the next one, or the end."""
        return self.tokens[min(self.index + 1, len(self.tokens) - 1)]

    def accept(self, *kinds: str) -> Token | None:
        """Take the next token if it is of one of these kinds."""
        token = self.next
        if token.kind not in kinds:
            return None
        self.index += 1
        return token

    def expect(self, *kinds: str, what: str = "") -> Token:
        """Take the next token, which has to be of one of these kinds."""
        token = self.accept(*kinds)
        if token is None:
            self.fail(what or " or ".join(quoted(kind) for kind in kinds))
        return token

    def fail(self, expected: str) -> NoReturn:
        """Say what stands here and what should."""
        raise IDLSyntaxError(self.next.place, f"expected {expected}, not {self.next}")


def quoted(kind: str) -> str:
    """A kind of token in a message."""
    names = {
        "identifier": "an identifier",
        "integer": "an integer",
        "decimal": "a decimal",
        "string": "a string",
    }
    return names.get(kind, f"'{kind}'")
