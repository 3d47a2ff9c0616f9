"""SPEC_NOTES.md, "Ids and namespaces": what a call will return."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import objects
from worker_runtime import Promise
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#pipelining")
@spec("SPEC_NOTES.md#remote-promise")
@spec("SPEC_NOTES.md#pipelined-property")
class TestPipelining:
    @in_virtual_time
    async def test_a_member_is_asked_for_before_it_is_there(self) -> None:
        calls: list[int] = []

        async def user(it: Any) -> Any:
            calls.append(1)
            await asyncio.sleep(0)
            return {"name": {"first": "Ada"}, "get": 1}

        async with objects(user=user) as (_, stub):
            promise: Any = stub.run("user")
            is_a_promise: bool = isinstance(promise, Promise)
            assert is_a_promise
            assert await promise.name.first == "Ada" and await promise.get == 1
            assert (await promise)["name"] == {"first": "Ada"} and calls == [1]
            assert await stub.run("user").then(lambda user: user["get"]) == 1

    @in_virtual_time
    async def test_what_is_not_there_and_what_is_no_function_are_errors(self) -> None:
        async with objects(fail=lambda it: {"a": 1}["missing"]) as (_, stub):
            for asking, message in (
                (stub.echo({"a": 1}).nope, 'does not implement the method "nope"'),
                (stub.echo({"a": 1}).nope.more, 'does not implement the method "nope"'),
                (stub.echo({"a": 1}).nope(), 'does not implement the method "nope"'),
                (stub.echo({"a": 1}).a(), '"a" is not a function'),
                (stub.echo([1]).a, 'does not implement the method "a"'),
                (stub.remembered.a, 'does not implement the method "a"'),
            ):
                with pytest.raises(TypeError, match=message):
                    await asking
            with pytest.raises(KeyError):
                await stub.run("fail").name
            with pytest.raises(AttributeError):
                stub.echo(1)._private
            with pytest.raises(Exception, match="cannot be copied"):
                await stub.echo(lambda: 1).name
