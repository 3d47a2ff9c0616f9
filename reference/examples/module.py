"""A module worker: a function instead of a listener, with its environment and its context.

    python3 reference serve reference/examples/module.py --env GREETING=Servus
    curl http://localhost:8000/?name=Ada
"""

from worker_runtime import URL, Env, ExecutionContext, Request, Response, console


async def count_letters(name: str) -> None:
    console.log("%s has %d letters", name, len(name))


async def fetch(request: Request, env: Env, ctx: ExecutionContext) -> Response:
    name = URL(request.url).searchParams.get("name") or "World"
    ctx.waitUntil(count_letters(name))  # goes on after the response
    return Response(f"{env.get('GREETING', 'Hello')} {name}\n")
