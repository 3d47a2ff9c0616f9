"""The Server-Timing header field: metrics as they are received.

Server Timing, 2: https://w3c.github.io/server-timing/#the-server-timing-header-field
"""

from __future__ import annotations

import re

from ..webidl.interfaces import new
from .performance_server_timing import PerformanceServerTiming

TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
METRIC_NAME = re.compile(rf"[ \t]*({TOKEN})")
PARAM = re.compile(
    rf'[ \t]*({TOKEN})[ \t]*(?:=[ \t]*(?:({TOKEN})|"((?:[^"\\]|\\.)*)")?)?', re.DOTALL
)
QUOTED_PAIR = re.compile(r"\\(.)", re.DOTALL)


def parse_a_server_timing_header_field(field: str) -> PerformanceServerTiming | None:
    """The metric that one member of the header's list is, None if it has no name.

    https://w3c.github.io/server-timing/#parse-a-server-timing-header-field
    """
    # DEVIATION: names and values are read as the grammar of the field has them, and what stands
    # between them and the next semicolon is skipped, as browsers and the official tests do. By the
    # letter a name may be anything, one that is there twice takes the next one with it, and "Dur"
    # is not "dur".
    name = METRIC_NAME.match(field)
    if name is None:
        return None
    metric: PerformanceServerTiming = new(PerformanceServerTiming)
    metric._metric_name = name[1]
    metric._params = {}
    position = field.find(";", name.end())
    while position != -1:
        position += 1
        param = PARAM.match(field, position)
        if param is not None:
            position = param.end()
            param_name, token, quoted = param.groups()
            value = token or QUOTED_PAIR.sub(r"\1", quoted or "")
            metric._params.setdefault(param_name.lower(), value)
        position = field.find(";", position)
    return metric
