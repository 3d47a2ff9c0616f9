"""A proxy in two lines: each request goes on to another server, and its response comes back, both
streamed.

python3 reference serve reference/examples/proxy.py --env ORIGIN=https://example.com
curl -i http://localhost:8000/

The Host is that of the other server, and the fields that are about a connection stay behind, as
HTTP has it.
"""

from worker_runtime import URL, Env, Request, Response, fetch


class Default:
    env: Env

    async def fetch(self, request: Request) -> Response:
        url = URL(request.url)
        return await fetch(URL(url.pathname + url.search, self.env.ORIGIN).href, request)
