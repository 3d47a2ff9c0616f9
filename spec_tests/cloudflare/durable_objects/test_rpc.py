"""SPEC_NOTES.md, "Ids and namespaces": calls of methods."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import instances, objects
from worker_runtime import DOMException, ReadableStream, Response
from worker_runtime.cloudflare.durable_objects.rpc import error_over_rpc
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#call-a-method")
class TestCallAMethod:
    @in_virtual_time
    async def test_arguments_and_results_are_copies(self) -> None:
        async with objects(same=lambda it, value: value is kept) as (_, stub):
            kept = [1]
            assert await stub.run("same", kept) is False
            value = {"a": [1, b"x", {2}]}
            echo = await stub.echo(value)
            assert echo == value and echo is not value

    @in_virtual_time
    async def test_what_cannot_be_cloned_is_refused(self) -> None:
        async with objects(give=lambda it: lambda: None) as (_, stub):
            for call in (stub.echo(print), stub.run("give")):
                with pytest.raises(DOMException) as raised:
                    await call
                assert raised.value.name == "DataCloneError"

    @in_virtual_time
    async def test_what_is_no_method(self) -> None:
        async with objects() as (_, stub):
            with pytest.raises(TypeError, match='does not implement the method "nope"'):
                await stub.nope()
            with pytest.raises(TypeError, match='does not implement the method "memory"'):
                await stub.memory()
            for name in ("alarm", "webSocketMessage", "constructor"):
                with pytest.raises(TypeError, match=f"'{name}' is a reserved method"):
                    await getattr(stub, name)()
            with pytest.raises(AttributeError):
                stub._private()


@spec("SPEC_NOTES.md#read-a-property")
class TestReadAProperty:
    @in_virtual_time
    async def test_a_property_is_awaited(self) -> None:
        async with objects() as (_, stub):
            assert await stub.remembered == 0
            for name in ("memory", "echo", "nope"):
                with pytest.raises(TypeError, match="does not implement"):
                    await getattr(stub, name)


@spec("SPEC_NOTES.md#error-over-rpc")
class TestErrorOverRPC:
    @in_virtual_time
    async def test_an_error_arrives_and_the_object_stays(self) -> None:
        def fail(it: Any) -> None:
            it.memory += 1
            raise ValueError("no good")

        async with objects(fail=fail) as (_, stub):
            with pytest.raises(ValueError, match="no good") as raised:
                await stub.run("fail")
            assert raised.value.remote  # type: ignore[attr-defined]
            assert await stub.remembered == 1 and len(instances) == 1

    def test_what_has_no_clone_is_an_exception_with_its_message(self) -> None:
        class Own(Exception):
            pass

        error = error_over_rpc(Own("message"))
        assert type(error) is Exception and str(error) == "message"


@spec("SPEC_NOTES.md#call-fetch")
class TestCallFetch:
    @in_virtual_time
    async def test_an_object_stays_while_its_response_is_read(self) -> None:
        async def fetch(it: Any, request: Any) -> Response:
            async def numbers() -> AsyncIterator[bytes]:
                for number in range(40):
                    await asyncio.sleep(1)
                    yield b"%d " % number

            return Response(ReadableStream.from_(numbers()))

        async with objects(fetch=fetch) as (world, stub):
            response = await stub.fetch("http://x/")
            text = response.text()
            await world.advance(seconds=60)
            assert (await text).split()[-1] == "39" and len(instances) == 1
            dropped = await stub.fetch("http://x/")
            del dropped
            await world.advance(minutes=2)
            assert await stub.remembered == 0 and len(instances) == 2
