"""The built-in worker: the table "State of Worker Runtimes" for this runtime, measured while the
page loads.

https://workers.js.org/ lists the rows. A row has a few probes; each uses the platform as a worker
would. Where all of a row pass it works, where some do it works partly, and otherwise not yet.
"""

from __future__ import annotations

import html
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from itertools import starmap
from typing import Any, NamedTuple, TypeAlias

# the platform and the request that is being answered
Probe: TypeAlias = "Callable[[Any, Any], Awaitable[object]]"


class Row(NamedTuple):
    """A row of the table: its title, the address of its standard, what is probed."""

    title: str
    address: str
    probes: dict[str, Probe]


# ---- browser APIs --------------------------------------------------------------------------------


async def fetch_event(platform: Any, request: Any) -> None:
    assert request.method == "GET" and request.url.startswith("http")
    assert issubclass(platform.FetchEvent, platform.ExtendableEvent)


async def request_and_response(platform: Any, request: Any) -> None:
    copy = platform.Request(request.url, method="POST", body="hello", headers={"X-Probe": "1"})
    assert await copy.text() == "hello" and copy.headers.get("x-probe") == "1"
    assert await platform.Response.json({"a": [1]}).json() == {"a": [1]}


async def form_data(platform: Any, request: Any) -> None:
    form = platform.FormData()
    form.append("file", platform.Blob(["text"]), "name.txt")
    assert (await (await platform.Response(form).formData()).get("file").text()) == "text"


async def fetch_function(platform: Any, request: Any) -> None:
    assert await (await platform.fetch("data:,hello")).text() == "hello"


async def abort(platform: Any, request: Any) -> None:
    controller = platform.AbortController()
    combined = platform.AbortSignal.any([controller.signal])
    controller.abort("reason")
    assert combined.aborted and combined.reason == "reason"


async def url_pattern(platform: Any, request: Any) -> None:
    match = platform.URLPattern({"pathname": "/books/:id(\\d+)"}).exec(
        "https://example.com/books/42"
    )
    assert match.pathname.groups["id"] == "42"


async def url(platform: Any, request: Any) -> None:
    assert (
        platform.URL("../b?q=ä#f", "https://EXAMPLE.com:443/a/c").href
        == "https://example.com/b?q=%C3%A4#f"
    )
    assert platform.URL("https://faß.example/").hostname == "xn--fa-hia.example"


async def encoding(platform: Any, request: Any) -> None:
    assert platform.TextEncoder().encode("é") == b"\xc3\xa9"
    assert platform.TextDecoder("shift_jis").decode(b"\x83\x65\x83\x58\x83\x67") == "テスト"


async def streams(platform: Any, request: Any) -> None:
    chunks = platform.ReadableStream.from_(["a", "b"]).pipeThrough(platform.TransformStream())
    assert [chunk async for chunk in chunks] == ["a", "b"]


async def byte_streams(platform: Any, request: Any) -> None:
    stream = platform.ReadableStream(
        {"type": "bytes", "pull": lambda controller: controller.enqueue(b"bytes")}
    )
    assert (
        await stream.getReader(mode="byob").read(memoryview(bytearray(2)))
    ).value.tobytes() == b"by"


async def encoding_streams(platform: Any, request: Any) -> None:
    stream = platform.ReadableStream.from_([b"\xc3", b"\xa9"]).pipeThrough(
        platform.TextDecoderStream()
    )
    assert "".join([chunk async for chunk in stream]) == "é"


async def compression_streams(platform: Any, request: Any) -> None:
    for format in ("gzip", "deflate", "deflate-raw"):
        packed = platform.ReadableStream.from_([b"hello" * 99]).pipeThrough(
            platform.CompressionStream(format)
        )
        unpacked = packed.pipeThrough(platform.DecompressionStream(format))
        assert b"".join([bytes(chunk) async for chunk in unpacked]) == b"hello" * 99


async def brotli(platform: Any, request: Any) -> None:
    platform.DecompressionStream("brotli")


async def digest_and_random(platform: Any, request: Any) -> None:
    assert (await platform.crypto.subtle.digest("SHA-256", b"")).hex().startswith("e3b0c442")
    assert len(platform.crypto.randomUUID()) == 36


async def encryption(platform: Any, request: Any) -> None:
    subtle = platform.crypto.subtle
    key = await subtle.generateKey(
        {"name": "AES-GCM", "length": 256}, False, ["encrypt", "decrypt"]
    )
    algorithm = {"name": "AES-GCM", "iv": bytes(12)}
    assert (
        await subtle.decrypt(algorithm, key, await subtle.encrypt(algorithm, key, b"secret"))
        == b"secret"
    )


async def cache(platform: Any, request: Any) -> None:
    assert await platform.caches.has("nothing is called this") is False


async def web_socket(platform: Any, request: Any) -> None:
    assert platform.WebSocket.CONNECTING == 0


async def web_socket_stream(platform: Any, request: Any) -> None:
    assert platform.WebSocketStream.opened


async def location(platform: Any, request: Any) -> None:
    assert platform.globalThis.location.href


async def event_target(platform: Any, request: Any) -> None:
    seen: list[str] = []
    target = platform.EventTarget()
    target.addEventListener("probe", lambda event: seen.append(event.type), once=True)
    target.dispatchEvent(platform.Event("probe"))
    target.dispatchEvent(platform.Event("probe"))
    assert seen == ["probe"]


async def web_workers(platform: Any, request: Any) -> None:
    assert platform.Worker.terminate


async def message_channel(platform: Any, request: Any) -> None:
    assert platform.MessageChannel().port1


async def broadcast_channel(platform: Any, request: Any) -> None:
    platform.BroadcastChannel("probe").close()


async def performance_now(platform: Any, request: Any) -> None:
    assert platform.performance.now() >= 0 and platform.performance.timeOrigin > 1e12


async def performance_marks(platform: Any, request: Any) -> None:
    mark = platform.performance.mark("probe", startTime=1)
    measure = platform.performance.measure("probe", start="probe", duration=2)
    assert (mark.name, measure.startTime, measure.duration) == ("probe", 1, 2)
    platform.performance.clearMarks("probe")
    platform.performance.clearMeasures("probe")


async def performance_observer(platform: Any, request: Any) -> None:
    told = platform.Promise.withResolvers()
    observer = platform.PerformanceObserver(lambda list: told.resolve(list.getEntries()[0].name))
    observer.observe(type="mark")
    platform.performance.mark("observed")
    assert await told.promise == "observed"
    observer.disconnect()
    platform.performance.clearMarks("observed")


# ---- working drafts, non-standard APIs, general capabilities -------------------------------------


async def kv_storage(platform: Any, request: Any) -> None:
    area = platform.KVStorageArea("state of Worker Runtimes")
    await area.set(["key", 1], {"value": 1})
    assert await area.get(["key", 1]) == {"value": 1} and area.backingStore.version == 1
    await area.clear()


async def cookie_store(platform: Any, request: Any) -> None:
    assert platform.CookieStore.getAll


async def scheduled(platform: Any, request: Any) -> None:
    assert platform.ScheduledEvent


async def durable_objects(platform: Any, request: Any) -> None:
    assert platform.DurableObject


async def ed25519(platform: Any, request: Any) -> None:
    subtle = platform.crypto.subtle
    pair = await subtle.generateKey("Ed25519", False, ["sign", "verify"])
    assert await subtle.verify(
        "Ed25519", pair.publicKey, await subtle.sign("Ed25519", pair.privateKey, b"text"), b"text"
    )


async def file_system(platform: Any, request: Any) -> None:
    assert (await platform.globalThis.navigator.storage.getDirectory()).kind == "directory"


async def connect_tcp(platform: Any, request: Any) -> None:
    assert platform.connect


async def connect_udp(platform: Any, request: Any) -> None:
    assert platform.UDPSocket


async def web_socket_server(platform: Any, request: Any) -> None:
    client, server = platform.WebSocketPair()
    assert server.accept


TABLE: dict[str, list[Row]] = {
    "Browser APIs": [
        Row("fetch event", "https://w3c.github.io/ServiceWorker/#fetchevent-interface",
            {"FetchEvent": fetch_event}),
        Row("Fetch API", "https://fetch.spec.whatwg.org/",
            {"Request, Response": request_and_response, "FormData, Blob": form_data,
                "fetch()": fetch_function}),
        Row("Abort Controller/Signal", "https://dom.spec.whatwg.org/#aborting-ongoing-activities",
            {"AbortSignal.any()": abort}),
        Row("URL, URL Pattern API", "https://urlpattern.spec.whatwg.org/",
            {"URL": url, "URLPattern": url_pattern}),
        Row("Encoding API", "https://encoding.spec.whatwg.org/",
            {"TextEncoder, TextDecoder": encoding}),
        Row("Streams API", "https://streams.spec.whatwg.org/",
            {"piping": streams, "byte streams": byte_streams}),
        Row("Encoding Streams", "https://encoding.spec.whatwg.org/#interface-textdecoderstream",
            {"TextDecoderStream": encoding_streams}),
        Row("Compression Streams", "https://compression.spec.whatwg.org/",
            {"gzip, deflate, deflate-raw": compression_streams, "brotli": brotli}),
        Row("Web Cryptography API", "https://w3c.github.io/webcrypto/",
            {"digest(), randomUUID()": digest_and_random, "AES-GCM": encryption}),
        Row("Cache API", "https://w3c.github.io/ServiceWorker/#cache-objects", {"caches": cache}),
        Row("WebSocket API", "https://websockets.spec.whatwg.org/", {"WebSocket": web_socket}),
        Row("Web Socket Stream", "https://github.com/ricea/websocketstream-explainer",
            {"WebSocketStream": web_socket_stream}),
        Row("Location API", "https://html.spec.whatwg.org/multipage/workers.html#worker-locations",
            {"location": location}),
        Row("EventTarget and Event", "https://dom.spec.whatwg.org/#events", {"once": event_target}),
        Row("Web Workers API", "https://html.spec.whatwg.org/multipage/workers.html",
            {"Worker": web_workers}),
        Row("Message Channel",
            "https://html.spec.whatwg.org/multipage/web-messaging.html#channel-messaging",
            {"MessageChannel": message_channel}),
        Row("Broadcast Channel",
            "https://html.spec.whatwg.org/multipage/web-messaging.html#broadcasting-to-other-browsing-contexts",
            {"BroadcastChannel": broadcast_channel}),
        Row("Performance API", "https://w3c.github.io/hr-time/",
            {"now()": performance_now, "mark(), measure()": performance_marks,
                "PerformanceObserver": performance_observer}),
    ],
    "Working Drafts": [
        Row("KV Storage API", "https://wicg.github.io/kv-storage/", {"KVStorageArea": kv_storage}),
        Row("Cookie Store API", "https://cookiestore.spec.whatwg.org/",
            {"CookieStore": cookie_store}),
    ],
    "Non-Standard APIs": [
        Row("scheduled event",
            "https://developers.cloudflare.com/workers/runtime-apis/handlers/scheduled/",
            {"ScheduledEvent": scheduled}),
        Row("Durable Objects", "https://developers.cloudflare.com/durable-objects/",
            {"DurableObject": durable_objects}),
        Row("Ed25519 via WebCrypto", "https://w3c.github.io/webcrypto/#ed25519",
            {"sign(), verify()": ed25519}),
    ],
    "General Capabilities": [
        Row("File system access", "https://fs.spec.whatwg.org/", {"getDirectory()": file_system}),
        Row("Connect TCP", "https://sockets-api.proposal.wintertc.org/",
            {"connect()": connect_tcp}),
        Row("Connect UDP", "https://wicg.github.io/direct-sockets/", {"UDPSocket": connect_udp}),
        Row("WebSockets (Server)", "https://websockets.spec.whatwg.org/",
            {"WebSocketPair": web_socket_server}),
    ],
}  # fmt: skip


# ---- the page ------------------------------------------------------------------------------------


class Outcome(NamedTuple):
    """What a probe showed; `problem` is None where it passed."""

    name: str
    problem: str | None


async def measure(row: Row, platform: Any, request: Any) -> list[Outcome]:
    """Run the probes of a row. What is missing or fails is an outcome, too."""
    outcomes = []
    for name, probe in row.probes.items():
        try:
            await probe(platform, request)
            problem = None
        except Exception as error:
            problem = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        outcomes.append(Outcome(name, problem))
    return outcomes


def state_of(outcomes: list[Outcome]) -> str:
    """The word for a row: "works", "partly" or "not yet"."""
    passed = sum(outcome.problem is None for outcome in outcomes)
    return "works" if passed == len(outcomes) else "partly" if passed else "not yet"


def render_row(row: Row, outcomes: list[Outcome]) -> str:
    """A row as HTML."""
    state = state_of(outcomes)
    probes = "".join(
        f'<li class="{"pass" if outcome.problem is None else "fail"}" '
        f'title="{html.escape(outcome.problem or "")}">'
        f"{html.escape(outcome.name)}</li>"
        for outcome in outcomes
    )
    title = f'<a href="{html.escape(row.address)}">{html.escape(row.title)}</a>'
    return (
        f'<tr class="{state.replace(" ", "-")}"><th scope="row">{title}</th><td '
        f'class="state">{state}</td><td><ul>{probes}</ul></td></tr>'
    )


STYLE = """
:root {
  color-scheme: light dark; --text: #1b1f24; --faint: #667; --line: #dde1e6; --page: #fff;
  --good: #14803c; --part: #b06a00; --none: #8a8f98;
}
@media (prefers-color-scheme: dark) { :root {
  --text: #e6e8eb; --faint: #9aa2ad; --line: #30363d; --page: #14171a;
  --good: #4cc271; --part: #e3a43b; --none: #767d87;
} }
body {
  font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page);
  max-width: 54rem; margin: 3rem auto; padding: 0 1.25rem;
}
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 .5rem; letter-spacing: -.02em }
h2 { font-size: 1.05rem; margin: 2.25rem 0 .4rem }
p { margin: .4rem 0; max-width: 42rem }
a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em }
a:hover { text-decoration-color: currentColor }
pre {
  background: color-mix(in srgb, var(--text) 5%, transparent); padding: .9rem 1.1rem;
  border-radius: .5rem; overflow-x: auto; font-size: .875rem;
}
table { border-collapse: collapse; width: 100% }
th, td {
  text-align: left; padding: .4rem .6rem .4rem 0; border-top: 1px solid var(--line);
  vertical-align: top;
}
th { font-weight: 500; width: 15rem } .state { width: 6rem; font-weight: 600; white-space: nowrap }
.state::before { content: "●"; margin-right: .45em }
.works .state { color: var(--good) }
.partly .state { color: var(--part) }
.not-yet .state { color: var(--none) }
ul {
  list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0 1rem;
  color: var(--faint); font-size: .9rem;
}
.pass::before { content: "✓ "; color: var(--good) }
.fail::before { content: "– "; color: var(--none) }
footer { margin: 3rem 0; color: var(--faint); font-size: .875rem }
@media (max-width: 40rem) {
  table, tbody { display: block }
  tr { display: flex; flex-wrap: wrap; gap: 0 1rem; padding: .5rem 0;
       border-top: 1px solid var(--line) }
  th, td { border: 0; padding: 0; width: auto } th { flex: 1 } td:last-child { flex: 100% }
}
"""

EXAMPLE = """from worker_runtime import Response, addEventListener

addEventListener("fetch", lambda event: event.respondWith(Response("Hello World")))"""


def render_page(sections: dict[str, list[tuple[Row, list[Outcome]]]]) -> str:
    """The whole page as HTML; it loads nothing from elsewhere."""
    measured = [state_of(outcomes) for rows in sections.values() for _, outcomes in rows]
    count = (
        f"{measured.count('works')} of {len(measured)} rows work, {measured.count('partly')} partly"
    )
    tables = "".join(
        f"<h2>{html.escape(title)}</h2><table>{''.join(starmap(render_row, rows))}</table>"
        for title, rows in sections.items()
    )
    version = ".".join(map(str, sys.version_info[:3]))
    return f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>State of this Worker Runtime</title>
<style>{STYLE}</style>
<h1>State of this Worker Runtime</h1>
<p>Worker Runtimes are HTTP servers written against browser APIs. You see this page
because <code>serve</code> was given no worker. Save these lines as <code>hello.py</code> and run
<code>serve hello.py</code>:</p>
<pre>{html.escape(EXAMPLE)}</pre>
<p>Each row below was measured in this worker while the page loaded: {count}.</p>
{tables}
<footer>Python {version}, standard library only. The rows are those of
<a href="https://workers.js.org/">workers.js.org</a>.</footer>
</html>
"""


async def fetch(request: Any, env: Any, ctx: Any) -> Any:
    """Answer with the page."""
    platform = import_module("..", __package__)
    if platform.URL(request.url).pathname != "/":
        return platform.Response("There is only one page here: /\n", status=404)
    sections = {
        title: [(row, await measure(row, platform, request)) for row in rows]
        for title, rows in TABLE.items()
    }
    return platform.Response(
        render_page(sections), headers={"Content-Type": "text/html; charset=utf-8"}
    )
