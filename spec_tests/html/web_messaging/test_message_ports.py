"""HTML, 9.4.3 to 9.4.5: message ports."""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import (
    Blob,
    DOMException,
    MessageChannel,
    MessageEvent,
    MessagePort,
    Promise,
    globalThis,
    structuredClone,
)
from worker_runtime.dom.event_target import EventTarget
from worker_runtime.html.event_loops import relevant_event_loop
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.html.structured_data.records import Record
from worker_runtime.html.structured_data.structured_serialize_with_transfer import (
    structured_serialize_with_transfer,
)
from worker_runtime.html.web_messaging.message_ports import (
    MESSAGES_IN_A_TURN,
    MessageEventTarget,
    MessagePorts,
    PortMessageQueue,
    PostedMessages,
    disentangle,
    disentangle_the_ports,
    entangle,
    message_port_post_message_steps,
    new_message_port,
    queue_the_close_event,
    receive,
    transfer_of,
)

spec = pytest.mark.spec


def moved(port: MessagePort) -> MessagePort:
    result: MessagePort = structuredClone(port, transfer=[port])
    return result


def listen(port: MessagePort, heard: list[Any]) -> None:
    port.onmessage = lambda event: heard.append(event.data)
    port.onclose = lambda event: heard.append("close")


async def turns(count: int = 4) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def entangled(port: MessagePort) -> Any:
    port.start()


def shipped(port: MessagePort) -> Any:
    moved(port).start()


def neutered(port: MessagePort) -> Any:
    return moved(port)


def closed(port: MessagePort) -> Any:
    port.start()
    port.close()


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#messageport")
class TestStates:
    """What each operation does in each state that a port can be in."""

    # state, then: can be transferred; a message from it arrives; a message to the channel arrives
    # there; close() is heard at the other end
    @pytest.mark.parametrize(
        "bring_into, transferable, sends, hears, is_heard_closing",
        [
            (lambda port: None, True, True, False, True),
            (entangled, True, True, True, True),
            (neutered, False, False, False, False),
            (closed, False, False, False, False),
        ],
        ids=["not started", "entangled", "shipped", "closed"],
    )
    async def test_table(
        self,
        bring_into: Callable[[MessagePort], Any],
        transferable: bool,
        sends: bool,
        hears: bool,
        is_heard_closing: bool,
    ) -> None:
        async def in_state(
            operation: Callable[[MessageChannel, list[Any], list[Any]], object],
        ) -> Any:
            channel, heard, heard_there = MessageChannel(), list[Any](), list[Any]()
            channel.port1.addEventListener("message", lambda event: heard.append(event.data))
            held = bring_into(channel.port1)
            await turns()
            listen(channel.port2, heard_there)
            try:
                operation(channel, heard, heard_there)
            except DOMException as error:
                return error.name
            await turns()
            del held
            return heard, heard_there

        result = await in_state(lambda channel, *_: moved(channel.port1))
        assert (result == "DataCloneError") is not transferable
        _, there = await in_state(lambda channel, *_: channel.port1.postMessage("m"))
        assert ("m" in there) is sends
        here, _ = await in_state(lambda channel, *_: channel.port2.postMessage("m"))
        assert here == (["m"] if hears else [])
        _, there = await in_state(lambda channel, *_: channel.port1.close())
        assert there.count("close") == is_heard_closing or bring_into is closed
        with pytest.raises(DOMException, match="DataCloneError"):
            await asyncio.sleep(0)
            channel = MessageChannel()
            held = bring_into(channel.port1)
            channel.port1.postMessage(lambda: None)


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-postmessage")
class TestPostMessage:
    async def test_the_event_has_the_copy_and_the_ports(self) -> None:
        channel, other = MessageChannel(), MessageChannel()
        events: list[MessageEvent] = []
        channel.port2.onmessage = events.append
        value = {"a": [1], "port": other.port1}
        channel.port1.postMessage(value, [other.port1])
        await turns()
        (event,) = events
        assert event.data["a"] == [1] and event.data["a"] is not value["a"]
        assert event.ports == (event.data["port"],) and isinstance(event.ports[0], MessagePort)
        assert (event.origin, event.lastEventId, event.source, event.isTrusted) == (
            "",
            "",
            None,
            True,
        )
        assert event.target is channel.port2 and event.bubbles is event.cancelable is False

    @pytest.mark.parametrize(
        "post",
        [
            lambda port, view: port.postMessage(view, [view]),
            lambda port, view: port.postMessage(view, transfer=(view,)),
            lambda port, view: port.postMessage(view, {"transfer": [view]}),
            lambda port, view: port.postMessage(view, iter([view])),
        ],
    )
    async def test_what_is_transferred_is_moved(self, post: Any) -> None:
        channel, memory = MessageChannel(), bytearray(b"a")
        heard: list[Any] = []
        listen(channel.port2, heard)
        post(channel.port1, view := memoryview(memory))
        await turns()
        heard[0][0] = ord("b")
        assert memory == b"b"
        with pytest.raises(ValueError):
            view[0]

    @spec(
        "https://html.spec.whatwg.org/multipage/web-messaging.html#dom-structuredserializeoptions-transfer"
    )
    def test_what_is_no_list_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            MessageChannel().port1.postMessage(1, 7)  # type: ignore[arg-type]
        with pytest.raises(DOMException, match="DataCloneError"):
            MessageChannel().port1.postMessage(1, "ab")
        assert transfer_of({"transfer": [1]}) == transfer_of((1,)) == [1] and transfer_of({}) == []

    async def test_many_messages_keep_their_order(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        listen(channel.port2, heard)
        for number in range(5 * MESSAGES_IN_A_TURN):
            channel.port1.postMessage(number)
        await turns(20)
        assert heard == list(range(5 * MESSAGES_IN_A_TURN))


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#message-port-post-message-steps")
class TestPostMessageSteps:
    async def test_a_port_cannot_be_sent_through_itself(self) -> None:
        port = MessageChannel().port1
        with pytest.raises(DOMException, match="through itself"):
            message_port_post_message_steps(port, None, [port])

    async def test_a_port_that_is_sent_through_its_other_end_is_lost(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        listen(channel.port1, heard)
        channel.port1.postMessage("doomed", [channel.port2])
        await turns()
        assert heard == ["close"]


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-start")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#port-message-queue")
class TestStart:
    async def test_messages_wait_for_it(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        channel.port2.addEventListener("message", lambda event: heard.append(event.data))
        channel.port1.postMessage(1)
        channel.port1.postMessage(2)
        await turns()
        assert heard == []
        channel.port2.start()
        await turns()
        channel.port2.start()
        assert heard == [1, 2]

    @spec(
        "https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageeventtarget-onmessage"
    )
    async def test_a_handler_starts_it(self) -> None:
        channel = MessageChannel()
        assert not PortMessageQueue().is_enabled
        channel.port2.onmessage = None
        assert channel.port2._port_message_queue.is_enabled  # type: ignore[union-attr]

    def test_it_needs_a_loop(self) -> None:
        with pytest.raises(RuntimeError, match="event loop"):
            MessageChannel().port1.start()


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-messageport-close")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#disentangle")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#handler-messageport-onclose")
class TestClose:
    async def test_the_other_end_hears_what_was_sent_and_then_of_the_end(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        listen(channel.port2, heard)
        for number in range(40):
            channel.port1.postMessage(number)
        channel.port1.close()
        channel.port1.postMessage("late")
        channel.port2.postMessage("late")
        await turns(10)
        assert heard == [*range(40), "close"]

    async def test_what_has_come_is_still_heard(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []

        def hear(event: MessageEvent) -> None:
            heard.append(event.data)
            channel.port2.close()

        channel.port2.onmessage = hear
        channel.port1.postMessage(1)
        channel.port1.postMessage(2)
        await turns()
        assert heard == [1, 2]

    async def test_who_closes_hears_nothing_of_it(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        listen(channel.port1, heard)
        channel.port1.close()
        channel.port1.close()
        disentangle(PortMessageQueue())  # one that has no other end
        await turns()
        assert heard == []

    async def test_it_is_heard_where_nothing_was_started(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        channel.port1.onclose = lambda event: heard.append(event.type)
        channel.port2.close()
        await turns()
        assert heard == ["close"]

    async def test_an_end_on_its_way_hears_it_when_it_arrives(self) -> None:
        channel, other = MessageChannel(), MessageChannel()
        heard: list[Any] = []
        other.port1.postMessage(None, [channel.port1])
        channel.port2.close()
        await turns()
        other.port2.onmessage = lambda event: listen(event.ports[0], heard)
        await turns()
        assert heard == ["close"]

    def test_it_is_heard_by_a_port_that_was_made_before_the_loop_ran(self) -> None:
        channel = MessageChannel()
        channel.port2.close()

        async def hear() -> list[Any]:
            heard: list[Any] = []
            listen(channel.port1, heard)
            await turns()
            return heard

        assert asyncio.run(hear()) == ["close"]


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#entangle")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#message-event-target")
class TestEntangle:
    async def test_who_was_entangled_before_is_told(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        listen(channel.port1, heard)
        new_port = new_message_port(current_settings_object())
        entangle(new_port, channel.port2)
        channel.port1.postMessage("lost")
        await turns()
        assert heard == ["close"]

    async def test_messages_may_have_another_target(self) -> None:
        channel, target = MessageChannel(), EventTarget()
        heard: list[Any] = []
        target.addEventListener("message", lambda event: heard.append(event.currentTarget))
        channel.port1._message_event_target = target
        channel.port1.start()
        channel.port2.postMessage(None)
        await turns()
        assert heard == [target]


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#message-ports")
class TestTransfer:
    async def test_messages_follow_a_port_through_other_ports(self) -> None:
        channel = MessageChannel()
        ways = [MessageChannel() for _ in range(3)]
        heard: list[Any] = []
        channel.port1.postMessage(1)
        sent = channel.port2
        for number, way in enumerate(ways):
            arrived: list[MessagePort] = []
            way.port2.onmessage = lambda event: arrived.append(event.ports[0])
            way.port1.postMessage(None, [sent])
            channel.port1.postMessage(number + 2)
            await turns()
            sent = arrived[0]
        listen(sent, heard)
        channel.port1.postMessage(5)
        await turns()
        assert heard == [1, 2, 3, 4, 5]
        sent.postMessage("back")
        listen(channel.port1, heard)
        await turns()
        assert heard[-1] == "back"

    async def test_one_that_had_messages_in_its_loop_takes_them_along(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        channel.port2.onmessage = lambda event: heard.append("the old port hears")
        channel.port1.postMessage(1)
        port = moved(channel.port2)
        await turns()
        listen(port, heard)
        await turns()
        assert heard == [1]

    async def test_one_that_never_arrives_is_closed(self) -> None:
        channel, way = MessageChannel(), MessageChannel()
        heard: list[Any] = []
        listen(channel.port1, heard)
        way.port1.postMessage(None, [channel.port2])
        way.port2.close()
        del way
        gc.collect()
        await turns()
        assert heard == ["close"]

    def test_a_serialization_can_be_received_once(self) -> None:
        channel = MessageChannel()
        message = structured_serialize_with_transfer(None, [channel.port1])
        heard: list[Any] = []
        target: Any = new_message_port(current_settings_object())
        target.addEventListener("message", lambda event: heard.append(event.type))
        target.addEventListener("messageerror", lambda event: heard.append(event.type))
        receive(target, message)
        receive(target, message)
        assert heard == ["message", "messageerror"]


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#channel-messaging")
class TestReceive:
    def test_what_cannot_be_read_is_a_messageerror(self) -> None:
        port = MessageChannel().port1
        events: list[MessageEvent] = []
        port.addEventListener("messageerror", events.append)
        receive(port, (Record(Blob, [None], False), []))
        assert events[0].data is None and events[0].ports == ()


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#ports-and-garbage-collection")
class TestGarbageCollection:
    async def test_a_port_that_nobody_has_is_closed(self) -> None:
        channel = MessageChannel()
        port, heard = channel.port1, list[Any]()
        listen(port, heard)
        del channel
        gc.collect()
        await turns()
        assert heard == ["close"]

    async def test_a_port_that_is_listened_to_lives_as_long_as_its_other_end(self) -> None:
        channel = MessageChannel()
        port, other = channel.port1, weakref.ref(channel.port2)
        heard: list[Any] = []
        channel.port2.onmessage = lambda event: heard.append(event.data)
        del channel
        gc.collect()
        port.postMessage(1)
        await turns()
        assert heard == [1] and other() is not None
        port.close()
        await turns()
        gc.collect()
        assert other() is None

    async def test_many_ports_leave_nothing(self) -> None:
        way, heard = MessageChannel(), list[Any]()
        way.port2.onmessage = lambda event: heard.append(len(event.ports))
        settings_object = current_settings_object()
        gc.collect()
        before = len(settings_object.record(MessagePorts))
        for _ in range(500):
            channel = MessageChannel()
            channel.port1.start()
            way.port1.postMessage(None, [channel.port2])
        del channel
        await turns(100)
        gc.collect()
        await turns()
        assert heard == [1] * 500 and len(settings_object.record(MessagePorts)) == before


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#posted-message-task-source")
class TestPostedMessages:
    async def test_each_message_is_a_task_with_a_microtask_checkpoint(self) -> None:
        channel = MessageChannel()
        order: list[Any] = []

        def hear(event: MessageEvent) -> None:
            order.append(event.data)
            Promise.resolve(None).then(lambda _: order.append("microtask"))

        channel.port2.onmessage = hear
        channel.port1.postMessage(1)
        channel.port1.postMessage(2)
        await turns()
        assert order == [1, "microtask", 2, "microtask"]

    async def test_other_tasks_have_their_turn(self) -> None:
        channel = MessageChannel()
        channel.port1.onmessage = lambda event: channel.port1.postMessage(event.data)
        channel.port2.onmessage = lambda event: channel.port2.postMessage(event.data)
        channel.port1.postMessage("for ever")
        for _ in range(5):
            await asyncio.sleep(0)
        channel.port1.close()
        assert relevant_event_loop().record(PostedMessages).event_loop is relevant_event_loop()

    async def test_no_message_sees_the_variables_of_another_or_of_who_sent_it(self) -> None:
        variable: ContextVar[Any] = ContextVar("variable", default=None)
        channel = MessageChannel()
        seen: list[Any] = []

        def hear(event: MessageEvent) -> None:
            seen.append(variable.get())
            variable.set(event.data)

        channel.port2.onmessage = hear
        variable.set("the sender's")
        channel.port1.postMessage(1)
        channel.port1.postMessage(2)
        await turns()
        assert seen == [None, None]

    async def test_it_is_heard_in_the_scope_of_the_port(self) -> None:
        seen: list[Any] = []
        with running_worker("https://a.example/") as worker:
            channel = MessageChannel()
            channel.port2.onmessage = lambda event: seen.append(globalThis.origin)
        with running_worker("https://b.example/"):
            channel.port1.postMessage(1)
            await turns()
        assert seen == []  # the scope has ended
        with running_worker("https://a.example/") as worker:
            channel = MessageChannel()
            channel.port2.onmessage = lambda event: seen.append(globalThis.origin)
            with running_worker("https://b.example/"):
                channel.port1.postMessage(1)
                await turns()
        assert seen == ["https://a.example"] and worker.reports == []

    async def test_it_goes_between_threads(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        done = asyncio.Event()

        async def echo(port: MessagePort, ended: asyncio.Event) -> None:
            port.onmessage = lambda event: port.postMessage([event.data, threading.get_ident()])
            port.onclose = lambda event: ended.set()
            await ended.wait()

        def hear(event: MessageEvent) -> None:
            heard.append(event.data)
            if len(heard) == 100:
                done.set()

        message = structured_serialize_with_transfer(channel.port2, [channel.port2])

        def run() -> None:
            async def main() -> None:
                taken = MessagePort._transfer_receiving_steps(message[1][0].data)
                await echo(taken, asyncio.Event())

            asyncio.run(main())

        channel.port1.onmessage = hear
        for number in range(100):
            channel.port1.postMessage(number)
        thread = threading.Thread(target=run)
        thread.start()
        await done.wait()
        channel.port1.close()
        await asyncio.to_thread(thread.join)
        assert [number for number, _ in heard] == list(range(100))
        assert {ident for _, ident in heard} == {thread.ident}

    @pytest.mark.skipif(not hasattr(os, "eventfd"), reason="this system has no such files")
    def test_a_thread_rings_without_a_handle_and_no_file_is_left(self) -> None:
        async def hear_from_a_thread() -> int:
            loop, handles = asyncio.get_running_loop(), 0
            call_soon_threadsafe: Any = loop.call_soon_threadsafe

            def count(*arguments: Any, **keywords: Any) -> Any:
                nonlocal handles
                handles += threading.current_thread() is thread
                return call_soon_threadsafe(*arguments, **keywords)

            channel, heard = MessageChannel(), asyncio.Semaphore(0)
            channel.port2.onmessage = lambda event: heard.release()
            go_on = threading.Semaphore(0)

            def send() -> None:
                for number in range(10):
                    channel.port1.postMessage(number)
                    go_on.acquire()

            thread = threading.Thread(target=send)
            setattr(loop, "call_soon_threadsafe", count)
            thread.start()
            for _ in range(10):
                await heard.acquire()
                go_on.release()
            delattr(loop, "call_soon_threadsafe")
            channel.port1.close()
            return handles

        gc.collect()
        files = len(os.listdir("/proc/self/fd"))
        gc.disable()
        try:
            for _ in range(5):  # each with a loop of its own, in a thread that ends
                with ThreadPoolExecutor(1) as executor:
                    assert executor.submit(asyncio.run, hear_from_a_thread()).result() == 1
            assert len(os.listdir("/proc/self/fd")) == files
        finally:
            gc.enable()


@spec("https://html.spec.whatwg.org/multipage/workers.html#run-a-worker")
class TestTheEndOfAScope:
    async def test_its_ports_are_disentangled(self) -> None:
        heard: list[Any] = []
        with running_worker() as worker:
            channel = MessageChannel()
            ports = worker.settings_object.record(MessagePorts)
            assert set(ports) == {channel.port1, channel.port2}
            message = structured_serialize_with_transfer(None, [channel.port2])
        port = MessagePort._transfer_receiving_steps(message[1][0].data)
        listen(port, heard)
        disentangle_the_ports(worker.settings_object)
        await turns()
        assert heard == ["close"] and channel.port1._is_detached

    async def test_nobody_is_told_in_a_scope_that_has_ended(self) -> None:
        with running_worker() as worker:
            channel = MessageChannel()
        queue = channel.port1._port_message_queue
        assert queue is not None and worker.settings_object.closing
        queue.close_is_due = True
        queue_the_close_event(queue)
        await turns()
        assert queue.close_is_due


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#messageeventtarget")
class TestMessageEventTarget:
    def test_it_has_two_handlers(self) -> None:
        target = MessageEventTarget()
        heard: list[Any] = []
        target.onmessage = heard.append
        target.onmessageerror = heard.append
        target.dispatchEvent(MessageEvent("message"))
        target.dispatchEvent(MessageEvent("messageerror"))
        assert [event.type for event in heard] == ["message", "messageerror"]
