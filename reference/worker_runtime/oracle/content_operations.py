"""What can be asked about content: MIME types, encodings, data: URLs, forms, base64, JSON,
compression, digests.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Any

from ..brotli.prefix_codes import BrotliFailure
from ..compression.decompression_contexts import DecompressionContext
from ..compression.supported_formats import to_compression_format
from ..encoding.hooks import bom_sniff, encode
from ..encoding.names_and_labels import get_an_encoding, get_an_output_encoding
from ..encoding.text_decoder import TextDecoder
from ..encoding.text_encoder import TextEncoder
from ..fetch.data_urls import data_url_processor
from ..fetch.multipart_form_data import (
    multipart_form_data_encoding_algorithm,
    parse_multipart_form_data,
)
from ..file_api.blob import byte_sequence
from ..html.structured_data.structured_clone import structuredClone
from ..infra.forgiving_base64 import forgiving_base64_decode, forgiving_base64_encode
from ..infra.json import (
    parse_json_bytes_to_a_javascript_value,
    serialize_a_javascript_value_to_a_json_string,
)
from ..mimesniff.context_specific_sniffing import (
    rules_for_sniffing_audio_and_video_specifically,
    rules_for_sniffing_fonts_specifically,
    rules_for_sniffing_images_specifically,
)
from ..mimesniff.determining_the_computed_mime_type_of_a_resource import (
    mime_type_sniffing_algorithm,
)
from ..mimesniff.handling_a_resource import Resource, supplied_mime_type_detection_algorithm
from ..mimesniff.mime_types import (
    MIMEType,
    is_archive_mime_type,
    is_audio_or_video_mime_type,
    is_font_mime_type,
    is_html_mime_type,
    is_image_mime_type,
    is_javascript_mime_type,
    is_json_mime_type,
    is_scriptable_mime_type,
    is_xml_mime_type,
    is_zip_based_mime_type,
    minimize_a_supported_mime_type,
    parse_a_mime_type,
    serialize_a_mime_type,
)
from ..url.url_parsing import basic_url_parser
from ..webcrypto.algorithm_normalization import normalize_an_algorithm
from ..webcrypto.algorithms import sha
from ..xhr.form_data import Entry, FormData, entry_list
from .argument_types import BadQuestion, from_form_entry, from_mime_type, shown
from .operation import Failure, Operation, or_failure
from .url_operations import encoding_of

MOST_DECOMPRESSED = 16 * 1024 * 1024  # bytes: a few can mean gigabytes
GROUPS = {
    "image": is_image_mime_type, "audio or video": is_audio_or_video_mime_type, "font":
    is_font_mime_type, "zip-based": is_zip_based_mime_type, "archive": is_archive_mime_type, "xml":
    is_xml_mime_type, "html": is_html_mime_type, "scriptable": is_scriptable_mime_type,
    "javascript": is_javascript_mime_type, "json": is_json_mime_type,
}  # fmt: skip


# ---- MIME types ----------------------------------------------------------------------------------


def parse_mime_type(input: str) -> dict[str, Any]:
    """Failure if it is not one."""
    return from_mime_type(or_failure(parse_a_mime_type(input)))


def mime_type_groups(mime_type: MIMEType) -> list[str]:
    """The names of those that it belongs to."""
    return [name for name, is_member in GROUPS.items() if is_member(mime_type)]


def sniffing_with(rules: Callable[[Resource], MIMEType | None]) -> Callable[..., str | None]:
    """Rules that take the first bytes of a resource and what its headers say of it."""

    def sniff(
        header: bytes, content_types: Sequence[str] | None = None, no_sniff: bool | None = None
    ) -> str | None:
        resource = Resource(None, header, bool(no_sniff))
        supplied_mime_type_detection_algorithm(
            resource, [value.encode("latin-1") for value in content_types or ()]
        )
        computed = rules(resource)
        return None if computed is None else serialize_a_mime_type(computed)

    return sniff


# ---- encodings -----------------------------------------------------------------------------------


def encoding_name(label: str) -> str:
    """Failure if no encoding has the label."""
    return or_failure(get_an_encoding(label)).name


def decode_chunks(
    chunks: Sequence[bytes],
    label: str | None = None,
    fatal: bool | None = None,
    ignore_bom: bool | None = None,
) -> list[str]:
    """The text of each chunk, and of the end; RangeError for a label, TypeError for bytes that are
    wrong.
    """
    decoder = TextDecoder(
        "utf-8" if label is None else label, fatal=bool(fatal), ignoreBOM=bool(ignore_bom)
    )
    return [*(decoder.decode(chunk, stream=True) for chunk in chunks), decoder.decode()]


def decode(
    input: bytes,
    label: str | None = None,
    fatal: bool | None = None,
    ignore_bom: bool | None = None,
) -> str:
    """The text; RangeError for a label, TypeError for bytes that are wrong."""
    return TextDecoder(
        "utf-8" if label is None else label, fatal=bool(fatal), ignoreBOM=bool(ignore_bom)
    ).decode(input)


def encode_with(input: str, label: str) -> bytes:
    """The bytes in the encoding of a label, or in UTF-8 where that one is only decoded; with
    references where it has to.
    """
    return encode(input, get_an_output_encoding(encoding_of(label)))


def encoding_of_bom(input: bytes) -> str | None:
    """The name; None if there is no byte order mark."""
    encoding = bom_sniff(input)
    return None if encoding is None else encoding.name


# ---- data: URLs and forms ------------------------------------------------------------------------


def process_data_url(url: str) -> dict[str, Any]:
    """Failure where a fetch of the URL is a network error."""
    record = basic_url_parser(url)
    if record.scheme != "data":
        raise BadQuestion(f"expected a data: URL, not {shown(url)}")
    mime_type, body = or_failure(data_url_processor(record))
    return {"mimeType": serialize_a_mime_type(mime_type), "body": body}


def parse_multipart(input: bytes, boundary: str) -> list[Any]:
    """The entries; TypeError if the bytes are no form."""
    return [
        from_form_entry(entry) for entry in entry_list(parse_multipart_form_data(input, boundary))
    ]


def serialize_multipart(entries: Sequence[Entry], boundary: str) -> bytes:
    """The bytes of a form."""
    form_data = FormData()
    entry_list(form_data).extend(entries)
    return byte_sequence(multipart_form_data_encoding_algorithm(form_data, boundary).blob)


# ---- base64, JSON, compression, digests ----------------------------------------------------------


def decode_base64(input: str) -> bytes:
    """Failure if it is not one."""
    return or_failure(forgiving_base64_decode(input))


def decompress(format: str, input: bytes) -> bytes:
    """TypeError if the format is unknown, or the input is wrong, breaks off, or has more behind its
    end.
    """
    context = DecompressionContext(to_compression_format(format))
    context.receive(input)
    output = bytearray()
    try:
        while (piece := context.step()) is not None:
            output += piece
            if len(output) > MOST_DECOMPRESSED:
                raise BadQuestion(f"there are more than {MOST_DECOMPRESSED} bytes in it")
    except (zlib.error, BrotliFailure) as error:
        raise TypeError(f"Not {format}: {error}") from None
    if not context.is_at_the_end or context.unused_data:
        what = "has more data behind its end" if context.is_at_the_end else "ends in the middle"
        raise TypeError(f"The {format} {what}")
    return bytes(output)


def digest(algorithm: str, input: bytes) -> bytes:
    """A "NotSupportedError" DOMException for an algorithm that makes no digests."""
    return sha.digest(normalize_an_algorithm("digest", algorithm), input)


CONTENT_OPERATIONS = [
    Operation(
        "mime.parse", "DOMString input", "MIMEType",
        "https://mimesniff.spec.whatwg.org/#parse-a-mime-type", parse_mime_type
    ),
    Operation(
        "mime.serialize", "MIMEType mime_type", "DOMString",
        "https://mimesniff.spec.whatwg.org/#serialize-a-mime-type", serialize_a_mime_type,
    ),
    Operation(
        "mime.minimize", "MIMEType mime_type", "DOMString",
        "https://mimesniff.spec.whatwg.org/#minimize-a-supported-mime-type",
        minimize_a_supported_mime_type,
    ),
    Operation(
        "mime.groups", "MIMEType mime_type", "sequence<DOMString>",
        "https://mimesniff.spec.whatwg.org/#understanding-mime-types", mime_type_groups,
    ),
    Operation(
        "mime.sniff",
        "bytes header, optional sequence<ByteString> content_types, optional boolean no_sniff",
        "DOMString",
        "https://mimesniff.spec.whatwg.org/#mime-type-sniffing-algorithm",
        sniffing_with(mime_type_sniffing_algorithm),
    ),
    Operation(
        "mime.sniff_image", "bytes header, optional sequence<ByteString> content_types",
        "DOMString?",
        "https://mimesniff.spec.whatwg.org/#rules-for-sniffing-images-specifically",
        sniffing_with(rules_for_sniffing_images_specifically),
    ),
    Operation(
        "mime.sniff_audio_or_video", "bytes header, optional sequence<ByteString> content_types",
        "DOMString?",
        "https://mimesniff.spec.whatwg.org/#rules-for-sniffing-audio-and-video-specifically",
        sniffing_with(rules_for_sniffing_audio_and_video_specifically),
    ),
    Operation(
        "mime.sniff_font", "bytes header, optional sequence<ByteString> content_types",
        "DOMString?",
        "https://mimesniff.spec.whatwg.org/#rules-for-sniffing-fonts-specifically",
        sniffing_with(rules_for_sniffing_fonts_specifically),
    ),
    Operation(
        "encoding.get", "DOMString label", "DOMString",
        "https://encoding.spec.whatwg.org/#concept-encoding-get", encoding_name
    ),
    Operation(
        "encoding.decode",
        "bytes input, optional DOMString label, optional boolean fatal, optional boolean ignoreBOM",
        "USVString", "https://encoding.spec.whatwg.org/#textdecoder", decode,
    ),
    Operation(
        "encoding.decode_chunks",
        "sequence<bytes> chunks, optional DOMString label, optional boolean fatal, optional "
        "boolean ignoreBOM",
        "sequence<USVString>", "https://encoding.spec.whatwg.org/#dom-textdecoder-decode",
        decode_chunks,
    ),
    Operation(
        "encoding.encode", "USVString input", "bytes",
        "https://encoding.spec.whatwg.org/#dom-textencoder-encode", TextEncoder().encode,
    ),
    Operation(
        "encoding.encode_with", "USVString input, DOMString label", "bytes",
        "https://encoding.spec.whatwg.org/#encode", encode_with,
    ),
    Operation(
        "encoding.bom_sniff", "bytes input", "DOMString?",
        "https://encoding.spec.whatwg.org/#bom-sniff", encoding_of_bom
    ),
    Operation(
        "data_url.process", "USVString url", "{mimeType, body}",
        "https://fetch.spec.whatwg.org/#data-url-processor", process_data_url,
    ),
    Operation(
        "multipart.parse", "bytes input, ByteString boundary", "sequence<FormEntry>",
        "https://www.rfc-editor.org/rfc/rfc7578#section-4", parse_multipart,
    ),
    Operation(
        "multipart.serialize", "sequence<FormEntry> entries, ByteString boundary", "bytes",
        "https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm",
        serialize_multipart,
    ),
    Operation(
        "base64.encode", "bytes input", "DOMString",
        "https://infra.spec.whatwg.org/#forgiving-base64-encode", forgiving_base64_encode,
    ),
    Operation(
        "base64.decode", "DOMString input", "bytes",
        "https://infra.spec.whatwg.org/#forgiving-base64-decode", decode_base64,
    ),
    Operation(
        "json.parse", "bytes input", "any",
        "https://infra.spec.whatwg.org/#parse-json-bytes-to-a-javascript-value",
        parse_json_bytes_to_a_javascript_value,
    ),
    Operation(
        "json.serialize", "any value", "DOMString",
        "https://infra.spec.whatwg.org/#serialize-a-javascript-value-to-a-json-string",
        serialize_a_javascript_value_to_a_json_string,
    ),
    Operation(
        "structured_data.clone", "any value", "any",
        "https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone",
        structuredClone,
    ),
    Operation(
        "compression.decompress", "DOMString format, bytes input", "bytes",
        "https://compression.spec.whatwg.org/#decompress-and-enqueue-a-chunk", decompress,
    ),
    Operation(
        "crypto.digest", "DOMString algorithm, bytes input", "bytes",
        "https://w3c.github.io/webcrypto/#sha-operations-digest", digest,
    ),
]  # fmt: skip
