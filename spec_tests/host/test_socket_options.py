"""How a socket is set up."""

from __future__ import annotations

import socket

import pytest

from spec_tests.host.ends import ANYWHERE
from worker_runtime.host.network import SocketOptions, SystemNetwork
from worker_runtime.host.socket_options import MOST_BUFFER_SIZE, set_buffer_sizes
from worker_runtime.host.socket_stream import SocketStream


async def options_of(options: SocketOptions) -> socket.socket:
    """The socket of a connection that has been closed since, for what it was set to."""
    listening = await SystemNetwork().listen(ANYWHERE, lambda stream: stream.abort())
    stream = await SystemNetwork().dial(listening.addresses[0], None, options)
    assert isinstance(stream, SocketStream)
    copy: socket.socket = stream._transport.get_extra_info("socket").dup()
    listening.close()
    stream.abort()
    await stream.wait_closed()
    return copy


class TestSetUpConnection:
    @pytest.mark.parametrize("no_delay", [True, False])
    async def test_no_delay(self, no_delay: bool) -> None:
        with await options_of(SocketOptions(no_delay=no_delay)) as one:
            assert bool(one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)) is no_delay

    async def test_nothing_is_kept_alive_unless_asked_for(self) -> None:
        with await options_of(SocketOptions()) as one:
            assert not one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)

    @pytest.mark.skipif(not hasattr(socket, "TCP_KEEPIDLE"), reason="the system has no such option")
    @pytest.mark.parametrize("delay, seconds", [(7, 7), (4_000_000, 32767)])
    async def test_keep_alive(self, delay: int, seconds: int) -> None:
        with await options_of(SocketOptions(keep_alive_delay=delay)) as one:
            assert one.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
            assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == seconds
            assert one.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == seconds


class TestSetBufferSizes:
    def test_both_are_set(self) -> None:
        with socket.socket() as one:
            before = one.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
            options = SocketOptions(send_buffer_size=16384, receive_buffer_size=8192)
            set_buffer_sizes(one, options)
            sizes = [one.getsockopt(socket.SOL_SOCKET, name)
                     for name in (socket.SO_SNDBUF, socket.SO_RCVBUF)]  # fmt: skip
            assert sizes[0] in (16384, 32768) and sizes[1] in (8192, 16384)  # Linux has twice that
            assert before > sizes[1]

    def test_a_size_that_is_too_large_is_the_largest_there_is(self) -> None:
        with socket.socket() as one:
            set_buffer_sizes(one, SocketOptions(send_buffer_size=2**32 - 1))
            assert 0 < one.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) <= 2 * MOST_BUFFER_SIZE
