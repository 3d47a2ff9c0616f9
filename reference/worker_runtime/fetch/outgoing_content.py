"""Outgoing content: the body of a message, which is read as fast as the other side takes it.

RFC 9112, 6: https://www.rfc-editor.org/rfc/rfc9112#section-6
Fetch Standard, 4.7, "process request body":
https://fetch.spec.whatwg.org/#http-network-fetch
"""

from __future__ import annotations

from typing import Any

from ..http.edge import Edge
from ..streams.chunk_reader import ChunkReader
from ..streams.other_specifications import cancel_reader, get_a_reader
from ..streams.readable_stream import ReadableStream
from ..streams.readers import ReadableStreamDefaultReader
from ..webidl.interfaces import END_OF_ITERATION
from ..webidl.promises import mark_as_handled


class OutgoingContent:
    """A stream on its way to the other side. Nothing is collected in between.

    Part of https://www.rfc-editor.org/rfc/rfc9112#section-7
    """

    __slots__ = ("_edge", "_is_cancelled", "_reader")

    def __init__(self, edge: Edge[Any], stream: ReadableStream) -> None:
        """TypeError if somebody else reads the stream."""
        self._edge = edge
        self._is_cancelled = False
        self._reader: ReadableStreamDefaultReader = get_a_reader(stream)

    def cancel(self, reason: object) -> None:
        """No more of it is wanted; the stream's source is told."""
        self._is_cancelled = True
        mark_as_handled(cancel_reader(self._reader, reason))

    async def send(self) -> bool:
        """Send it to its end; returns whether the other side has taken it all.

        What is raised is what went wrong with the stream, whose source is told in any case.
        """
        edge, http, chunks = self._edge, self._edge.http, ChunkReader(self._reader)
        try:
            while (chunk := await chunks.read()) is not END_OF_ITERATION:
                if not isinstance(chunk, (bytes, bytearray, memoryview)):
                    kind = (
                        "str; write text.encode()"
                        if isinstance(chunk, str)
                        else type(chunk).__name__
                    )
                    raise TypeError(f"A chunk of a body is bytes, not {kind}")
                data = http.send_content(bytes(chunk))
                try:
                    await edge.send(data)
                except ConnectionError as error:
                    self.cancel(error)
                    return False
            if self._is_cancelled:  # this is not the end of it
                return False
            edge.stream.write(http.send_end())
            return True
        except BaseException as error:
            self.cancel(error)
            raise
