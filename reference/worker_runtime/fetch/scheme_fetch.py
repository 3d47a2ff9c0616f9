"""Scheme fetch: what a URL's scheme says about where its resource is.

Fetch Standard, 4.3: https://fetch.spec.whatwg.org/#scheme-fetch
"""

from __future__ import annotations

from ..file_api import blob_url
from ..file_api.blob import Blob, slice_blob
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..mimesniff.mime_types import serialize_a_mime_type
from .bodies import BodyRecord
from .bodyinit_unions import safely_extract
from .data_urls import data_url_processor
from .headers import HeaderList, build_a_content_range, parse_a_single_range_header_value
from .http_fetch import http_fetch
from .infrastructure import AnyResponse, FetchParams, appropriate_network_error
from .requests import RequestRecord
from .responses import ResponseRecord, network_error


async def scheme_fetch(fetch_params: FetchParams) -> AnyResponse:
    """https://fetch.spec.whatwg.org/#concept-scheme-fetch"""
    if fetch_params.is_canceled:
        return appropriate_network_error(fetch_params)
    request = fetch_params.request
    url = request.current_url
    match url.scheme:
        case "about" if url.path == "blank":
            return response_of(BodyRecord(b"", 0), ("Content-Type", "text/html;charset=utf-8"))
        case "blob":
            return blob_response(request)
        case "data":
            data_url_struct = data_url_processor(url)
            if data_url_struct is None:
                return network_error("the data: URL is malformed")
            mime_type = serialize_a_mime_type(data_url_struct.mime_type)
            return response_of(
                BodyRecord(data_url_struct.body, len(data_url_struct.body)),
                ("Content-Type", mime_type),
            )
        case "http" | "https":
            return await http_fetch(fetch_params)
    return network_error(f"nothing can be fetched from a URL with the scheme {url.scheme!r}")


def response_of(body: BodyRecord, *headers: tuple[str, str]) -> ResponseRecord:
    """A response that says "OK".

    Part of https://fetch.spec.whatwg.org/#concept-scheme-fetch
    """
    response = ResponseRecord(HeaderList(headers))
    response.status_message = "OK"
    response.body = body
    return response


def blob_response(request: RequestRecord) -> ResponseRecord:
    """What is behind a blob: URL, all of it or the range that is asked for.

    Part of https://fetch.spec.whatwg.org/#concept-scheme-fetch
    """
    blob_url_entry = request.current_url.blob_url_entry
    if request.method != "GET":
        return network_error(f"a blob: URL is fetched with GET, not with {request.method}")
    if not isinstance(blob_url_entry, blob_url.BlobURLEntry):
        return network_error("there is nothing at the blob: URL, or no longer")
    blob = blob_url.obtain_a_blob_object(blob_url_entry, determine_the_environment(request))
    if blob is None:
        return network_error("the blob: URL belongs to another origin")
    full_length, type = blob.size, blob.type
    range_header = request.header_list.get("Range")
    if range_header is None:
        return response_of(
            safely_extract(blob).body, ("Content-Length", str(full_length)), ("Content-Type", type)
        )
    range_value = parse_a_single_range_header_value(range_header, True)
    if range_value is None:
        return network_error(f"not a range of bytes: {range_header!r}")
    range_start, range_end = range_value
    if range_start is None:
        assert range_end is not None
        # DEVIATION: a suffix that is longer than the whole is the whole, and an empty one is no
        # range, as RFC 9110 has it; by the letter Content-Range would have a negative number.
        range_start = max(0, full_length - range_end)
        range_end = full_length - 1
    if range_start >= full_length:
        return network_error(
            f"the blob has {full_length} bytes, and the range begins with byte {range_start}"
        )
    if range_end is None or range_end >= full_length:
        range_end = full_length - 1
    sliced_blob = slice_blob(blob, range_start, range_end + 1, type)
    response = response_of(
        safely_extract(sliced_blob).body,
        ("Content-Length", str(sliced_blob.size)),
        ("Content-Type", type),
        ("Content-Range", build_a_content_range(range_start, range_end, full_length)),
    )
    response.range_requested = True
    response.status = 206
    response.status_message = "Partial Content"
    return response


def determine_the_environment(request: RequestRecord) -> EnvironmentSettingsObject:
    """https://fetch.spec.whatwg.org/#request-determine-the-environment"""
    return request.reserved_client or request.client or current_settings_object()
