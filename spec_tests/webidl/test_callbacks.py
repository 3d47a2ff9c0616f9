"""Web IDL, 3.11 and 3.12: callbacks."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from worker_runtime import Thrown
from worker_runtime.webidl.callbacks import (
    call_a_user_objects_operation,
    dictionary_member,
    invoke_returning_a_promise,
)

spec = pytest.mark.spec


@spec("https://webidl.spec.whatwg.org/#invoke-a-callback-function")
class TestInvokeReturningAPromise:
    async def test_takes_values_promises_and_coroutines(self) -> None:
        async def coroutine(value: int) -> int:
            return value

        assert await invoke_returning_a_promise(lambda value: value, 1) == 1
        assert await invoke_returning_a_promise(coroutine, 2) == 2

    async def test_what_is_raised_is_a_rejection(self) -> None:
        def fail() -> None:
            raise Thrown("why")

        with pytest.raises(Thrown) as caught:
            await invoke_returning_a_promise(fail)
        assert caught.value.value == "why"


@spec("https://webidl.spec.whatwg.org/#js-dictionary")
class TestDictionaryMember:
    def test_is_a_key_or_an_attribute(self) -> None:
        class Source:
            type = "bytes"

        assert (
            dictionary_member({"type": "bytes"}, "type")
            == dictionary_member(MappingProxyType({"type": "bytes"}), "type")
            == dictionary_member(Source, "type")
            == "bytes"
        )
        assert dictionary_member({}, "type") is dictionary_member(None, "type") is None


@spec("https://webidl.spec.whatwg.org/#call-a-user-objects-operation")
class TestCallAUserObjectsOperation:
    def test_calls_a_callable_or_its_method(self) -> None:
        class Listener:
            def handleEvent(self, event: str) -> str:
                return f"method {event}"

        assert (
            call_a_user_objects_operation(lambda event: f"function {event}", "handleEvent", "e")
            == "function e"
        )
        assert call_a_user_objects_operation(Listener(), "handleEvent", "e") == "method e"

    def test_a_missing_method_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="handleEvent"):
            call_a_user_objects_operation(object(), "handleEvent")
