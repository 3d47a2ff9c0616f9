"""Subresource integrity."""

from __future__ import annotations

import hashlib
from base64 import b64encode

import pytest

from worker_runtime import Response, fetch
from worker_runtime.fetch.subresource_integrity import (
    do_bytes_match_metadata_list,
    get_the_strongest_metadata,
    parse_metadata,
)

from .scripted_network import network_of, response

spec = pytest.mark.spec


def metadata(algorithm: str, data: bytes) -> str:
    return f"{algorithm}-{b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@spec("https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist")
class TestDoBytesMatchMetadataList:
    def test_one_of_the_strongest_has_to_match(self) -> None:
        weak, strong, other = (
            metadata("sha256", b"x"),
            metadata("sha512", b"data"),
            metadata("sha512", b"x"),
        )
        assert do_bytes_match_metadata_list(b"data", f"{weak} {other} {strong}?option")
        assert not do_bytes_match_metadata_list(b"data", f"{metadata('sha256', b'data')} {other}")

    def test_what_nobody_understands_asks_for_nothing(self) -> None:
        assert do_bytes_match_metadata_list(b"data", "md5-abc nonsense")

    @pytest.mark.parametrize("metadata_list", ["sha256", "sha256-", "sha256?x", "md5-abc sha384"])
    def test_an_algorithm_without_a_digest_matches_nothing(self, metadata_list: str) -> None:
        assert not do_bytes_match_metadata_list(b"data", metadata_list)

    def test_base64url_and_missing_padding_count(self) -> None:
        data = next(
            data for data in map(str, range(100)) if "+" in metadata("sha256", data.encode())
        ).encode()
        standard = metadata("sha256", data)
        for variant in (standard, standard.replace("+", "-").replace("/", "_"), standard[:-1]):
            assert do_bytes_match_metadata_list(data, variant)

    async def test_fetch_gives_nothing_that_does_not_match(self) -> None:
        with network_of(lambda request: response(b"data")):
            matching: Response = await fetch(
                "http://a.example/", integrity=metadata("sha384", b"data")
            )
            assert await matching.text() == "data"
            with pytest.raises(TypeError, match="does not match its integrity"):
                await fetch("http://a.example/", integrity=metadata("sha384", b"date"))


@spec("https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata")
class TestParseMetadata:
    def test_keeps_the_algorithms_that_are_known(self) -> None:
        assert parse_metadata(" SHA256-a  md5-b sha512-c?d e") == [("sha256", "a"), ("sha512", "c")]

    def test_a_digest_may_be_missing(self) -> None:
        assert parse_metadata("sha256 sha384? sha512-") == [
            ("sha256", ""), ("sha384", ""), ("sha512", ""),
        ]  # fmt: skip

    def test_items_stand_between_ascii_whitespace(self) -> None:
        assert parse_metadata("sha256-a\u00a0sha384-b\n\tsha512-c") == [
            ("sha256", "a\u00a0sha384-b"), ("sha512", "c"),
        ]  # fmt: skip


@spec("https://w3c.github.io/webappsec-subresource-integrity/#get-the-strongest-metadata")
class TestGetTheStrongestMetadata:
    def test_keeps_all_of_the_strongest(self) -> None:
        items = [("sha256", "a"), ("sha384", "b"), ("sha384", "c")]
        assert get_the_strongest_metadata(items) == [("sha384", "b"), ("sha384", "c")]
