"""A worker whose Durable Objects are for the tests of them: each runs what the test gives it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any

from spec_tests.cloudflare.durable_objects.harness import instances, operations
from worker_runtime import URL, DurableObject, Response, WebSocketPair


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
        if "fetch" in operations:
            return await self.run("fetch", request)
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


class Listener(Subject):
    """One that accepts every WebSocket, with the path as its tag."""

    async def fetch(self, request: Any) -> Any:
        client, server = WebSocketPair()
        self.ctx.acceptWebSocket(server, [URL(request.url).pathname])
        return Response(None, status=101, webSocket=client)

    async def webSocketMessage(self, ws: Any, message: Any) -> None:
        if "message" in operations:
            await self.run("message", ws, message)

    async def webSocketClose(self, ws: Any, code: int, reason: str, wasClean: bool) -> None:
        if "close" in operations:
            await self.run("close", ws, code, reason, wasClean)

    async def webSocketError(self, ws: Any, error: Any) -> None:
        if "error" in operations:
            await self.run("error", ws, error)


async def fetch(request: Any, env: Any, ctx: Any) -> Any:
    if "upgrade" in request.headers:
        return await env.LISTENER.getByName("it").fetch(request)
    return await env.SUBJECT.getByName("from-fetch").fetch(request)


async def scheduled(controller: Any, env: Any, ctx: Any) -> None:
    operations["scheduled"](controller)
