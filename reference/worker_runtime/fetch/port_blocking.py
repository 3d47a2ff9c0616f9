"""Port blocking: what a request is refused for before it is sent, and a response before it is used.

Fetch Standard, 2.9 and 2.10: https://fetch.spec.whatwg.org/#port-blocking
"""

from __future__ import annotations

from .http_extensions import Verdict, extract_a_mime_type
from .requests import RequestRecord, is_script_like
from .responses import ResponseRecord
from .url import is_http_scheme

# https://fetch.spec.whatwg.org/#bad-port
BAD_PORTS = frozenset({
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
})  # fmt: skip


def should_be_blocked_due_to_a_bad_port(request: RequestRecord) -> Verdict:
    """https://fetch.spec.whatwg.org/#block-bad-port"""
    url = request.current_url
    return "blocked" if is_http_scheme(url.scheme) and url.port in BAD_PORTS else "allowed"


def should_response_to_request_be_blocked_due_to_its_mime_type(
    response: ResponseRecord, request: RequestRecord
) -> Verdict:
    """https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?"""
    if not is_script_like(request.destination):
        return "allowed"
    mime_type = extract_a_mime_type(response.header_list)
    if mime_type is None:
        return "allowed"
    is_no_script = mime_type.type in ("audio", "image", "video") or mime_type.essence == "text/csv"
    return "blocked" if is_no_script else "allowed"
