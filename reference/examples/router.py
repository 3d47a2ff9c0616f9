"""Routes: URL patterns to handlers.

    python3 reference serve reference/examples/router.py
    curl http://localhost:8000/books/42
    curl -X PUT -d '{"title": "Dune"}' http://localhost:8000/books/42
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from worker_runtime import Request, Response, URLPattern

Handler = Callable[[Request, dict[str, Any]], Awaitable[Response]]

books: dict[str, Any] = {"1": {"title": "Permutation City"}}


async def list_books(request: Request, groups: dict[str, Any]) -> Response:
    return Response.json(books)


async def get_book(request: Request, groups: dict[str, Any]) -> Response:
    if groups["id"] not in books:
        return Response.json({"error": f"There is no book {groups['id']}"}, status=404)
    return Response.json(books[groups["id"]])


async def put_book(request: Request, groups: dict[str, Any]) -> Response:
    books[groups["id"]] = await request.json()
    return Response(None, status=204)


ROUTES: list[tuple[str, URLPattern, Handler]] = [
    ("GET", URLPattern({"pathname": "/books"}), list_books),
    ("GET", URLPattern({"pathname": "/books/:id(\\d+)"}), get_book),
    ("PUT", URLPattern({"pathname": "/books/:id(\\d+)"}), put_book),
]


async def fetch(request: Request, env: object, ctx: object) -> Response:
    allowed = []
    for method, pattern, handler in ROUTES:
        match = pattern.exec(request.url)
        if match is None:
            continue
        if method == request.method:
            return await handler(request, match.pathname.groups)
        allowed.append(method)
    if allowed:
        return Response(
            "This resource does not do that\n", status=405, headers={"Allow": ", ".join(allowed)}
        )
    return Response("There is nothing here\n", status=404)
