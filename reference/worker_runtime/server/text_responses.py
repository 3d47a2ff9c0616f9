"""Text responses: what the server itself has to say, where no worker does."""

from __future__ import annotations

from ..fetch.bodies import BodyRecord
from ..fetch.headers import Header, HeaderList
from ..fetch.responses import ResponseRecord

PLAIN_TEXT = "text/plain;charset=UTF-8"


def text_response(
    status: int, text: str, type: str = PLAIN_TEXT, headers: tuple[Header, ...] = ()
) -> ResponseRecord:
    """A response whose content is that text, in UTF-8; lone surrogates are escaped."""
    response = ResponseRecord(HeaderList([("content-type", type), *headers]))
    response.status = status
    content = text.encode("utf-8", "backslashreplace")
    response.body = BodyRecord(content, len(content))
    return response
