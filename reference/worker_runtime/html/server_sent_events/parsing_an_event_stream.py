"""Parsing an event stream: from chunks of bytes to lines.

HTML Standard, 9.2.5:
https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import re
from io import StringIO

from ...encoding.text_decoder import TextDecoder

LINE_END = re.compile("\r\n|\n|\r")
MOST_CHARACTERS = 16 * 1024 * 1024  # of a line, and of the data of an event


class StreamTooLong(ValueError):
    """A line, or the data of an event, has more than anybody could mean.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """


class EventStreamLines:
    """The lines of a stream that comes in chunks. A line is there when its end is.

    Part of https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
    """

    __slots__ = ("_begin", "_decoder", "_may_skip_a_line_feed")

    def __init__(self) -> None:
        self._decoder = TextDecoder()  # which drops a byte order mark
        self._begin = StringIO()  # what there is of a line, however small its pieces are
        self._may_skip_a_line_feed = False  # whether the last chunk has ended with a CR

    def take(self, chunk: bytes) -> list[str]:
        """The lines that end in a chunk. StreamTooLong if one is too long, ended or not."""
        text = self._decoder.decode(chunk, stream=True)
        if not text:
            return []
        if self._may_skip_a_line_feed and text[0] == "\n":
            text = text[1:]
        self._may_skip_a_line_feed = text.endswith("\r")
        lines = LINE_END.split(text)
        self._begin.write(lines[0])
        if self._begin.tell() > MOST_CHARACTERS:
            raise StreamTooLong(f"A line of the event stream has over {MOST_CHARACTERS} characters")
        if len(lines) == 1:
            return []
        lines[0] = self._begin.getvalue()
        self._begin = StringIO()
        self._begin.write(lines.pop())
        return lines
