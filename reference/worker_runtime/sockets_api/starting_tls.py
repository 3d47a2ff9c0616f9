"""Starting TLS: what `startTls()` does after it has returned.

Sockets API, 3.4.2: https://sockets-api.proposal.wintertc.org/#starttls-method
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ..host.byte_stream import ByteStream
from ..host.tls import ClientTLS
from ..host.waiting import within
from ..html.settings_objects import queue_a_global_task
from ..streams.other_specifications import cancel_readable_stream
from ..webidl.promises import mark_as_handled
from .concepts import (
    become_closed,
    break_off,
    close_the_writable_stream,
    establish,
    fail_to_connect,
)
from .socket_error import SocketError, socket_error

if TYPE_CHECKING:
    from .socket_class import Socket


async def upgrade(plain: Socket, secure: Socket) -> None:
    """Part of https://sockets-api.proposal.wintertc.org/#dom-socket-starttls"""
    error: SocketError | None = None
    stream: ByteStream | None = None
    try:
        await plain._opened
        stream = await take_the_connection(plain)
        assert secure._address is not None
        sni, alpn = secure._security.sni, secure._security.alpn
        tls = ClientTLS(sni or secure._address.host.removesuffix("."), None, alpn)
        host = secure._settings_object.host
        await within(host.timeouts.connect, host.clock, stream.start_tls(tls), lambda _: None)
    except (OSError, ValueError) as failure:  # a ValueError is about a name that TLS cannot have
        error = socket_error("TLS could not be started", failure)
    except SocketError as failure:
        error = failure
    except Exception as failure:  # the reason that the socket before was closed with
        error = socket_error("The socket was closed before TLS could be started", failure)
    except BaseException:
        if stream is not None:
            stream.abort()
        elif plain._stream is not None:
            break_off(plain)
        raise
    if error is None:
        assert stream is not None
        steps = partial(establish, secure, stream)
    else:
        if stream is not None:
            stream.abort()
        elif not plain._is_over:
            break_off(plain)
        steps = partial(fail_to_connect, secure, error)
    queue_a_global_task("networking", secure._settings_object, steps)


async def take_the_connection(plain: Socket) -> ByteStream:
    """Close a socket, but for its connection, when all that was written is sent. SocketError if
    that cannot be, or something has come that nobody has read.

    Part of https://sockets-api.proposal.wintertc.org/#dom-socket-starttls
    """
    stream = plain._stream
    if plain._is_over or stream is None or stream.is_lost:
        raise SocketError("The socket was closed before TLS could be started")
    if plain._stop_reading is not None:
        plain._stop_reading()
    try:
        await close_the_writable_stream(plain)
        await stream.drain()
    except Exception as failure:
        raise socket_error("What was written before TLS was not sent", failure) from None
    plain._stream = None
    left_over = plain._left_over
    mark_as_handled(cancel_readable_stream(plain._readable, None))
    become_closed(plain)
    if left_over:
        stream.abort()
        raise SocketError("Something came before TLS, and nobody has read it")
    return stream
