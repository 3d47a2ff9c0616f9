"""JSON Web Tokens: a token for a user with the password, and a page for a user with a token.

python3 reference serve reference/examples/jwt.py --env SECRET=some-words
TOKEN=$(curl -s -d ada http://localhost:8000/token)
curl -H "Authorization: Bearer $TOKEN" http://localhost:8000/

RFC 7519, with the algorithm HS256 alone: a token says which algorithm it has, and is not believed.
"""

import json
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from worker_runtime import URL, Env, Request, Response, crypto

HEADER = {"alg": "HS256", "typ": "JWT"}
ALGORITHM = {"name": "HMAC", "hash": "SHA-256"}


def encoded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


async def token_of(claims: dict[str, Any], secret: str) -> str:
    text = ".".join(encoded(json.dumps(part).encode()) for part in (HEADER, claims))
    key = await crypto.subtle.importKey("raw", secret.encode(), ALGORITHM, False, ["sign"])
    return f"{text}.{encoded(await crypto.subtle.sign('HMAC', key, text.encode()))}"


async def claims_of(token: str, secret: str) -> dict[str, Any] | None:
    """What a token says; None if it is not ours, or its time is over."""
    text, _, signature = token.rpartition(".")
    key = await crypto.subtle.importKey("raw", secret.encode(), ALGORITHM, False, ["verify"])
    try:
        if not await crypto.subtle.verify("HMAC", key, decoded(signature), text.encode()):
            return None
        header, claims = (json.loads(decoded(part)) for part in text.split("."))
    except ValueError:
        return None
    return claims if header == HEADER and claims["exp"] > time.time() else None


async def fetch(request: Request, env: Env) -> Response:
    if URL(request.url).pathname == "/token" and request.method == "POST":
        claims = {"sub": await request.text(), "exp": int(time.time()) + 3600}
        return Response(await token_of(claims, env.SECRET))
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = await claims_of(token, env.SECRET) if scheme.lower() == "bearer" else None
    if known is None:
        return Response("Who are you?\n", status=401, headers={"WWW-Authenticate": "Bearer"})
    return Response(f"Hello {known['sub']}\n")
