"""Encoding Standard, 3."""

from __future__ import annotations

import pytest

from worker_runtime.encoding.terminology import END_OF_QUEUE, IOQueue

spec = pytest.mark.spec


@spec("https://encoding.spec.whatwg.org/#concept-stream")
class TestIOQueue:
    def test_reads_bytes_in_order_and_then_end_of_queue_for_ever(self) -> None:
        io_queue = IOQueue(b"\x00\xff")
        assert [io_queue.read() for _ in range(4)] == [0x00, 0xFF, END_OF_QUEUE, END_OF_QUEUE]

    def test_reads_scalar_values_as_numbers(self) -> None:
        io_queue = IOQueue("a\U0001f4a9")
        assert [io_queue.read() for _ in range(3)] == [0x61, 0x1F4A9, END_OF_QUEUE]

    def test_what_is_pushed_comes_before_end_of_queue(self) -> None:
        io_queue = IOQueue(b"a")
        assert (io_queue.read(), io_queue.read()) == (0x61, END_OF_QUEUE)
        io_queue.push(b"bc")
        assert io_queue.read() == 0x62
        io_queue.push(b"d")
        assert [io_queue.read() for _ in range(3)] == [0x63, 0x64, END_OF_QUEUE]

    def test_what_is_restored_is_read_again(self) -> None:
        io_queue = IOQueue(b"abc")
        assert [io_queue.read() for _ in range(2)] == [0x61, 0x62]
        io_queue.restore(b"ab")
        assert [io_queue.read() for _ in range(4)] == [0x61, 0x62, 0x63, END_OF_QUEUE]

    def test_what_is_restored_may_have_been_read_before_the_last_push(self) -> None:
        # https://encoding.spec.whatwg.org/#example-tokens
        io_queue = IOQueue(b"\xf0\x9f")
        assert [io_queue.read() for _ in range(3)] == [0xF0, 0x9F, END_OF_QUEUE]
        io_queue.push(b"\x92\xa9")
        io_queue.restore(b"\xf0\x9f")
        assert [io_queue.read() for _ in range(5)] == [0xF0, 0x9F, 0x92, 0xA9, END_OF_QUEUE]

    def test_a_run_starts_with_the_item_that_was_read_last(self) -> None:
        io_queue = IOQueue(b"abcdef")
        assert (io_queue.read(), io_queue.read()) == (0x61, 0x62)
        assert io_queue.read_run(3) == b"bcd"
        assert io_queue.read() == 0x65
        assert io_queue.read_run() == b"ef"
        assert io_queue.read() is END_OF_QUEUE

    def test_a_run_ends_where_the_queue_does(self) -> None:
        io_queue = IOQueue("ab")
        assert io_queue.read() == 0x61
        assert io_queue.read_run(100) == "ab"
        io_queue.restore("b")
        assert (io_queue.read(), io_queue.read()) == (0x62, END_OF_QUEUE)
