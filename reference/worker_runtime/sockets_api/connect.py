"""connect(): a socket that connects to an address.

Sockets API, 4: https://sockets-api.proposal.wintertc.org/#connect-section

The text has `connect` in a module of a vendor, or as a method of a binding object; here it is a
function.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Literal, NamedTuple, TypeAlias, TypedDict, Unpack, get_args

from ..host.addresses import TCPAddress
from ..host.byte_stream import ByteStream
from ..host.gates import current_gate
from ..host.letting_out import until_let_out
from ..host.tls import ClientTLS
from ..host.waiting import within
from ..html.event_loops import in_parallel
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_dom_string
from .any_socket_address import AnySocketAddress, to_address, to_host
from .concepts import establish, fail_to_connect
from .socket_class import Socket, create_a_socket
from .socket_error import SocketError, socket_error

# https://sockets-api.proposal.wintertc.org/#enumdef-securetransportkind
SecureTransportKind: TypeAlias = Literal["off", "on", "starttls"]


class SocketOptions(TypedDict, total=False):
    """https://sockets-api.proposal.wintertc.org/#dictdef-socketoptions"""

    secureTransport: SecureTransportKind
    allowHalfOpen: bool
    sni: str | None
    alpn: Iterable[str]


class Security(NamedTuple):
    """What is asked for of TLS.

    Part of https://sockets-api.proposal.wintertc.org/#dictdef-socketoptions
    """

    kind: SecureTransportKind
    sni: str | None = None
    alpn: tuple[str, ...] = ()


def connect(
    address: AnySocketAddress,
    opts: SocketOptions | None = None,
    **members: Unpack[SocketOptions],
) -> Socket:
    """A socket that connects to "host:port", or to a mapping with `hostname` and `port`. It is
    there at once: what is written waits, and so does who reads.

    SocketError if the address or the options are not as they have to be.

    https://sockets-api.proposal.wintertc.org/#dom-connect-connect
    """
    where = to_address(address)
    members = to_dictionary(SocketOptions, opts, members)
    security = to_security(members)
    settings_object = current_settings_object()
    socket = create_a_socket(
        settings_object, where, security, bool(members.get("allowHalfOpen", False))
    )
    tls = None
    if security.kind == "on":
        tls = ClientTLS(security.sni or where.host.removesuffix("."), None, security.alpn)
    socket._stop_connecting = in_parallel(establish_a_connection(socket, where, tls)).cancel
    return socket


def to_security(members: SocketOptions) -> Security:
    """The options for TLS; SocketError if they do not go together.

    Part of https://sockets-api.proposal.wintertc.org/#socketoptions-dictionary
    """
    kind = members.get("secureTransport", "off")
    if kind not in get_args(SecureTransportKind):
        raise TypeError(f'secureTransport is "off", "on" or "starttls", not {kind!r}')
    sni, alpn = members.get("sni"), members.get("alpn", ())
    if isinstance(alpn, str):
        raise TypeError(f"alpn is a list of protocols, not the string {alpn!r}")
    protocols = tuple(to_dom_string(protocol) for protocol in alpn)
    if kind == "off" and (sni is not None or protocols):
        raise SocketError('sni and alpn are for secureTransport="on" or "starttls"')
    for protocol in protocols:
        if not protocol.isascii() or not 0 < len(protocol) < 256:
            raise SocketError(f"{protocol!r} is no name of a protocol")
    return Security(kind, None if sni is None else to_host(to_dom_string(sni)), protocols)


async def establish_a_connection(
    socket: Socket, address: TCPAddress, tls: ClientTLS | None
) -> None:
    """Dial, and do the handshake of TLS where that is asked for.

    Part of https://sockets-api.proposal.wintertc.org/#dom-securetransportkind-on
    """
    settings_object = socket._settings_object
    host = settings_object.host
    if current_gate.get() is not None:
        await until_let_out()
    try:
        stream = await within(
            host.timeouts.connect,
            host.clock,
            host.network.dial(address, tls),
            lambda stream: stream.abort(),
        )
    except (OSError, ValueError) as failure:  # a ValueError is about a name that TLS cannot have
        steps = partial(fail_to_connect, socket, socket_error("There is no connection", failure))
    else:
        steps = partial(establish, socket, stream)
    queue_a_global_task("networking", settings_object, steps)


def create_an_accepted_socket(
    settings_object: EnvironmentSettingsObject, stream: ByteStream
) -> Socket:
    """A socket for a connection that has come in. What its other side has ended may still be
    answered.

    SPEC_NOTES.md#accepted-sockets
    """
    socket = create_a_socket(settings_object, None, Security("off"), True)
    establish(socket, stream)
    return socket
