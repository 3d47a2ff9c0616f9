"""multipart/form-data: forms as bytes, and bytes as forms.

HTML Standard, 4.10.22.8:
https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data RFC 7578
and RFC 2046: https://www.rfc-editor.org/rfc/rfc7578 and
https://www.rfc-editor.org/rfc/rfc2046#section-5.1
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..encoding.hooks import utf_8_decode_without_bom
from ..file_api.blob import Blob, slice_blob
from ..file_api.file import File, create
from ..html.settings_objects import current_settings_object
from ..infra.byte_sequences import isomorphic_decode
from ..infra.strings import isomorphic_encode
from ..xhr.form_data import FormData, entry_list
from .headers import is_header_name, is_header_value

NEWLINE = "\r\n?|\n"

# https://www.rfc-editor.org/rfc/rfc2045#section-5.1. A backslash stands for itself, as browsers
# write it.
PARAMETER = rb""";[\t ]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"([^"]*)"|([^\t ";]*))[\t ]*"""
PLAIN_HEAD = (
    rb'\r\nContent-Disposition: form-data; name="([^"\r\n]*)"'
    rb'(?:; filename="([^"\r\n]*)"\r\nContent-Type: ([!-~]+))?\r\n\r\n'
)


class PartHead(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc7578#section-4.8"""

    name: bytes
    filename: bytes | None
    content_type: bytes | None


class EncodedForm(NamedTuple):
    """The bytes of a form, and the string that stands between its parts.

    Part of https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm
    """

    blob: Blob
    boundary: str


def multipart_form_data_encoding_algorithm(
    form_data: FormData, boundary: str | None = None
) -> EncodedForm:
    """The files are not copied. A boundary is given only where the bytes have to be the same again.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm
    """
    boundary = boundary or multipart_form_data_boundary_string()
    parts: list[bytes | Blob] = []
    for name, value in entry_list(form_data):
        disposition = f'Content-Disposition: form-data; name="{_escape(_normalize_newlines(name))}"'
        if isinstance(value, File):
            content_type = value.type or "application/octet-stream"
            head = (
                f'{disposition}; filename="{_escape(value.name)}"\r\nContent-Type: {content_type}'
            )
            parts += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), value, b"\r\n"]
        else:
            parts.append(
                f"--{boundary}\r\n{disposition}\r\n\r\n{_normalize_newlines(value)}\r\n".encode()
            )
    return EncodedForm(Blob([*parts, f"--{boundary}--\r\n".encode()]), boundary)


def multipart_form_data_boundary_string() -> str:
    """A string that no part contains. It is in lower case, so that it stays itself where a Blob's
    type holds it.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-boundary-string
    """
    return f"----formdata-{current_settings_object().host.entropy.random_bytes(16).hex()}"


def _normalize_newlines(text: str) -> str:
    """Each newline of a name or a value as CR LF."""
    return re.sub(NEWLINE, "\r\n", text)


def _escape(name: str) -> str:
    """A name as it stands between quotes."""
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")


# ---- parsing -------------------------------------------------------------------------------------


def parse_multipart_form_data(bytes: bytes, boundary: str) -> FormData:
    """The form; TypeError if there is none. What stands before the first part and behind the
    last is ignored.

    Each byte is looked at a bounded number of times, whatever the bytes are, and files are not
    copied.

    https://www.rfc-editor.org/rfc/rfc7578#section-4
    """
    if not boundary:
        raise TypeError("multipart/form-data needs a boundary, and its Content-Type has none")
    form_data = FormData()
    entries = entry_list(form_data)
    whole = Blob([bytes])
    delimiter = b"\r\n--" + isomorphic_encode(boundary)
    position = find(bytes, delimiter[2:] if bytes.startswith(delimiter[2:]) else delimiter, 0)
    plain_heads = re.compile(PLAIN_HEAD)
    while not bytes.startswith(b"--", position):
        if plain_head := plain_heads.match(bytes, position):
            # OPTIMIZATION: as nearly everybody writes it.
            name, filename, content_type = plain_head.groups()
            body = plain_head.end()
        else:
            head = find(bytes, b"\r\n", position)
            if bytes[position : head - 2].strip(b"\t "):
                raise TypeError(
                    f"multipart/form-data with something behind the boundary: "
                    f"{bytes[position : head - 2][:99]!r}"
                )
            body = find(bytes, b"\r\n\r\n", head)
            name, filename, content_type = parse_the_head_of_a_part(bytes[head : body - 4])
        # where the body is empty, its delimiter may follow the headers at once
        position = find(bytes, delimiter, body - 2)
        end = max(position - len(delimiter), body)
        if filename is None:
            entries.append((_unescape(name), utf_8_decode_without_bom(bytes[body:end])))
        else:
            type = "text/plain" if content_type is None else isomorphic_decode(content_type)
            content = slice_blob(whole, body, end, None)
            entries.append((_unescape(name), create(content, _unescape(filename), type=type)))
    return form_data


def find(bytes: bytes, delimiter: bytes, position: int) -> int:
    """The position behind the next delimiter; TypeError if there is none.

    https://www.rfc-editor.org/rfc/rfc2046#section-5.1
    """
    found = bytes.find(delimiter, position)
    if found < 0:
        raise TypeError(f"multipart/form-data ends where {delimiter!r} has to come")
    return found + len(delimiter)


def parse_the_head_of_a_part(head: bytes) -> PartHead:
    """https://www.rfc-editor.org/rfc/rfc7578#section-4.2"""
    disposition = b""
    content_type = None
    for line in head.split(b"\r\n"):
        name, colon, value = isomorphic_decode(line).partition(":")
        value = value.strip("\t ")
        # The name of an entry may have a NUL, which is written as it is.
        is_disposition = name.lower() == "content-disposition"
        text = value.replace("\0", "") if is_disposition else value
        if not colon or not is_header_name(name) or not is_header_value(text):
            raise TypeError(f"Not a header of a part of multipart/form-data: {line[:99]!r}")
        match name.lower():
            case "content-disposition":
                disposition = isomorphic_encode(value)
            case "content-type":
                content_type = isomorphic_encode(value)
    type, semicolon, rest = disposition.partition(b";")
    parameters = parse_parameters(semicolon + rest)
    if type.rstrip(b"\t ").lower() != b"form-data" or b"name" not in parameters:
        raise TypeError(f"Not a Content-Disposition of multipart/form-data: {disposition[:99]!r}")
    return PartHead(parameters[b"name"], parameters.get(b"filename"), content_type)


def parse_parameters(text: bytes) -> dict[bytes, bytes]:
    """What follows the type, from its semicolon on; TypeError if it is malformed.

    https://www.rfc-editor.org/rfc/rfc2183#section-2
    """
    parameters: dict[bytes, bytes] = {}
    text = text.rstrip(b"\t ;")
    pattern = re.compile(PARAMETER)
    position = 0
    while position < len(text):
        parameter = pattern.match(text, position)
        if parameter is None:
            raise TypeError(
                f"Not a parameter of Content-Disposition: {text[position : position + 99]!r}"
            )
        parameters.setdefault(parameter[1].lower(), parameter[2] or parameter[3] or b"")
        position = parameter.end()
    return parameters


def _unescape(name: bytes) -> str:
    """A name from between quotes, as text."""
    if b"%" in name:
        name = name.replace(b"%0A", b"\n").replace(b"%0D", b"\r").replace(b"%22", b'"')
    return utf_8_decode_without_bom(name)
