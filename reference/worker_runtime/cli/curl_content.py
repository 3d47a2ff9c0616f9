"""curl's content: what a request of `fetch` carries, from the options for data.

Files are not read before they are sent, so that their size does not matter; they can be sent again
after a redirect.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from typing import BinaryIO
from urllib.parse import quote_from_bytes

from ..fetch.bodies import BodyRecord
from ..host.entropy import Entropy
from ..html.event_loops import in_a_thread
from ..streams.readable_stream import ReadableStream

PIECE = 64 * 1024  # of a file that is sent
URL_ENCODED = "application/x-www-form-urlencoded"
# Those that curl knows, by the ends of names.
TYPES_OF_FILES = {
    ".gif": "image/gif", ".htm": "text/html", ".html": "text/html", ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg", ".pdf": "application/pdf", ".png": "image/png", ".svg": "image/svg+xml",
    ".txt": "text/plain", ".xml": "application/xml",
}  # fmt: skip


class ContentError(ValueError):
    """What is to be sent does not fit together; the message says what to write."""


@dataclass(slots=True)
class Content:
    """Bytes and files, one after the other, and what they are; None is standard input. Nobody knows
    the length of that, or of another pipe.
    """

    parts: list[bytes | Path | None]
    type: str | None = None
    accept: str | None = None

    @property
    def length(self) -> int | None:
        """How many bytes there are. OSError if a file is not there."""
        if any(part is None or not is_regular(part) for part in self.parts):
            return None
        return sum(
            part.stat().st_size if isinstance(part, Path) else len(part or b"")
            for part in self.parts
        )

    def body(self) -> BodyRecord:
        """A body with all of it. It can be made again where its length is known."""
        if all(isinstance(part, bytes) for part in self.parts):
            source = b"".join(part for part in self.parts if isinstance(part, bytes))
            return BodyRecord(source, len(source))
        return BodyRecord(None, self.length, ReadableStream.from_(pieces_of(self.parts)))


def is_regular(part: bytes | Path) -> bool:
    """Whether it has a length: no pipe."""
    return isinstance(part, bytes) or part.is_file()


async def pieces_of(parts: Iterable[bytes | Path | None]) -> AsyncIterator[bytes]:
    """What is in the parts, piece by piece; the writer of a pipe may take its time."""
    for part in parts:
        if isinstance(part, bytes):
            yield part
        elif part is None:
            while piece := await in_a_thread(partial(os.read, sys.stdin.fileno(), PIECE)):
                yield piece
        else:
            file, is_read = part.open("rb"), Lock()
            try:
                while piece := await in_a_thread(partial(read_a_piece, file, is_read)):
                    yield piece
            finally:
                # Nobody may wait for a thread that still reads: another file would get its number.
                in_a_thread(partial(close, file, is_read))


def read_a_piece(file: BinaryIO, is_read: Lock) -> bytes:
    """What comes next; nothing at the end."""
    with is_read:
        return os.read(file.fileno(), PIECE)


def close(file: BinaryIO, is_read: Lock) -> None:
    """Close a file when nobody reads it any more."""
    with is_read:
        file.close()


def content_of(data: list[tuple[str, str]], entropy: Entropy) -> Content | None:
    """What the options for data say, each with its name. ContentError if they do not go together;
    OSError.
    """
    kinds = {"form" if name.startswith("form") else name == "json" for name, _ in data}
    if len(kinds) > 1:
        raise ContentError("--form, --json and --data are three kinds of content: keep one of them")
    if "form" in kinds:
        return form_content(data, entropy)
    if True in kinds:
        content = b"".join(bytes_of(name, argument) for name, argument in data)
        return Content([content], "application/json", "application/json")
    if kinds:
        return Content([b"&".join(bytes_of(name, value) for name, value in data)], URL_ENCODED)
    return None


def bytes_of(name: str, argument: str) -> bytes:
    """The data of an option."""
    if name == "data-urlencode":
        return url_encoded(argument)
    if name == "data-raw" or not argument.startswith("@"):
        return argument.encode("utf-8", "surrogateescape")
    content = read(argument[1:])
    return re.sub(rb"[\r\n\0]", b"", content) if name == "data" else content


def url_encoded(argument: str) -> bytes:
    """`text`, `=text`, `name=text`, `@file` or `name@file`, with the text percent-encoded."""
    found = re.fullmatch(r"([^=@]*)([=@])(.*)", argument, re.DOTALL)
    if found is None:
        name, text = "", argument.encode("utf-8", "surrogateescape")
    else:
        name, sign, rest = found.groups()
        text = read(rest) if sign == "@" else rest.encode("utf-8", "surrogateescape")
    encoded = quote_from_bytes(text, safe="").replace("%20", "+")
    return f"{name}={encoded}".encode() if name else encoded.encode()


def read(file: str) -> bytes:
    """What is in a file; `-` is standard input."""
    return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()


# ---- forms ---------------------------------------------------------------------------------------


def form_content(data: list[tuple[str, str]], entropy: Entropy) -> Content:
    """multipart/form-data.

    https://www.rfc-editor.org/rfc/rfc7578#section-4
    """
    boundary = "-" * 24 + entropy.random_bytes(8).hex()
    parts: list[bytes | Path | None] = []
    for option, argument in data:
        name, equals, value = argument.partition("=")
        if not equals:
            raise ContentError(f"a part of a form is NAME=VALUE, not {argument!r}")
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{escaped(name)}"'
        if option == "form-string":
            parts += [f"{head}\r\n\r\n{value}\r\n".encode()]
            continue
        value, attributes = attributes_of(value)
        content: bytes | Path | None = value.encode()
        file_name, type = attributes.get("filename"), attributes.get("type")
        if value[:1] in ("@", "<"):
            content = None if value[1:] == "-" else Path(value[1:])
        if value.startswith("@"):
            file_name = file_name or (value[1:].rpartition("/")[2])
            ending = Path(file_name).suffix.lower()
            type = type or TYPES_OF_FILES.get(ending, "application/octet-stream")
        if content is None or isinstance(content, Path):
            content = read_or_keep(content)
        head += f'; filename="{escaped(file_name)}"' if file_name else ""
        head += f"\r\nContent-Type: {type}" if type else ""
        parts += [f"{head}\r\n\r\n".encode(), content, b"\r\n"]
    parts.append(f"--{boundary}--\r\n".encode())
    return Content(parts, f"multipart/form-data; boundary={boundary}")


def read_or_keep(file: Path | None) -> bytes | Path:
    """A file that is there, or what is in standard input or in a pipe: its length has to be known.
    OSError if it cannot be read.
    """
    if file is None:
        return sys.stdin.buffer.read()
    with file.open("rb") as opened:
        return file if file.is_file() else opened.read()


def attributes_of(value: str) -> tuple[str, dict[str, str]]:
    """What stands before `;type=` and `;filename=`, and the values of these. Between double quotes,
    `;` is itself.
    """
    first = re.match(r'([@<]?)"((?:[^"\\]|\\.)*)"', value)
    if first is not None:
        begin, rest = first[1] + re.sub(r"\\(.)", r"\1", first[2]), value[first.end() :]
    else:
        found = re.search(r";\s*(?:type|filename)=", value)
        end = len(value) if found is None else found.start()
        begin, rest = value[:end], value[end:]
    attributes = {}
    for name, quoted, text in re.findall(
        r';\s*(type|filename)=(?:"((?:[^"\\]|\\.)*)"|((?:[^;]|;(?!\s*(?:type|filename)=))*))', rest
    ):
        attributes[name] = re.sub(r"\\(.)", r"\1", quoted) or text.strip()
    return begin, attributes


def escaped(name: str) -> str:
    """A name as it stands between quotes.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm
    """
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")
