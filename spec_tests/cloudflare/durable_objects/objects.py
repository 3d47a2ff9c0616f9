"""A worker whose Durable Objects are for the tests of them: each runs what the test gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from spec_tests.cloudflare.durable_objects.harness import instances, operations
from worker_runtime import DurableObject, Response


class Subject(DurableObject):
    """An object that performs the operations of a test."""

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        instances.append(self)
        self.memory = 0
        if "constructor" in operations:
            operations["constructor"](self)

    async def run(self, operation: str, *arguments: Any) -> Any:
        result = operations[operation](self, *arguments)
        return await result if isinstance(result, Awaitable) else result

    async def alarm(self, info: Any) -> None:
        await self.run("alarm", info)

    async def fetch(self, request: Any) -> Any:
        await asyncio.sleep(0)
        return Response(f"{request.method} {request.url} {self.ctx.id.name}")

    async def echo(self, value: Any) -> Any:
        return value

    async def increment(self) -> int:
        count = (await self.ctx.storage.get("count") or 0) + 1
        await self.ctx.storage.put("count", count)
        return count

    @property
    def remembered(self) -> int:
        return self.memory

    def _private(self) -> str:
        return "secret"


async def fetch(request: Any, env: Any, ctx: Any) -> Any:
    return await env.SUBJECT.getByName("from-fetch").fetch(request)
