"""HTML, 9.5: broadcasting."""

from __future__ import annotations

import asyncio
import gc
import threading
import weakref
from functools import partial
from typing import Any

import pytest

from spec_tests.fakes import running_in
from worker_runtime import Blob, BroadcastChannel, DOMException, MessageEvent
from worker_runtime.global_scope.worker_global_scope import (
    WorkerGlobalScope,
    set_up_a_worker_environment_settings_object,
)
from worker_runtime.host.host import Host
from worker_runtime.host.memory_bus import MemoryBroker
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.html.structured_data.byte_format_writing import record_to_bytes
from worker_runtime.html.structured_data.records import Record
from worker_runtime.html.structured_data.structured_serialize import structured_serialize
from worker_runtime.html.web_messaging.broadcasting import (
    BroadcastChannels,
    OpenBroadcastChannels,
    queue_the_message,
    receive_from_elsewhere,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


def scope_of(host: Host, url: str = "https://a.example/") -> EnvironmentSettingsObject:
    return set_up_a_worker_environment_settings_object(
        new(WorkerGlobalScope), url_parser(url), host
    )


def channel_in(
    settings_object: EnvironmentSettingsObject, name: str, heard: list[Any]
) -> BroadcastChannel:
    with running_in(settings_object):
        channel = BroadcastChannel(name)
        channel.onmessage = lambda event: heard.append(event.data)
    return channel


async def turns(count: int = 4) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-name")
class TestConstructor:
    async def test_it_has_a_name(self) -> None:
        channel = BroadcastChannel(7)  # type: ignore[arg-type]
        assert channel.name == "7"
        channel.close()

    def test_it_needs_a_loop(self) -> None:
        with pytest.raises(RuntimeError, match="event loop"):
            BroadcastChannel("a")


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-postmessage")
@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#broadcastchannel")
class TestPostMessage:
    async def test_all_others_of_that_name_hear_it_in_the_order_in_which_they_were_made(
        self,
    ) -> None:
        order: list[Any] = []

        def hear(number: int, event: MessageEvent) -> None:
            order.append((number, event.data))

        scope = scope_of(Host())
        with running_in(scope):
            channels = [BroadcastChannel("a") for _ in range(3)]
            for number, channel in enumerate(channels):
                channel.onmessage = partial(hear, number)
            other = BroadcastChannel("b")
            other.addEventListener("message", order.append)
            channels[1].postMessage(["x"])
        await turns()
        assert order == [(0, ["x"]), (2, ["x"])] and order[0][1] is not order[1][1]

    async def test_scopes_of_one_host_and_origin_hear_each_other(self) -> None:
        host, heard, unheard = Host(), list[Any](), list[Any]()
        sender = channel_in(scope_of(host), "a", [])
        listeners = [
            channel_in(scope_of(host), "a", heard),
            channel_in(scope_of(host, "https://b.example/"), "a", unheard),
            channel_in(scope_of(Host()), "a", unheard),
        ]
        sender.postMessage(1)
        await turns()
        assert heard == [1] and unheard == [] and len(listeners) == 3

    async def test_the_event_says_who_sent_it(self) -> None:
        events: list[MessageEvent] = []
        scope = scope_of(Host())
        with running_in(scope):
            sender, listener = BroadcastChannel("a"), BroadcastChannel("a")
            listener.onmessage = events.append
            sender.postMessage(None)
        await turns()
        (event,) = events
        assert (event.origin, event.source, event.ports) == ("https://a.example", None, ())

    async def test_threads_hear_each_other(self) -> None:
        host, heard = Host(), list[Any]()
        channel = channel_in(scope_of(host), "a", heard)
        done = asyncio.Event()
        channel.addEventListener("message", lambda event: done.set())

        def run() -> None:
            async def main() -> None:
                with running_in(scope_of(host)):
                    BroadcastChannel("a").postMessage(threading.get_ident())

            asyncio.run(main())

        thread = threading.Thread(target=run)
        thread.start()
        await done.wait()
        thread.join()
        assert heard == [thread.ident]

    async def test_a_channel_that_is_closed_says_nothing(self) -> None:
        channel = BroadcastChannel("a")
        channel.close()
        with pytest.raises(DOMException, match="InvalidStateError"):
            channel.postMessage(1)

    async def test_what_cannot_be_copied_is_a_data_clone_error(self) -> None:
        channel = BroadcastChannel("a")
        for value in (print, [object()]):
            with pytest.raises(DOMException, match="DataCloneError"):
                channel.postMessage(value)
        channel.close()

    async def test_a_scope_that_has_ended_neither_says_nor_hears(self) -> None:
        host, heard = Host(), list[Any]()
        ended, other = scope_of(host), scope_of(host)
        first, second = channel_in(ended, "a", heard), channel_in(other, "a", heard)
        second.postMessage("to the one that ends")
        ended.closing = True
        first.postMessage("from the one that has ended")
        second.postMessage("to the one that has ended")
        await turns()
        assert heard == []


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#dom-broadcastchannel-close")
class TestClose:
    async def test_nothing_comes_any_more_not_even_what_is_on_its_way(self) -> None:
        heard: list[Any] = []
        scope = scope_of(Host())
        sender, listener = channel_in(scope, "a", []), channel_in(scope, "a", heard)
        sender.postMessage(1)
        listener.close()
        listener.close()
        sender.postMessage(2)
        await turns()
        assert heard == []


@spec(
    "https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts"
)
class TestGarbageCollection:
    async def test_one_that_is_listened_to_lives_until_it_is_closed(self) -> None:
        scope, heard = scope_of(Host()), list[Any]()
        held, dropped = weakref.ref(channel_in(scope, "a", heard)), None
        with running_in(scope):
            dropped = weakref.ref(BroadcastChannel("a"))
        gc.collect()
        channel = held()
        assert channel is not None and dropped() is None
        assert set(scope.record(OpenBroadcastChannels)) == {channel}
        channel.onmessage = None
        assert not scope.record(OpenBroadcastChannels)
        channel.onmessage = print
        channel.close()
        assert not scope.record(OpenBroadcastChannels)

    async def test_names_of_channels_that_are_gone_are_forgotten(self) -> None:
        scope = scope_of(Host())
        with running_in(scope):
            for number in range(1000):
                BroadcastChannel(str(number))
        assert len(scope.host.record(BroadcastChannels).by_name) < 50


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#eligible-for-messaging")
class TestQueueTheMessage:
    async def test_what_cannot_be_read_is_a_messageerror(self) -> None:
        events: list[MessageEvent] = []
        channel = channel_in(scope_of(Host()), "a", [])
        channel.onmessageerror = events.append
        queue_the_message(channel, Record(Blob, [None], False), "https://a.example")
        await turns()
        assert (events[0].data, events[0].origin) == (None, "https://a.example")


@spec("SPEC_NOTES.md#broadcasting-between-processes")
class TestBetweenProcesses:
    async def test_what_one_process_sends_the_others_hear(self) -> None:
        broker, heard = MemoryBroker(), list[Any]()
        here, there = Host(bus=await broker.join()), Host(bus=await broker.join())
        sender = channel_in(scope_of(here), "a", [])
        listeners = [
            channel_in(scope_of(there), "a", heard),
            channel_in(scope_of(there), "b", heard),
            channel_in(scope_of(there, "https://b.example/"), "a", heard),
        ]
        sender.postMessage({"a": (1,)})
        await turns(8)
        assert heard == [{"a": (1,)}] and len(listeners) == 3

    async def test_an_opaque_origin_is_of_its_process(self) -> None:
        broker, heard = MemoryBroker(), list[bytes]()
        host, other = Host(bus=await broker.join()), await broker.join()
        other.listen("broadcast", lambda member, message: heard.append(message))
        for url in ("data:,", "https://a.example/"):
            channel_in(scope_of(host, url), "a", []).postMessage(url)
        await turns(8)
        assert [b"https" in message for message in heard] == [True]

    async def test_a_message_that_is_too_large_is_a_data_clone_error(self) -> None:
        host, heard = Host(bus=await MemoryBroker().join()), list[Any]()
        listener = channel_in(scope_of(host), "a", heard)
        with pytest.raises(DOMException, match="DataCloneError.*at most 33554432 bytes"):
            channel_in(scope_of(host), "a", []).postMessage(bytes(2**25))
        await turns()
        assert heard == [] and listener.name == "a"

    @pytest.mark.parametrize("value", [None, [], ["a", "b"], ("a", "b", "c"), [[], "b", 1]])
    def test_anything_else_is_a_data_clone_error(self, value: object) -> None:
        data = record_to_bytes(structured_serialize(value))
        for message in (data, data[:-1], b""):
            with pytest.raises(DOMException, match="DataCloneError"):
                receive_from_elsewhere(Host().record(BroadcastChannels), 1, message)

    async def test_who_sends_what_is_none_is_reported(self) -> None:
        broker, reports = MemoryBroker(), list[str]()
        host, other = Host(bus=await broker.join(reports.append)), await broker.join()
        listener = channel_in(scope_of(host), "a", [])
        other.publish("broadcast", b"nothing")
        await turns(8)
        assert "A message of another process of this server is wrong" in reports[0]
        assert listener.name == "a"
