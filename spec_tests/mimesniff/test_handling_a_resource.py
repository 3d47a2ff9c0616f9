"""MIME Sniffing Standard, 5."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from worker_runtime.mimesniff.handling_a_resource import (
    Resource,
    read_the_resource_header,
    supplied_mime_type_detection_algorithm,
)

spec = pytest.mark.spec


@spec("https://mimesniff.spec.whatwg.org/#resource")
@spec("https://mimesniff.spec.whatwg.org/#supplied-mime-type-detection-algorithm")
class TestSuppliedMimeTypeDetectionAlgorithm:
    def test_the_last_header_counts(self) -> None:
        resource = Resource()
        supplied_mime_type_detection_algorithm(resource, [b"text/html", b"image/png"])
        assert resource.supplied_mime_type is not None
        assert resource.supplied_mime_type.essence == "image/png"
        assert not resource.check_for_apache_bug_flag

    @pytest.mark.parametrize("content_types", [[], [b""], [b"text/html", b"nothing"]])
    def test_without_a_mime_type_it_is_undefined(self, content_types: list[bytes]) -> None:
        resource = Resource()
        supplied_mime_type_detection_algorithm(resource, content_types)
        assert resource.supplied_mime_type is None

    @pytest.mark.parametrize(
        "value, is_set",
        [
            (b"text/plain", True),
            (b"text/plain; charset=UTF-8", True),
            (b"text/plain;charset=UTF-8", False),
        ],
    )
    def test_the_apache_bug_is_known_by_its_exact_bytes(self, value: bytes, is_set: bool) -> None:
        resource = Resource()
        supplied_mime_type_detection_algorithm(resource, [value])
        assert resource.check_for_apache_bug_flag is is_set


@spec("https://mimesniff.spec.whatwg.org/#read-the-resource-header")
class TestReadTheResourceHeader:
    async def test_reads_no_further_than_needed(self) -> None:
        read: list[int] = []

        async def chunks() -> AsyncIterator[bytes]:
            for number in range(5):
                read.append(number)
                yield b"x" * 700

        resource, iterator = Resource(), chunks()
        await read_the_resource_header(resource, iterator)
        assert (read, len(resource.resource_header)) == ([0, 1, 2], 2100)

    async def test_a_short_resource_is_its_own_header(self) -> None:
        async def chunks() -> AsyncIterator[bytes]:
            yield b"a"
            yield b"b"

        resource = Resource()
        await read_the_resource_header(resource, chunks())
        assert resource.resource_header == b"ab"
