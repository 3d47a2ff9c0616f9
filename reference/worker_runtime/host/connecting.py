"""Connecting: a socket that is connected to the one of several places that answers first."""

from __future__ import annotations

import asyncio
import os
import re
import socket

from .addresses import TCPAddress
from .resolving import Place, in_turns, places_of
from .socket_options import SocketOptions, set_buffer_sizes, set_up_connection

SECONDS_BETWEEN_ATTEMPTS = 0.25


async def connected_socket(address: TCPAddress, options: SocketOptions) -> socket.socket:
    """A socket that is connected to an address. Of several places that it stands for, the next one
    is tried when the one before has failed, or has not answered for a while.

    https://www.rfc-editor.org/rfc/rfc8305#section-5
    """
    places = in_turns(await places_of(address, socket.SOCK_STREAM, options))
    if len(places) == 1:
        return await _connected(places[0], options)
    loop = asyncio.get_running_loop()
    attempts: list[asyncio.Task[socket.socket]] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        for place in places:
            attempts.append(loop.create_task(_connected(place, options)))
            is_last = len(attempts) == len(places)
            while winner is None and (pending := [each for each in attempts if not each.done()]):
                timeout = None if is_last else SECONDS_BETWEEN_ATTEMPTS
                await asyncio.wait(pending, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
                winner = next((each for each in attempts if _has_succeeded(each)), None)
                if not is_last:
                    break
            if winner is not None:
                return winner.result()
        failure = attempts[0].exception()
        assert failure is not None
        raise failure
    finally:
        for attempt in attempts:
            if attempt is not winner and _has_succeeded(attempt):
                attempt.result().close()
            attempt.cancel()


def _has_succeeded(attempt: asyncio.Task[socket.socket]) -> bool:
    return attempt.done() and not attempt.cancelled() and attempt.exception() is None


async def _connected(place: Place, options: SocketOptions) -> socket.socket:
    connection = socket.socket(place.family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        set_buffer_sizes(connection, options)
        await asyncio.get_running_loop().sock_connect(connection, place.where)
        set_up_connection(connection, options)
    except OSError as error:
        connection.close()
        raise in_the_systems_words(error) from None
    except BaseException:
        connection.close()
        raise
    return connection


def in_the_systems_words(error: OSError) -> OSError:
    """Why there is no connection; asyncio says which of its calls failed."""
    call = re.search(r"\[Errno (\d+)\] Connect call failed", str(error))
    return error if call is None else OSError(int(call[1]), os.strerror(int(call[1])))
