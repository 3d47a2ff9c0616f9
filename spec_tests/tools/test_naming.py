"""Naming: what is called what the standard calls it."""

from __future__ import annotations

import pytest

from tools.traceability.naming import is_called


@pytest.mark.parametrize(
    "name, title",
    [
        ("http_redirect_fetch", "HTTP-redirect fetch"),
        ("determine_the_same_site_mode", "determine the same-site mode"),
        ("IOQueue", "I/O queue"),
        ("ReadableStream.from_", "ReadableStream.from()"),
        ("URL.__init__", "new URL()"),
        ("URL", "new URL()"),
        ("URLSearchParams.__str__", "stringification behavior (URLSearchParams)"),
        ("RequestRecord", "request"),
        ("domain_matches", "Domain Matching"),
        ("append", "append (header list)"),
        ("enqueue_into_readable_stream", "enqueue (ReadableStream)"),
        ("convert_to_scalar_value_string", "convert (string)"),
        ("encrypt", "The encrypt method"),
        ("is_method", "method"),
        ("flatten_more_options", "flatten more (Event)"),
    ],
)
def test_a_name_is_the_title_in_python(name: str, title: str) -> None:
    assert is_called(name, (title,))


@pytest.mark.parametrize(
    "name, title",
    [
        ("a_listener_is_done", "WebSocket.onmessage"),
        ("takes_long", "Description"),
        ("fetch_by_mode", "Main fetch"),
        ("stored_body", "Bodies"),
        ("answer", "Caches"),
        ("create", "Cache"),
        ("connection_pool", "Connections"),
        ("URLFailure", "validation error"),
        ("in_a_thread", "start a new parallel queue"),
    ],
)
def test_the_name_of_something_near_is_not_it(name: str, title: str) -> None:
    assert not is_called(name, (title,))


def test_an_id_is_a_title_too() -> None:
    assert is_called("parse_a_vint", ("signature", "parse-a-vint"))
