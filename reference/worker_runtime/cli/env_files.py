r"""Env files: lines of NAME=VALUE.

The grammar, exactly:

- The file is UTF-8, with or without a byte order mark; a line ends with LF or CR LF.
- An empty line means nothing, and so does one whose first character but spaces and tabs is `#`.
- `NAME=VALUE`, with or without `export` before it. A name is letters, digits and underscores of
  ASCII, and begins with no digit. Spaces and tabs around the name and the value do not count.
- A value without quotes ends with its line, or where a `#` follows a space or a tab. Within a word,
  `#` is itself. `\` at the end of the line joins the next line to it.
- Between single quotes everything is itself, line ends included.
- Between double quotes, too, but for `\n`, `\r`, `\t`, `\"`, `\\` and `\$`, and a `\` at the end of
  a line, which joins the next line to it.
- Behind a closing quote there may be a comment, and nothing else. Nothing is expanded: `$` is `$`.
- The last of several values of one name counts.
"""

from __future__ import annotations

import re
from pathlib import Path

ENTRY = re.compile(r"[ \t]*(?:export[ \t]+)?([^=\n]*?)[ \t]*=[ \t]*")
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
SINGLE_QUOTED = re.compile(r"'([^']*)'")
DOUBLE_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
UNQUOTED = re.compile(r"(?:\\\n|[^\n])*")
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$", "\n": ""}


class EnvFileError(ValueError):
    """The file is not an env file; the message begins with its name and the number of the line."""


def read_env_file(file: Path) -> dict[str, str]:
    """The variables in a file. EnvFileError if it has something else in it; OSError."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise EnvFileError(f"{file}: not UTF-8 ({error.reason} at byte {error.start})") from None
    return parse_env_file(text, str(file))


def parse_env_file(text: str, file: str = "env file") -> dict[str, str]:
    """The variables in the text of a file."""
    text = text.replace("\r\n", "\n")
    variables: dict[str, str] = {}
    position = 0

    def error(message: str) -> EnvFileError:
        return EnvFileError(f"{file}:{text.count(chr(10), 0, position) + 1}: {message}")

    while position < len(text):
        if blank := BLANK.match(text, position):
            position = blank.end()
            continue
        entry = ENTRY.match(text, position)
        if entry is None:
            line = text[position:].partition("\n")[0]
            raise error(f"expected NAME=VALUE, not {line[:40]!r}")
        if not NAME.fullmatch(entry[1]):
            raise error(f"{entry[1][:40]!r} is not a name: letters, digits and _, no digit first")
        quote = text[entry.end() : entry.end() + 1]
        if quote not in ("'", '"') or not quote:
            unquoted = UNQUOTED.match(text, entry.end())
            assert unquoted is not None
            value = re.sub(r"(?:\A|[ \t])#.*", "", unquoted[0].replace("\\\n", ""), flags=re.DOTALL)
            variables[entry[1]] = value.strip(" \t")
            position = unquoted.end() + 1
            continue
        quoted = (SINGLE_QUOTED if quote == "'" else DOUBLE_QUOTED).match(text, entry.end())
        if quoted is None:
            raise error(f"the value of {entry[1]} has no closing {quote}")
        value = quoted[1]
        if quote == '"':
            value = re.sub(r"(?s)\\(.)", lambda escape: ESCAPES.get(escape[1], escape[0]), value)
        variables[entry[1]] = value
        rest = BLANK.match(text, quoted.end())
        if rest is None:
            position = quoted.end()
            raise error(f"something follows the closing {quote} of {entry[1]}")
        position = rest.end()
    return variables
