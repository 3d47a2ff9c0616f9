"""SPEC_NOTES.md, "Module workers"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import ExecutionContext, Request, Response, WorkerEntrypoint
from worker_runtime.cloudflare.module_worker import add_module_handlers

spec = pytest.mark.spec


async def site_of(env: dict[str, object] | None = None, **module: object) -> Site:
    return await site_with(lambda scope: add_module_handlers(scope, module, env or {}))


async def text_from(site: Site) -> str:
    response = await site.fetch("/path")
    assert response is not None and response.body is not None
    content = response.body.take_bytes()
    assert content is not None
    return content.decode()


@spec("SPEC_NOTES.md#add-module-handlers")
class TestAddModuleHandlers:
    async def test_a_function_answers(self) -> None:
        def fetch(request: Request, env: SimpleNamespace, ctx: ExecutionContext) -> Response:
            return Response(f"{request.url} {env.GREETING}")

        assert (
            await text_from(await site_of({"GREETING": "Servus"}, fetch=fetch))
            == "https://site.example/path Servus"
        )

    async def test_a_coroutine_answers(self) -> None:
        async def fetch(request: Request, env: SimpleNamespace, ctx: ExecutionContext) -> Response:
            await asyncio.sleep(0)
            return Response("later")

        assert await text_from(await site_of(fetch=fetch)) == "later"

    async def test_a_class_answers_with_an_instance_for_each_event(self) -> None:
        instances = []

        class Default:
            env: SimpleNamespace

            async def fetch(self, request: Request) -> Response:
                instances.append(self)
                return Response(self.env.NAME)

        site = await site_of({"NAME": "class"}, Default=Default)
        assert [await text_from(site), await text_from(site)] == ["class", "class"]
        assert instances[0] is not instances[1]

    async def test_the_platforms_own_fetch_is_no_handler(self) -> None:
        async def fetch(input: object) -> Response:
            return Response("not a handler")

        fetch.__module__ = "worker_runtime.fetch.fetch_method"
        assert await (await site_of(fetch=fetch)).fetch() is None

    async def test_a_module_without_handlers_has_none(self) -> None:
        assert await (await site_of(Default="no class", fetch=None)).fetch() is None


@spec("SPEC_NOTES.md#worker-entrypoint")
class TestWorkerEntrypoint:
    async def test_is_made_with_its_context_and_environment(self) -> None:
        class Default(WorkerEntrypoint):
            def fetch(self, request: Request) -> Response:
                return Response(f"{type(self.ctx).__name__} {self.env.NAME}")

        assert (
            await text_from(await site_of({"NAME": "env"}, Default=Default))
            == "ExecutionContext env"
        )


@spec("SPEC_NOTES.md#answer")
class TestAnswer:
    @pytest.mark.parametrize("is_async", [False, True])
    async def test_what_a_handler_raises_is_a_network_error_and_reported(
        self, is_async: bool
    ) -> None:
        def fails(request: Request, env: object, ctx: object) -> Response:
            raise KeyError("in the handler")

        async def fails_later(request: Request, env: object, ctx: object) -> Response:
            await asyncio.sleep(0)
            raise KeyError("in the handler")

        site = await site_of(fetch=fails_later if is_async else fails)
        response = await site.fetch()
        assert response is not None and response.type == "error"
        assert [type(value) for value, _ in site.reports] == [KeyError]


@spec("SPEC_NOTES.md#execution-context")
@spec("SPEC_NOTES.md#execution-context-wait-until")
class TestWaitUntil:
    async def test_goes_on_after_the_response(self) -> None:
        seen: list[str] = []

        async def work() -> None:
            await asyncio.sleep(0)
            seen.append("done")

        def fetch(request: Request, env: object, ctx: ExecutionContext) -> Response:
            ctx.waitUntil(work())
            return Response("first")

        assert await text_from(await site_of(fetch=fetch)) == "first"
        assert seen == []
        await asyncio.sleep(0.01)
        assert seen == ["done"]


@spec("SPEC_NOTES.md#execution-context-pass-through-on-exception")
class TestPassThroughOnException:
    @pytest.mark.parametrize("is_async", [False, True])
    async def test_the_request_is_left_to_others_and_the_error_reported(
        self, is_async: bool
    ) -> None:
        def fails(request: Request, env: object, ctx: ExecutionContext) -> Response:
            ctx.passThroughOnException()
            raise KeyError("left to others")

        async def fails_later(request: Request, env: object, ctx: ExecutionContext) -> Response:
            ctx.passThroughOnException()
            await asyncio.sleep(0)
            raise KeyError("left to others")

        handler: Callable[..., Any] = fails_later if is_async else fails
        site = await site_of(fetch=handler)
        assert await site.fetch() is None
        assert [type(value) for value, _ in site.reports] == [KeyError]
