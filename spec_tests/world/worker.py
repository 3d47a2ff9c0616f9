"""A worker with a bit of everything, for the tests of its world."""

import asyncio
import random
from typing import Any

from worker_runtime import (
    URL,
    ExecutionContext,
    Request,
    Response,
    ScheduledController,
    WebSocketPair,
    caches,
    console,
    crypto,
    fetch as ask,
    performance,
    setTimeout,
)

log: list[str] = []


async def fetch(request: Request, env: Any, ctx: ExecutionContext) -> Response:
    path = URL(request.url).pathname
    match path:
        case "/":
            return Response("Hello World")
        case "/sleep":
            await asyncio.sleep(10)
            return Response(f"{performance.now():.0f}")
        case "/timers":
            for delay in (3000, 1000, 2000, 1000):
                setTimeout(lambda delay=delay: log.append(f"timer {delay}"), delay)
            ctx.waitUntil(asyncio.sleep(2.5))
            return Response("set")
        case "/log":
            return Response("\n".join(log))
        case "/chance":
            dice = [random.randrange(6) for _ in range(4)]
            return Response(
                f"{crypto.randomUUID()} {crypto.getRandomValues(bytearray(8)).hex()} {dice}"
            )
        case "/put":
            await env.CACHE.put("name", "value", {"expirationTtl": 60})
            return Response("stored")
        case "/get":
            return Response(await env.CACHE.get("name") or "gone")
        case "/ask":
            response = await ask("https://api.example/answer?x=1")
            return Response(await response.text(), {"status": response.status})
        case "/ask-others":
            try:
                await ask("https://unknown.example/")
            except TypeError as error:
                return Response(str(error))
        case "/error":
            ctx.waitUntil(fail())
            return Response("ok")
        case "/leak":
            globals()["left"] = asyncio.get_running_loop().create_task(asyncio.Event().wait())
            return Response("leaks")
        case "/forever":
            ctx.waitUntil(asyncio.Event().wait())
            return Response("waits")
        case "/cache":
            cache = await caches.open("c")
            await cache.put(
                "https://a.example/", Response("x", {"headers": {"cache-control": "max-age=60"}})
            )
            return Response(str(len(await cache.keys())))
        case "/chat":
            client, server = WebSocketPair()
            server.accept()
            server.addEventListener("message", lambda event: server.send(f"echo {event.data}"))
            return Response(None, status=101, webSocket=client)
    return Response("not found", {"status": 404})


async def scheduled(controller: ScheduledController, env: Any, ctx: ExecutionContext) -> None:
    log.append(f"cron {controller.cron} {controller.scheduledTime:.0f}")
    console.log("cron", controller.cron)


async def fail() -> None:
    raise KeyError("in the background")
