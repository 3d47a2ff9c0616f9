"""What the words of a command line mean. What is told about wrong ones is in test_messages.py."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

import pytest

from worker_runtime.cli.arguments import (
    count,
    duration,
    hosts,
    moment,
    near_file,
    places_to_listen,
    port,
    positive,
    seconds,
    size,
    tcp_place,
)  # fmt: skip


class TestHosts:
    def test_hosts_are_written_as_in_a_url(self) -> None:
        argument = "A.example, *.b\u00fccher.example:443,[0:0::1]:80,[::FFFF:127.0.0.1],0x7f.1"
        expected = (
            "a.example",
            "*.xn--bcher-kva.example:443",
            "[::1]:80",
            "[::ffff:7f00:1]",
            "127.0.0.1",
        )
        assert hosts(argument) == expected


@pytest.mark.parametrize("number", [count, port, positive, size])
@pytest.mark.parametrize("text", ["", "-1", "1.5", "\u00b2", "x", "9" * 30, " 1", "1_0"])
def test_a_number_is_in_digits(number: Callable[[str], int], text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        number(text)


@pytest.mark.parametrize("time", [duration, moment, seconds])
@pytest.mark.parametrize("text", ["", "-1", "nan", "inf", "1e400", "x"])
def test_a_time_is_finite(time: Callable[[str], float], text: str) -> None:
    with pytest.raises(ArgumentTypeError):
        time(text)


def test_what_may_be_none_may_be_0() -> None:
    assert (size("0"), duration("0"), moment("0"), port("0"), count("0")) == (0, 0.0, 0.0, 0, 0)
    for number in (positive, seconds):
        with pytest.raises(ArgumentTypeError):
            number("0")


def test_a_file_beside_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "worker.py").touch()
    assert near_file(tmp_path / "wroker.py") == f": did you mean {tmp_path / 'worker.py'}?"
    assert near_file(tmp_path / "zzz.txt") == near_file(tmp_path / "no" / "x.py") == ""


class TestPlacesToListen:
    def test_a_port_with_or_without_a_host(self) -> None:
        assert places_to_listen("80, 127.0.0.1:0,[::1]:8000") == ("80", "127.0.0.1:0", "[::1]:8000")
        assert tcp_place("80") == ("127.0.0.1", 80)
        assert tcp_place("[::]:80") == ("::", 80)

    @pytest.mark.parametrize("argument", ["x", ":80", "::1:80", "65536"])
    def test_and_nothing_else(self, argument: str) -> None:
        for function in (places_to_listen, tcp_place):
            with pytest.raises(ArgumentTypeError, match="Not a port with or without a host"):
                function(argument)
