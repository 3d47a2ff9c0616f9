"""Response as a worker sees it: Fetch's, with what Cloudflare Workers add to it.

Fetch Standard, 5.5: https://fetch.spec.whatwg.org/#response-class
"""

from __future__ import annotations

from ..cloudflare.web_socket_responses import ResponseForWebSockets
from ..fetch.response_class import Response as Response
from ..webidl.interfaces import add_the_partial_interface

add_the_partial_interface(Response, ResponseForWebSockets)
