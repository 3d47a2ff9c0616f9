"""The opening handshake, of either side."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.http.message import Limits, parse_request_head, parse_response_head
from worker_runtime.websocket_protocol.handshake import (
    ClientHandshake,
    HandshakeFailure,
    ServerHandshake,
    parse_extensions,
    read_the_clients_opening_handshake,
    read_the_servers_opening_handshake,
    sec_websocket_accept,
    servers_opening_handshake,
)  # fmt: skip
from worker_runtime.websocket_protocol.permessage_deflate import DeflateParameters, ExtensionOffer

spec = pytest.mark.spec
KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
FIELDS = {
    "Host": "x", "Upgrade": "websocket", "Connection": "keep-alive, Upgrade", "Sec-WebSocket-Key":
    KEY, "Sec-WebSocket-Version": "13",
}  # fmt: skip


def read(
    extra: str = "", start_line: str = "GET /chat HTTP/1.1", **changes: Any
) -> ClientHandshake:
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    lines = [
        start_line,
        *(f"{name}: {value}" for name, value in fields.items() if value is not None),
    ]
    return read_the_clients_opening_handshake(
        parse_request_head(("\r\n".join(lines) + extra).encode("latin-1"), Limits())
    )


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-4.2.1")
class TestReadTheClientsOpeningHandshake:
    def test_protocols_and_extensions_are_in_the_clients_order(self) -> None:
        extra = (
            "\r\nSec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: a; b=1\r\n"
            "Sec-WebSocket-Protocol: superchat"
        )
        assert read(extra) == (KEY, ["chat", "superchat"], [ExtensionOffer("a", [("b", "1")])])

    @pytest.mark.parametrize(
        "changes",
        [{"Upgrade": "WebSocket"}, {"Upgrade": "h2c, WEBSOCKET"}, {"Upgrade": ",websocket\t,"},
            {"Connection": "UPGRADE"},
         {"Connection": "keep-alive ,, upgrade"}, {"Upgrade": "h2c\r\nUpgrade: websocket"},
         {"Sec_WebSocket_Key": f" {KEY}\t"}, {"Origin": "null"}, {"Origin": "https://a.example"},
         {"Sec_WebSocket_Extensions": ""}, {"Sec_WebSocket_Protocol": ""}],
    )  # fmt: skip
    def test_it_has_many_spellings(self, changes: dict[str, Any]) -> None:
        assert read(**changes) == (KEY, [], [])

    @pytest.mark.parametrize(
        "changes",
        [{"Upgrade": None}, {"Upgrade": "h2c"}, {"Connection": "close"}, {"Connection": None},
            {"Upgrade": "websocket/13"},
         {"Upgrade": "websockets"}, {"Upgrade": "web socket"}, {"Upgrade": ""},
         {"Connection": "upgraded"}, {"Connection": ""}],
    )  # fmt: skip
    def test_what_does_not_upgrade_is_told_to(self, changes: dict[str, Any]) -> None:
        with pytest.raises(HandshakeFailure) as failure:
            read(**changes)
        assert (failure.value.status, failure.value.fields[0]) == (426, ("upgrade", "websocket"))

    @pytest.mark.parametrize(
        "version", ["0", "7", "8", "12", "14", "013", "13, 13", "13.0", "+13", "x", "", None]
    )
    def test_another_version_is_told_which_one(self, version: str | None) -> None:
        with pytest.raises(HandshakeFailure) as failure:
            read(Sec_WebSocket_Version=version, Sec_WebSocket_Key=None)
        assert failure.value.status == 426
        assert ("sec-websocket-version", "13") in failure.value.fields

    @pytest.mark.parametrize(
        "key",
        [None, "", "abc", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j", "!" * 24,
            f"{KEY}, {KEY}", "A" * 24, "=" * 24,
         "dGhlIHNhbXBsZSBub25jZQ=A", "dGhlIHNhbXBsZS Bub25jZ==", "dGhlIHNhbXBsZSBub2-_ZQ==",
         "dGhlIHNhbXBsZSBub25jZTE="],
    )  # fmt: skip
    def test_a_key_is_sixteen_bytes_in_base64(self, key: str | None) -> None:
        with pytest.raises(HandshakeFailure, match="16 bytes in base64"):
            read(Sec_WebSocket_Key=key)

    @pytest.mark.parametrize("name", ["Sec-WebSocket-Key", "Sec-WebSocket-Version"])
    def test_a_field_that_stands_once_does_not_stand_twice(self, name: str) -> None:
        with pytest.raises(HandshakeFailure):
            read(f"\r\n{name}: {FIELDS[name]}")

    @pytest.mark.parametrize(
        "start_line", ["POST / HTTP/1.1", "GET / HTTP/1.0", "HEAD / HTTP/1.1", "PUT / HTTP/1.1"]
    )
    def test_it_is_a_get_of_http_1_1(self, start_line: str) -> None:
        with pytest.raises(HandshakeFailure, match="GET request"):
            read(start_line=start_line)

    @pytest.mark.parametrize("protocols", ["a, a", "a b", "a;b"])
    def test_protocols_are_different_tokens(self, protocols: str) -> None:
        with pytest.raises(HandshakeFailure, match="different tokens"):
            read(Sec_WebSocket_Protocol=protocols)

    def test_extensions_that_are_none_are_refused(self) -> None:
        with pytest.raises(HandshakeFailure, match="Extensions"):
            read(Sec_WebSocket_Extensions="a; =1")


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-11.3.2")
class TestParseExtensions:
    @pytest.mark.parametrize(
        "value, extensions",
        [("", []), ("a", [("a", [])]), ("a;b", [("a", [("b", None)])]),
         ('a; b="c"; d=e , f', [("a", [("b", "c"), ("d", "e")]), ("f", [])]),
         (r'a; b="\c"', [("a", [("b", "c")])])],
    )  # fmt: skip
    def test_values_may_be_quoted(self, value: str, extensions: list[ExtensionOffer]) -> None:
        assert parse_extensions(value) == extensions

    @pytest.mark.parametrize(
        "value", ["a;", "a b", "a; b=", 'a; b="', 'a; b="c d"', "a; b=c=d", ";a"]
    )
    def test_anything_else_is_none(self, value: str) -> None:
        with pytest.raises(ValueError):
            parse_extensions(value)


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-4.2.2")
class TestServersOpeningHandshake:
    @spec("https://www.rfc-editor.org/rfc/rfc6455#section-11.3.3")
    def test_says_what_was_chosen(self) -> None:
        assert sec_websocket_accept(KEY) == ACCEPT
        fields = servers_opening_handshake(
            ClientHandshake(KEY, ["chat"], []), "chat", "permessage-deflate"
        )
        assert fields == [
            ("upgrade", "websocket"), ("sec-websocket-accept", ACCEPT),
            ("sec-websocket-protocol", "chat"), ("sec-websocket-extensions", "permessage-deflate"),
        ]  # fmt: skip

    def test_a_protocol_that_was_not_asked_for_is_a_mistake(self) -> None:
        with pytest.raises(ValueError, match="'other'"):
            servers_opening_handshake(ClientHandshake(KEY, ["chat"], []), "other", "")


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-4.1")
class TestReadTheServersOpeningHandshake:
    FIELDS = {"Upgrade": "WebSocket", "Connection": "Upgrade", "Sec-WebSocket-Accept": ACCEPT}

    def read(
        self, extra: str = "", status: int = 101, offers_deflate: bool = True, **changes: str | None
    ) -> ServerHandshake:
        fields = {
            **self.FIELDS,
            **{name.replace("_", "-"): value for name, value in changes.items()},
        }
        lines = [
            f"HTTP/1.1 {status} ",
            *(f"{name}: {value}" for name, value in fields.items() if value is not None),
        ]
        response = parse_response_head(("\r\n".join(lines) + extra).encode())
        return read_the_servers_opening_handshake(
            response, KEY, ["chat", "superchat"], offers_deflate
        )

    def test_the_choices_of_the_server(self) -> None:
        assert self.read() == ("", "", None)
        assert self.read(Sec_WebSocket_Protocol="chat",
            Sec_WebSocket_Extensions="permessage-deflate") == (
            "chat", "permessage-deflate", DeflateParameters()
        )  # fmt: skip

    @pytest.mark.parametrize(
        "changes",
        [{"Upgrade": "websocket"}, {"Upgrade": "WEBSOCKET"}, {"Connection": "keep-alive, UPGRADE"},
         {"Connection": "keep-alive\r\nconnection: upgrade"},
         {"Sec_WebSocket_Accept": f"  {ACCEPT}\t "}, {"Sec_WebSocket_Extensions": ""},
         {"extra": "\r\nServer: x\r\nSet-Cookie: a=b"}],
    )  # fmt: skip
    def test_it_has_many_spellings(self, changes: dict[str, Any]) -> None:
        assert self.read(**changes) == ("", "", None)

    @pytest.mark.parametrize(
        "changes",
        [{"status": 200}, {"status": 401}, {"status": 302}, {"status": 426}, {"Upgrade": "h2c"},
            {"Upgrade": ""},
         {"Upgrade": None}, {"Upgrade": "websocket, websocket"},
         {"Upgrade": "websocket\r\nUpgrade: websocket"}, {"Connection": "close"},
         {"Connection": ""}, {"Connection": None}, {"Connection": "upgrade-not"},
         {"Sec_WebSocket_Accept": ""}, {"Sec_WebSocket_Accept": None},
         {"Sec_WebSocket_Accept": KEY}, {"Sec_WebSocket_Accept": ACCEPT.lower()},
         {"Sec_WebSocket_Accept": ACCEPT[:-1]}, {"Sec_WebSocket_Accept": f"{ACCEPT}, {ACCEPT}"},
         {"extra": f"\r\nSec-WebSocket-Accept: {ACCEPT}"}, {"Sec_WebSocket_Protocol": "other"},
         {"Sec_WebSocket_Protocol": "Chat"}, {"Sec_WebSocket_Protocol": ""},
         {"Sec_WebSocket_Protocol": "chat, superchat"},
         {"Sec_WebSocket_Protocol": "chat\r\nSec-WebSocket-Protocol: chat"},
         {"Sec_WebSocket_Extensions": "x"}, {"Sec_WebSocket_Extensions": "permessage-deflate; x"},
         {"Sec_WebSocket_Extensions": "a;"}, {"Sec_WebSocket_Extensions": "Permessage-Deflate"},
         {"Sec_WebSocket_Extensions": "permessage-deflate, permessage-deflate"},
         {
             "Sec_WebSocket_Extensions": ("permessage-deflate\r\nSec-WebSocket-Extensions: "
                 "permessage-deflate")},
         {"Sec_WebSocket_Extensions": "permessage-deflate", "offers_deflate": False}],
    )  # fmt: skip
    def test_anything_else_fails(self, changes: dict[str, Any]) -> None:
        with pytest.raises(HandshakeFailure):
            self.read(**changes)


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-9.1")
class TestHostileInput:
    @pytest.mark.parametrize("run", ["a,", "a;", "a;b=", 'a;b="', "\\", ",", " ", "a;b=c,", '"'])
    def test_extensions_take_linear_time(self, run: str) -> None:
        for before in ("", "a;", 'a;b="'):
            grows_no_worse_than_its_input(
                parse_extensions, lambda length: before + run * (length // len(run)), 4096
            )
