"""Cookies: how often somebody was here, in a cookie that is signed.

python3 reference serve reference/examples/cookies.py --env SECRET=some-words
curl -c jar -b jar http://localhost:8000/
"""

from http.cookies import SimpleCookie

from worker_runtime import Env, Request, Response, crypto


async def sign(text: str, secret: str) -> str:
    algorithm = {"name": "HMAC", "hash": "SHA-256"}
    key = await crypto.subtle.importKey("raw", secret.encode(), algorithm, False, ["sign"])
    return (await crypto.subtle.sign("HMAC", key, text.encode())).hex()


async def count_of(request: Request, secret: str) -> int:
    """What the cookie says; 0 if it is not there, or was not signed here."""
    cookie = SimpleCookie(request.headers.get("Cookie", "")).get("visits")
    text, _, signature = (cookie.value if cookie else "").partition(".")
    if not text.isdecimal():
        return 0
    expected = await sign(text, secret)
    is_ours = len(signature) == len(expected) and crypto.subtle.timingSafeEqual(
        signature.encode(), expected.encode()
    )
    return int(text) if is_ours else 0


async def fetch(request: Request, env: Env) -> Response:
    count = str(await count_of(request, env.SECRET) + 1)
    response = Response(f"Visit {count}\n")
    value = f"visits={count}.{await sign(count, env.SECRET)}"
    response.headers.append("Set-Cookie", f"{value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400")
    return response
