"""Service Workers, 4.9: the ExtendableMessageEvent interface."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import ExtendableEvent, ExtendableMessageEvent, MessageChannel
from worker_runtime.service_workers.extendable_message_event import (
    ExtendableMessageEventInit,
    create_a_message_event,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#extendablemessageevent")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-extendablemessageevent")
@spec("https://w3c.github.io/ServiceWorker/#dictdef-extendablemessageeventinit")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-data")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-origin")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-lasteventid")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-source")
@spec("https://w3c.github.io/ServiceWorker/#dom-extendablemessageevent-ports")
class TestExtendableMessageEvent:
    async def test_it_has_what_it_was_made_with(self) -> None:
        port = MessageChannel().port1
        init: ExtendableMessageEventInit = {"data": [1], "origin": "x", "ports": [port]}
        event = ExtendableMessageEvent("message", init, lastEventId="7", source=port)
        assert isinstance(event, ExtendableEvent) and event.type == "message"
        assert (event.data, event.origin, event.lastEventId, event.source, event.ports) == (
            [1], "x", "7", port, (port,),
        )  # fmt: skip
        assert event.ports is event.ports and not event.isTrusted

    def test_nothing_by_default(self) -> None:
        event = ExtendableMessageEvent("x")
        assert (event.data, event.origin, event.lastEventId, event.source, event.ports) == (
            None, "", "", None, (),
        )  # fmt: skip

    @pytest.mark.parametrize("ports", [[1], 5, ["port"]])
    def test_ports_are_ports(self, ports: Any) -> None:
        with pytest.raises(TypeError):
            ExtendableMessageEvent("x", ports=ports)

    @pytest.mark.parametrize("source", [1, "client", object()])
    def test_a_source_is_a_client_or_a_service_worker_or_a_port(self, source: Any) -> None:
        with pytest.raises(TypeError, match="source"):
            ExtendableMessageEvent("x", source=source)

    def test_those_of_the_platform_are_trusted(self) -> None:
        event = create_a_message_event("message", 1, "https://a.example", None, ())
        assert event.isTrusted and not event.cancelable
        assert (event.data, event.origin, event.ports) == (1, "https://a.example", ())
