"""SPEC_NOTES.md, "Module workers"."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import (
    DurableObject,
    Env,
    ExecutionContext,
    FetchEvent,
    Request,
    Response,
    ServiceWorkerGlobalScope,
    WorkerEntrypoint,
    fetch,
)
from worker_runtime.cloudflare.module_worker import add_module_handlers, handler_of
from worker_runtime.cloudflare.scheduled_event import fire_a_scheduled_event
from worker_runtime.host.network import TCPAddress, TLSFacts, UnixAddress
from worker_runtime.webidl.interfaces import new

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
        def fetch(request: Request, env: Env, ctx: ExecutionContext) -> Response:
            return Response(f"{request.url} {env.GREETING}")

        assert (
            await text_from(await site_of({"GREETING": "Servus"}, fetch=fetch))
            == "https://site.example/path Servus"
        )

    async def test_a_coroutine_answers(self) -> None:
        async def fetch(request: Request, env: Env, ctx: ExecutionContext) -> Response:
            await asyncio.sleep(0)
            return Response("later")

        assert await text_from(await site_of(fetch=fetch)) == "later"

    async def test_a_class_answers_with_an_instance_for_each_event(self) -> None:
        instances = []

        class Default:
            env: Env

            async def fetch(self, request: Request) -> Response:
                instances.append(self)
                return Response(self.env.NAME)

        site = await site_of({"NAME": "class"}, Default=Default)
        assert [await text_from(site), await text_from(site)] == ["class", "class"]
        assert instances[0] is not instances[1]

    async def test_one_that_could_answer_nothing_does_not_start(self) -> None:
        with pytest.raises(TypeError, match="there is no handler"):
            add_module_handlers(new(ServiceWorkerGlobalScope), {"Default": None}, {})


def answers(*arguments: object) -> Response:
    """The names of the classes of the arguments, but for the first."""
    return Response(" ".join(type(argument).__name__ for argument in arguments[1:]))


class Methods:
    def fetch(self, request: Request, env: Env) -> Response:
        return answers(request, env)


class Static:
    @staticmethod
    def fetch(request: Request, env: Env, ctx: ExecutionContext) -> Response:
        return answers(request, env, ctx)


class OfContext:
    def __init__(self, ctx: ExecutionContext) -> None:
        self.given = ctx

    def fetch(self) -> Response:
        return answers(None, self.given)


@spec("SPEC_NOTES.md#module-handlers")
class TestHandlerOf:
    @pytest.mark.parametrize(
        "module, text",
        [
            ({"fetch": lambda: answers()}, ""),
            ({"fetch": lambda self: answers(self)}, ""),
            ({"fetch": lambda request, env: answers(request, env)}, "Env"),
            ({"fetch": answers}, "Env ExecutionContext"),
            ({"on_fetch": lambda request, env: answers(request, env)}, "Env"),
            ({"Default": Methods}, "Env"),
            ({"default": Methods}, "Env"),
            ({"default": Methods()}, "Env"),
            ({"default": SimpleNamespace(fetch=answers)}, "Env ExecutionContext"),
            ({"default": {"fetch": answers}}, "Env ExecutionContext"),
            ({"default": answers}, "Env ExecutionContext"),
            ({"Default": Static}, "Env ExecutionContext"),
            ({"Default": OfContext}, "ExecutionContext"),
        ],
    )
    async def test_each_form_gets_what_it_takes(self, module: dict[str, Any], text: str) -> None:
        assert await text_from(await site_of(**module)) == text

    def test_the_platforms_own_fetch_is_no_handler(self) -> None:
        assert handler_of({"fetch": fetch}, "fetch") is None

    def test_several_are_a_type_error(self) -> None:
        module = {"fetch": answers, "on_fetch": answers, "Default": Methods, "__file__": "w.py"}
        message = "w.py: there are several handlers for 'fetch', the class Default and the function"
        with pytest.raises(TypeError, match=message):
            handler_of(module, "fetch")


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

    def test_a_class_that_does_not_call_its_base_is_told_so(self) -> None:
        class Default(WorkerEntrypoint):
            def __init__(self) -> None:
                self.n = 1

        class Room(DurableObject):
            def __init__(self) -> None:
                self.n = 1

        for instance in (Default(), Room()):
            for name in ("ctx", "env"):
                with pytest.raises(AttributeError, match=r"write super\(\)\.__init__\(ctx, env\)"):
                    getattr(instance, name)
            assert not hasattr(instance, "other") and instance.n == 1


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
        begun, done = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await begun.wait()
            done.set()

        def fetch(request: Request, env: object, ctx: ExecutionContext) -> Response:
            ctx.waitUntil(work())
            return Response("first")

        assert await text_from(await site_of(fetch=fetch)) == "first"
        assert not done.is_set()
        begun.set()
        assert await done.wait()


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


@spec("SPEC_NOTES.md#execution-context-remote-addr")
class TestRemoteAddr:
    def test_says_who_has_sent_the_request(self) -> None:
        request = Request("https://site.example/")
        ctx = ExecutionContext(FetchEvent("fetch", request=request))
        assert ctx.remoteAddr is None
        request._request.remote_address = TCPAddress("192.0.2.1", 50000)
        assert ctx.remoteAddr == ("tcp", "192.0.2.1", 50000)
        request._request.remote_address = UnixAddress("/run/w.sock")
        assert ctx.remoteAddr == ("unix", "/run/w.sock", 0)


@spec("SPEC_NOTES.md#execution-context-tls")
class TestTLS:
    def test_says_what_was_agreed_on(self) -> None:
        request = Request("https://site.example/")
        ctx = ExecutionContext(FetchEvent("fetch", request=request))
        assert ctx.tls is None
        request._request.tls_facts = TLSFacts("TLSv1.3", "TLS_AES_128_GCM_SHA256", None)
        assert ctx.tls == ("TLSv1.3", "TLS_AES_128_GCM_SHA256", None)


@spec("SPEC_NOTES.md#be-called")
class TestBeCalled:
    @pytest.mark.parametrize("is_a_class", [True, False])
    async def test_a_handler_gets_the_controller_and_is_waited_for(self, is_a_class: bool) -> None:
        seen = []

        async def scheduled(controller: Any, env: Any, ctx: Any) -> None:
            await asyncio.sleep(0)
            seen.append((controller.cron, controller.scheduledTime, env.NAME))

        class Default:
            async def scheduled(self, controller: Any, env: Any, ctx: Any) -> None:
                await scheduled(controller, env, ctx)

        module = {"Default": Default} if is_a_class else {"scheduled": scheduled}
        site = await site_of({"NAME": "x"}, **module)
        result = await fire_a_scheduled_event(site.registration, "0 0 * * *", 60_000.0)
        assert result.outcome == "ok" and seen == [("0 0 * * *", 60_000.0, "x")]

    async def test_what_it_raises_is_an_exception(self) -> None:
        async def scheduled(controller: Any) -> None:
            raise KeyError("x")

        site = await site_of(scheduled=scheduled)
        result = await fire_a_scheduled_event(site.registration, "", 0.0)
        assert result.outcome == "exception"

    async def test_its_context_is_that_of_no_request(self) -> None:
        seen = []

        def scheduled(controller: Any, env: Any, ctx: ExecutionContext) -> None:
            ctx.passThroughOnException()
            seen.append(ctx.remoteAddr)

        site = await site_of(scheduled=scheduled)
        result = await fire_a_scheduled_event(site.registration, "", 0.0)
        assert result.outcome == "ok" and seen == [None]
