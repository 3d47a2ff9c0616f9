"""What the server itself has to say."""

from __future__ import annotations

from worker_runtime.server.text_responses import text_response


def test_the_text_is_in_utf_8_and_nothing_is_lost() -> None:
    response = text_response(418, "\u00fc\ud800\n", headers=(("x", "y"),))
    assert response.status == 418 and response.body is not None
    assert list(response.header_list) == [("content-type", "text/plain;charset=UTF-8"), ("x", "y")]
    assert response.body.take_bytes() == b"\xc3\xbc\\ud800\n" and response.body.length == 9
