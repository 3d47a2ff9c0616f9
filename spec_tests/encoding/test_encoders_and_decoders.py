"""Encoding Standard, 4 and 4.1."""

from __future__ import annotations

import pytest

from worker_runtime.encoding.encoders_and_decoders import (
    CONTINUE,
    FINISHED,
    Error,
    process_a_queue,
    process_an_item,
)
from worker_runtime.encoding.korean import EUCKRDecoder, EUCKREncoder
from worker_runtime.encoding.terminology import END_OF_QUEUE, IOQueue

spec = pytest.mark.spec


@spec("https://encoding.spec.whatwg.org/#concept-encoding-run")
class TestProcessAQueue:
    def test_decodes_to_the_end_of_the_queue(self) -> None:
        output: list[str] = []
        assert (
            process_a_queue(EUCKRDecoder(), IOQueue(b"a\xb0\xa1"), output, "replacement")
            is FINISHED
        )
        assert "".join(output) == "a\uac00"

    def test_puts_u_fffd_for_each_error_of_a_decoder(self) -> None:
        output: list[str] = []
        assert (
            process_a_queue(EUCKRDecoder(), IOQueue(b"\x80a\xffb\xb0"), output, "replacement")
            is FINISHED
        )
        assert "".join(output) == "\ufffda\ufffdb\ufffd"

    @spec("https://encoding.spec.whatwg.org/#error")
    def test_stops_at_the_first_error_that_is_fatal(self) -> None:
        io_queue = IOQueue(b"\x80a")
        result = process_a_queue(EUCKRDecoder(), io_queue, [], "fatal")
        assert isinstance(result, Error) and result.code_point is None
        assert io_queue.read() == 0x61

    def test_puts_a_decimal_reference_for_each_error_of_an_encoder(self) -> None:
        output: list[bytes] = []
        assert (
            process_a_queue(EUCKREncoder(), IOQueue("a\u00e4\U0001f4a9\uac00"), output, "html")
            is FINISHED
        )
        assert b"".join(output) == b"a&#228;&#128169;\xb0\xa1"

    def test_a_fatal_error_of_an_encoder_has_its_code_point(self) -> None:
        io_queue, output = IOQueue("a\u00e4b"), list[bytes]()
        result = process_a_queue(EUCKREncoder(), io_queue, output, "fatal")
        assert isinstance(result, Error) and result.code_point == 0xE4
        assert (b"".join(output), io_queue.read()) == (b"a", 0x62)


@spec("https://encoding.spec.whatwg.org/#concept-encoding-process")
class TestProcessAnItem:
    def test_an_item_may_give_nothing_yet(self) -> None:
        decoder, io_queue, output = EUCKRDecoder(), IOQueue(b""), list[str]()
        io_queue.push(b"\xb0")
        assert (
            process_an_item(io_queue.read(), decoder, io_queue, output, "replacement") is CONTINUE
        )
        assert output == []
        io_queue.push(b"\xa1")
        assert (
            process_an_item(io_queue.read(), decoder, io_queue, output, "replacement") is CONTINUE
        )
        assert output == ["\uac00"]

    def test_end_of_queue_finishes(self) -> None:
        assert (
            process_an_item(END_OF_QUEUE, EUCKRDecoder(), IOQueue(b""), [], "replacement")
            is FINISHED
        )

    def test_an_error_at_end_of_queue_comes_before_the_finish(self) -> None:
        decoder, io_queue, output = EUCKRDecoder(), IOQueue(b"\xb0"), list[str]()
        results = [
            process_an_item(io_queue.read(), decoder, io_queue, output, "replacement")
            for _ in range(3)
        ]
        assert results == [CONTINUE, CONTINUE, FINISHED]
        assert output == ["\ufffd"]
