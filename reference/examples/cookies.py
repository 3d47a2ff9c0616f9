"""Cookies: how often somebody was here, in a cookie that is signed.

python3 reference serve reference/examples/cookies.py --env SECRET=some-words
curl -c jar -b jar http://localhost:8000/
"""

from functools import cache

from worker_runtime import (
    CryptoKey,
    Env,
    Promise,
    Request,
    RequestCookieStore,
    Response,
    SignedCookieStore,
)

DAY = 86_400  # seconds


@cache  # it takes a while
def key_of(secret: str) -> Promise[CryptoKey]:
    return SignedCookieStore.deriveCryptoKey(secret=secret)


async def fetch(request: Request, env: Env) -> Response:
    cookies = RequestCookieStore(request)
    signed = SignedCookieStore(cookies, await key_of(env.SECRET))
    visits = await signed.get("visits")  # None if it is not there, or was not signed here
    count = int(visits.value) + 1 if visits and visits.value else 1
    await signed.set(name="visits", value=str(count), maxAge=DAY, sameSite="lax", httpOnly=True)
    return Response(f"Visit {count}\n", headers=cookies.headers)
