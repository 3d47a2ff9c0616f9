"""HTML, 9.4.2: message channels."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from worker_runtime import MessageChannel

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/web-messaging.html#messagechannel")
class TestMessageChannel:
    async def test_its_ports_are_the_ends_of_one_channel(self) -> None:
        channel = MessageChannel()
        heard: list[Any] = []
        channel.port1.onmessage = lambda event: heard.append(("port1", event.data))
        channel.port2.onmessage = lambda event: heard.append(("port2", event.data))
        channel.port1.postMessage("a")
        channel.port2.postMessage("b")
        await asyncio.sleep(0)
        assert heard == [("port2", "a"), ("port1", "b")]
        assert channel.port1 is channel.port1 is not channel.port2

    def test_one_can_be_made_before_a_loop_runs(self) -> None:
        channel = MessageChannel()
        channel.port1.postMessage("early")

        async def listen() -> list[Any]:
            heard: list[Any] = []
            channel.port2.onmessage = lambda event: heard.append(event.data)
            await asyncio.sleep(0)
            return heard

        assert asyncio.run(listen()) == ["early"]
