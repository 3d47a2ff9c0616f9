"""Web IDL, 2.8 and 4.4: exceptions."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import DOMException, QuotaExceededError, RangeError, Thrown
from worker_runtime.webidl.exceptions import exception_of, reason_of

spec = pytest.mark.spec


@spec("https://webidl.spec.whatwg.org/#exceptiondef-rangeerror")
class TestRangeError:
    def test_is_a_value_error_of_python(self) -> None:
        assert issubclass(RangeError, ValueError)


@spec("https://webidl.spec.whatwg.org/#idl-DOMException")
class TestDOMException:
    def test_has_defaults(self) -> None:
        error = DOMException()
        assert (error.message, error.name, error.code) == ("", "Error", 0)

    @pytest.mark.parametrize(
        "name, code",
        [("IndexSizeError", DOMException.INDEX_SIZE_ERR), ("AbortError", DOMException.ABORT_ERR),
         ("DataCloneError", DOMException.DATA_CLONE_ERR), ("OperationError", 0),
         ("EncodingError", 0), ("made up", 0)],
    )  # fmt: skip
    def test_old_names_have_their_code(self, name: str, code: int) -> None:
        assert DOMException("m", name).code == code

    def test_shows_its_name_and_message(self) -> None:
        assert str(DOMException("gone", "NotFoundError")) == "NotFoundError: gone"
        assert str(DOMException("", "NotFoundError")) == "NotFoundError"


@spec("https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quota")
@spec("https://webidl.spec.whatwg.org/#dom-quotaexceedederror-requested")
@spec("https://webidl.spec.whatwg.org/#quotaexceedederror")
@spec("https://webidl.spec.whatwg.org/#dom-quotaexceedederror-quotaexceedederror")
class TestQuotaExceededError:
    def test_is_a_dom_exception_with_numbers(self) -> None:
        error = QuotaExceededError("full", quota=10, requested=11)
        assert isinstance(error, DOMException)
        assert (error.name, error.code, error.message, error.quota, error.requested) == (
            "QuotaExceededError",
            22,
            "full",
            10,
            11,
        )

    def test_numbers_are_optional(self) -> None:
        assert (QuotaExceededError().quota, QuotaExceededError().requested) == (None, None)

    @pytest.mark.parametrize("quota, requested", [(-1, None), (None, -1), (5, 4)])
    def test_impossible_numbers_are_a_range_error(
        self, quota: float | None, requested: float | None
    ) -> None:
        with pytest.raises(RangeError):
            QuotaExceededError(quota=quota, requested=requested)


@spec("https://webidl.spec.whatwg.org/#dfn-throw")
@spec("https://webidl.spec.whatwg.org/#js-creating-throwing-exceptions")
class TestExceptionOf:
    def test_an_exception_is_itself_and_a_value_travels(self) -> None:
        error = KeyError("k")
        assert exception_of(error) is error
        carrier = exception_of("value")
        assert isinstance(carrier, Thrown) and carrier.value == "value"


@spec("https://webidl.spec.whatwg.org/#js-handling-exceptions")
class TestReasonOf:
    @pytest.mark.parametrize("reason", [KeyError("k"), "text", None, 0])
    def test_undoes_exception_of(self, reason: object) -> None:
        assert reason_of(exception_of(reason)) is reason

    @pytest.mark.parametrize("error", [SystemExit(4), KeyboardInterrupt(), GeneratorExit()])
    def test_what_ends_processes_and_generators_is_an_ordinary_exception(
        self, error: BaseException
    ) -> None:
        reason = reason_of(error)
        assert isinstance(reason, RuntimeError) and reason.__cause__ is error
        assert repr(error) in str(reason)


@spec("https://webidl.spec.whatwg.org/#dom-domexception-domexception")
class TestConversionOfTheMessage:
    def test_is_a_string(self) -> None:
        message: Any = KeyError("a")
        assert DOMException(message).message == "'a'"
        for message in ([1], {"a": 1}, b"x", print):
            with pytest.raises(TypeError, match="Expected a string"):
                DOMException(message)
