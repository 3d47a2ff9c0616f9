"""Encoding Standard, Implementation considerations: codecs of Python as decoders."""

from __future__ import annotations

from codecs import utf_8_decode

import pytest

from worker_runtime.encoding.encoders_and_decoders import FINISHED, Error, process_a_queue
from worker_runtime.encoding.japanese import ShiftJISDecoder
from worker_runtime.encoding.implementation_considerations import CleanRuns, CodecDecoder
from worker_runtime.encoding.terminology import IOQueue

spec = pytest.mark.spec


class CountingQueue(IOQueue[bytes]):
    """Counts the items that were read, again and again."""

    __slots__ = ("count",)

    def __init__(self, input: bytes) -> None:
        super().__init__(input)
        self.count = 0

    def read_run(self, number: int | None = None) -> bytes:
        run = super().read_run(number)
        self.count += len(run)
        return run


@spec("https://encoding.spec.whatwg.org/#decoder")
class TestCodecDecoder:
    def test_replaces_errors_in_one_go(self) -> None:
        io_queue, output = CountingQueue(b"a\xff" * 1000), list[str]()
        assert (
            process_a_queue(CodecDecoder(utf_8_decode), io_queue, output, "replacement") is FINISHED
        )
        assert ("".join(output), io_queue.count) == ("a\ufffd" * 1000, 2000)

    def test_after_a_fatal_error_what_is_behind_it_comes_next(self) -> None:
        decoder, output = CodecDecoder(utf_8_decode), list[str]()
        assert isinstance(process_a_queue(decoder, IOQueue(b"a\xffb\xc3"), output, "fatal"), Error)
        assert process_a_queue(decoder, IOQueue(b"\xa4c"), output, "fatal") is FINISHED
        assert "".join(output) == "b\xe4c"


@spec("https://encoding.spec.whatwg.org/#implementation-considerations")
class TestCleanRuns:
    def test_a_run_ends_before_an_error_and_before_what_is_incomplete(self) -> None:
        assert CleanRuns("cp949").decode(b"a\xb0\xa1\xff") == ("a\uac00", 3)
        assert CleanRuns("cp949").decode(b"a\xb0\xa1\xb0") == ("a\uac00", 3)
        assert CleanRuns("cp949").decode(b"\xb0") == ("", 0)

    def test_what_is_read_is_the_run_and_no_more(self) -> None:
        io_queue = IOQueue(b"a\xb0\xa1\xffb")
        assert io_queue.read() == 0x61
        assert CleanRuns("cp949").read(io_queue) == "a\uac00"
        assert io_queue.read() == 0xFF
        assert CleanRuns("cp949").read(io_queue) == ""
        assert io_queue.read() == 0x62

    def test_code_points_that_differ_are_exchanged_at_once(self) -> None:
        runs = CleanRuns("gb18030", {"\ue7c7": "\u1e3f", "\u1e3f": "\ue7c7"})
        assert runs.decode(b"\xa8\xbc\x81\x35\xf4\x37") == ("\u1e3f\ue7c7", 6)

    def test_a_mistake_of_the_codec_ends_a_run(self) -> None:
        runs = CleanRuns("big5hkscs", mistakes={"\uff0f": b"\xa2\x41"})
        assert runs.decode(b"a\xa1\xfe") == ("a\uff0f", 3)
        assert runs.decode(b"a\xa4\x40\xa2\x41b") == ("a\u4e00", 3)
        assert runs.decode(b"\xa2\x41b") == ("", 0)

    @pytest.mark.parametrize(
        "unit",
        [b"\xff", b"a\xff", b"\xb0\xa1\xff", b"abcdefg\xff", b"\xb0\xa1" * 40 + b"\xff"],
        ids=len,
    )
    def test_errors_everywhere_let_no_byte_be_tried_often(self, unit: bytes) -> None:
        runs, io_queue = CleanRuns("cp949"), CountingQueue(unit * (20_000 // len(unit)))
        while isinstance(io_queue.read(), int):
            runs.read(io_queue)
        assert io_queue.count < 20_000 * 20

    @pytest.mark.parametrize("unit", [b"\xff", b"a\xff", b"\xfe\xfd\xa0", b"\x82\xa0\xff"], ids=len)
    def test_nor_do_mistakes_of_the_codec_everywhere(self, unit: bytes) -> None:
        runs = CleanRuns("cp932", mistakes=ShiftJISDecoder.MISTAKES)
        io_queue = CountingQueue(unit * (20_000 // len(unit)))
        while isinstance(io_queue.read(), int):
            runs.read(io_queue)
        assert io_queue.count < 20_000 * 20

    def test_what_has_ended_a_run_is_not_tried(self) -> None:
        runs = CleanRuns("cp949")
        assert runs.decode(b"\xb0\xa1" * 20 + b"\xff\xff") == ("\uac00" * 20, 40)
        assert [runs.window() for _ in range(3)] == [0, 80, 80]

    def test_where_there_is_no_run_for_long_tries_become_small_and_rare(self) -> None:
        runs = CleanRuns("cp949")
        for _ in range(8):
            assert runs.window() > 16
            runs.decode(b"\xff\xff")
        assert runs.window() == 16
        runs.decode(b"\xff\xff")
        assert [runs.window() for _ in range(9)] == [0] * 8 + [16]

    def test_after_errors_the_windows_grow_again(self) -> None:
        runs = CleanRuns("cp949")
        for _ in range(8):
            runs.decode(b"\xff\xff")
        windows = []
        for _ in range(10):
            windows.append(runs.window())
            runs.decode(b"a")
        assert windows == [16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 4096]
