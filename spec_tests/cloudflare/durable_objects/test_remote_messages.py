"""SPEC_NOTES.md, "Objects of several processes": messages and errors."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException
from worker_runtime.cloudflare.durable_objects.remote_messages import (
    check_size,
    error_from_bytes,
    error_of_the_bus,
    error_to_bytes,
    from_bytes,
    lost_error,
    to_bytes,
    with_flags,
)
from worker_runtime.host.bus import BusFailure, BusOverflow
from worker_runtime.html.structured_data.byte_format_writing import record_to_bytes
from worker_runtime.html.structured_data.structured_serialize import structured_serialize

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#remote-messages")
class TestMessages:
    def test_are_lists(self) -> None:
        message = ["call", 1, None, b"x", [1.5, "y"]]
        assert from_bytes(to_bytes(message)) == message

    @pytest.mark.parametrize("value", [None, {}, [], ["call"], [1, 2], ("call", 1)])
    def test_nothing_else_is_one(self, value: Any) -> None:
        with pytest.raises(ValueError, match="its kind"):
            from_bytes(record_to_bytes(structured_serialize(value)))

    def test_cut_anywhere_they_are_none(self) -> None:
        message = to_bytes(["call", 1, "Subject", None, b"x" * 9])
        for end in range(len(message)):
            with pytest.raises((ValueError, DOMException)):
                from_bytes(message[:end])

    def test_a_value_has_to_fit(self) -> None:
        assert check_size(b"x") == b"x"
        with pytest.raises(RuntimeError, match="limited to 32MiB, .* was: 33554432 bytes"):
            check_size(bytes(2**25))


class Own(Exception):
    pass


@spec("SPEC_NOTES.md#remote-errors")
class TestErrors:
    @pytest.mark.parametrize(
        "error",
        [ValueError("a", 1), KeyError("k"), DOMException("m", "AbortError"), OSError(2, "x")],
    )
    def test_keep_class_arguments_and_flags(self, error: Exception) -> None:
        copy = error_from_bytes(*error_to_bytes(with_flags(error, "remote", "retryable")))
        assert type(copy) is type(error) and str(copy) == str(error)
        assert getattr(copy, "remote") and getattr(copy, "retryable")
        assert not hasattr(copy, "overloaded")

    def test_of_a_class_of_ones_own_are_exceptions_with_the_message(self) -> None:
        copy = error_from_bytes(*error_to_bytes(Own("message")))
        assert isinstance(copy, Exception) and str(copy) == "message"

    def test_what_is_no_error_is_refused(self) -> None:
        with pytest.raises(ValueError):
            error_from_bytes([], record_to_bytes(structured_serialize("error")))


@spec("SPEC_NOTES.md#network-connection-lost")
class TestNetworkConnectionLost:
    def test_it_can_be_tried_again(self) -> None:
        for error in (lost_error(), error_of_the_bus(BusFailure("ended"))):
            assert str(error) == "Network connection lost."
            assert vars(error) == {"retryable": True, "durableObjectReset": True}

    def test_where_too_much_waits_it_is_overloaded(self) -> None:
        error = error_of_the_bus(BusOverflow("too much"))
        assert vars(error) == {"overloaded": True} and "overloaded" in str(error)
