"""multipart/form-data: forms as bytes, and bytes as forms.

HTML Standard, 4.10.22.8: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
RFC 7578: https://www.rfc-editor.org/rfc/rfc7578, and the grammar of RFC 2046, 5.1.1, https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..encoding.hooks import utf_8_decode_without_bom
from ..file_api.blob import Blob, slice_blob
from ..file_api.file import File
from ..html.settings_objects import current_settings_object
from ..infra.byte_sequences import isomorphic_decode
from ..infra.strings import isomorphic_encode
from ..xhr.form_data import FormData, entry_list
from .headers import is_header_name, is_header_value, normalize

NEWLINE = re.compile("\r\n?|\n")

# https://www.rfc-editor.org/rfc/rfc2045#section-5.1. A backslash stands for itself, as browsers write it.
PARAMETER = re.compile(r""";[\t ]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"([^"]*)"|([^\t ";]*))[\t ]*""")


class PartHead(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc7578#section-4.8"""

    name: str
    filename: str | None
    content_type: str


class EncodedForm(NamedTuple):
    """The bytes of a form, and the string that stands between its parts.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart-form-data
    """

    blob: Blob
    boundary: str


def multipart_form_data_encoding_algorithm(form_data: FormData) -> EncodedForm:
    """The files are not copied.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm
    """
    boundary = multipart_form_data_boundary_string()
    parts: list[bytes | Blob] = []
    for name, value in entry_list(form_data):
        disposition = f'Content-Disposition: form-data; name="{escape(normalize_newlines(name))}"'
        if isinstance(value, File):
            content_type = value.type or "application/octet-stream"
            head = f'{disposition}; filename="{escape(value.name)}"\r\nContent-Type: {content_type}'
            parts += [f"--{boundary}\r\n{head}\r\n\r\n".encode(), value, b"\r\n"]
        else:
            parts.append(f"--{boundary}\r\n{disposition}\r\n\r\n{normalize_newlines(value)}\r\n".encode())
    return EncodedForm(Blob([*parts, f"--{boundary}--\r\n".encode()]), boundary)


def multipart_form_data_boundary_string() -> str:
    """A string that no part contains. It is in lower case, so that it stays itself where a Blob's type holds it.

    https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-boundary-string
    """
    return f"----formdata-{current_settings_object().entropy.random_bytes(16).hex()}"


def normalize_newlines(text: str) -> str:
    """Each newline of a name or a value as CR LF."""
    return NEWLINE.sub("\r\n", text)


def escape(name: str) -> str:
    """A name as it stands between quotes."""
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")


# ---- parsing -----------------------------------------------------------------------------------------------------------------


def parse_multipart_form_data(bytes: bytes, boundary: str) -> FormData:
    """The form; TypeError if the bytes are none. What stands before the first part and behind the last is ignored.

    Each byte is looked at a bounded number of times, whatever the bytes are, and files are not copied.

    https://www.rfc-editor.org/rfc/rfc7578#section-4
    """
    if not boundary:
        raise TypeError("multipart/form-data needs a boundary, and its Content-Type has none")
    form_data = FormData()
    entries = entry_list(form_data)
    whole = Blob([bytes])
    delimiter = b"\r\n--" + isomorphic_encode(boundary)
    position = find(bytes, delimiter[2:] if bytes.startswith(delimiter[2:]) else delimiter, 0)
    while not bytes.startswith(b"--", position):
        head = find(bytes, b"\r\n", position)
        if bytes[position : head - 2].strip(b"\t "):
            raise TypeError(f"multipart/form-data with something behind the boundary: {bytes[position : head - 2][:99]!r}")
        body = find(bytes, b"\r\n\r\n", head)
        name, filename, content_type = parse_the_head_of_a_part(isomorphic_decode(bytes[head : body - 4]))
        position = find(bytes, delimiter, body - 2)  # where the body is empty, its delimiter may follow the headers at once
        end = max(position - len(delimiter), body)
        if filename is None:
            entries.append((name, utf_8_decode_without_bom(bytes[body:end])))
        else:
            entries.append((name, File([slice_blob(whole, body, end, None)], filename, type=content_type)))
    return form_data


def find(bytes: bytes, delimiter: bytes, position: int) -> int:
    """The position behind the next delimiter; TypeError if there is none.

    https://www.rfc-editor.org/rfc/rfc2046#section-5.1
    """
    found = bytes.find(delimiter, position)
    if found < 0:
        raise TypeError(f"multipart/form-data ends where {delimiter!r} has to come")
    return found + len(delimiter)


def parse_the_head_of_a_part(head: str) -> PartHead:
    """https://www.rfc-editor.org/rfc/rfc7578#section-4.2"""
    disposition = ""
    content_type = "text/plain"
    for line in head.split("\r\n"):
        name, colon, value = line.partition(":")
        value = normalize(value)
        if not colon or not is_header_name(name) or not is_header_value(value):
            raise TypeError(f"Not a header of a part of multipart/form-data: {line[:99]!r}")
        match name.lower():
            case "content-disposition":
                disposition = value
            case "content-type":
                content_type = value
    type, semicolon, rest = disposition.partition(";")
    parameters = parse_parameters(semicolon + rest)
    if type.rstrip("\t ").lower() != "form-data" or "name" not in parameters:
        raise TypeError(f"Not a Content-Disposition of multipart/form-data: {disposition[:99]!r}")
    filename = parameters.get("filename")
    return PartHead(unescape(parameters["name"]), None if filename is None else unescape(filename), content_type)


def parse_parameters(text: str) -> dict[str, str]:
    """What follows the type, from its semicolon on; TypeError if it is malformed.

    https://www.rfc-editor.org/rfc/rfc2183#section-2
    """
    parameters: dict[str, str] = {}
    text = text.rstrip("\t ;")
    position = 0
    while position < len(text):
        parameter = PARAMETER.match(text, position)
        if parameter is None:
            raise TypeError(f"Not a parameter of Content-Disposition: {text[position : position + 99]!r}")
        parameters.setdefault(parameter[1].lower(), parameter[2] or parameter[3] or "")
        position = parameter.end()
    return parameters


def unescape(name: str) -> str:
    """A name from between quotes, in bytes that were decoded as they are, as text."""
    if "%" in name:
        name = name.replace("%0A", "\n").replace("%0D", "\r").replace("%22", '"')
    return name if name.isascii() else utf_8_decode_without_bom(isomorphic_encode(name))
