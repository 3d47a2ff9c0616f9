"""What people write who come from the pages of MDN, Cloudflare and Deno, word for word in Python:
each works, or fails with a message that has the line to write instead.

A worker here is a module, or the body of the `fetch` of a class `Default`.
"""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from typing import NamedTuple

import pytest

from spec_tests.fakes import RecordingConsole
from spec_tests.fetch.scripted_network import Received, ScriptedNetwork, response
from worker_runtime.fetch.request_class import RequestInit
from worker_runtime.host.host import Host
from worker_runtime.host.network import Address, ByteStream, ClientTLS, SocketOptions, TCPAddress
from worker_runtime.runtime.runtime import Runtime, WorkerFailure

MDN = "https://developer.mozilla.org/en-US/docs/Web/API/"
CLOUDFLARE = "https://developers.cloudflare.com/workers/"
DENO = "https://docs.deno.com/"

PRELUDE = """
import asyncio, json, re
from pathlib import Path
from worker_runtime import (
    AbortController, AbortSignal, Blob, CustomEvent, DOMException, Env, Event, EventTarget, File,
    FormData, Headers, Promise, ReadableStream, Request, RequestCookieStore, Response, TextDecoder,
    TextDecoderStream,
    TextEncoder, TransformStream, URL, URLPattern, URLSearchParams, WebSocketPair,
    WorkerEntrypoint, WritableStream, addEventListener, atob, btoa, caches, console, crypto, fetch,
    globalThis, location, navigator, performance, queueMicrotask, setTimeout, structuredClone,
)
"""


class Idiom(NamedTuple):
    """A worker, what it is asked, and what it answers."""

    page: str
    code: str
    answer: str
    path: str = "/"
    init: RequestInit = {}


class Advice(str):
    """What an error says, instead of an answer."""


POST: RequestInit = {"method": "POST", "body": '{"name": "Ada"}'}
FORM: RequestInit = {
    "method": "POST",
    "body": "name=Ada&tag=a&tag=b",
    "headers": {"content-type": "application/x-www-form-urlencoded"},
}

IDIOMS = {
    # ---- handlers
    "export default { fetch }": Idiom(
        CLOUDFLARE + "runtime-apis/handlers/fetch/",
        "async def hello(request, env, ctx):\n    return Response('Hello World!')\n"
        "default = {'fetch': hello}",
        "Hello World!",
    ),
    "export default { fetch() }, as a class": Idiom(
        CLOUDFLARE + "languages/python/basics/",
        "class Default(WorkerEntrypoint):\n    async def fetch(self, request):\n"
        "        return Response(f'{self.env.NAME} {type(self.ctx).__name__}')",
        "Ada ExecutionContext",
    ),
    "on_fetch": Idiom(
        CLOUDFLARE + "languages/python/",
        "async def on_fetch(request, env):\n    return Response(env.NAME)",
        "Ada",
    ),
    "export default an object": Idiom(
        CLOUDFLARE + "get-started/",
        "class Worker:\n    def fetch(self, request): return Response('object')\n"
        "default = Worker()",
        "object",
    ),
    "export default async function handler": Idiom(
        DENO + "deploy/", "async def default(request):\n    return Response('function')", "function"
    ),
    "addEventListener with respondWith": Idiom(
        CLOUDFLARE + "reference/migrate-to-module-workers/",
        "async def handle(request):\n    return Response(request.method)\n"
        "addEventListener('fetch', lambda event: event.respondWith(handle(event.request)))",
        "GET",
    ),
    "an async listener": Idiom(
        MDN + "FetchEvent/respondWith",
        "async def listener(event):\n    event.respondWith(Response('async'))\n"
        "addEventListener('fetch', listener)",
        "async",
    ),
    "a handler without arguments": Idiom(
        CLOUDFLARE + "examples/return-html/",
        "class Default:\n    def fetch(self): return Response('none')",
        "none",
    ),
    "a misspelt handler": Idiom(
        CLOUDFLARE + "get-started/",
        "async def fecth(request): return Response('x')",
        Advice("fecth(): did you mean fetch()?"),
    ),
    "a handler that calls fetch": Idiom(
        CLOUDFLARE + "examples/respond-with-another-site/",
        "async def fetch(request):\n    return await fetch('https://example.com/hello')",
        Advice("`from worker_runtime import fetch as send`"),
    ),
    "waitUntil": Idiom(
        CLOUDFLARE + "runtime-apis/context/",
        "async def log(): console.log('logged')\nctx.waitUntil(log())\nreturn Response('first')",
        "first",
    ),
    "waitUntil with a function": Idiom(
        CLOUDFLARE + "runtime-apis/context/",
        "async def log(): ...\nctx.waitUntil(log)\nreturn Response('first')",
        Advice("write waitUntil(log())"),
    ),
    "return of a string": Idiom(DENO, "return 'Hello'", Advice("write Response(...)")),
    "return of a dict": Idiom(DENO, "return {'a': 1}", Advice("write Response.json(...)")),
    "return of a tuple": Idiom(DENO, "return 'x', 404", Advice("Response(body, status=404")),
    "no return": Idiom(DENO, "Response('x')", Advice("`return Response(...)`")),
    # ---- responses
    "a response with an init": Idiom(
        MDN + "Response/Response",
        "r = Response('no', {'status': 404, 'statusText': 'Not Found', 'headers': {'x': 'y'}})\n"
        "return Response(f'{r.status} {r.statusText} {r.headers.get(\"x\")}')",
        "404 Not Found y",
    ),
    "JSON.stringify with a content type": Idiom(
        CLOUDFLARE + "examples/return-json/",
        "data = {'hello': 'world'}\n"
        "return Response(json.dumps(data), {'headers': {'content-type': 'application/json'}})",
        '{"hello": "world"}',
    ),
    "Response.json": Idiom(
        MDN + "Response/json_static",
        "r = Response.json({'a': [1, None]}, {'status': 201})\n"
        "return Response(f'{r.status} {await r.text()}')",
        '201 {"a":[1,null]}',
    ),
    "Response.redirect": Idiom(
        CLOUDFLARE + "examples/redirect/",
        "r = Response.redirect('https://example.com/', 301)\n"
        "return Response(f'{r.status} {r.headers.get(\"location\")}')",
        "301 https://example.com/",
    ),
    "a null body": Idiom(
        MDN + "Response/Response",
        "return Response(str(Response(None, {'status': 204}).status))",
        "204",
    ),
    "alter headers of a response": Idiom(
        CLOUDFLARE + "examples/alter-headers/",
        "r = await fetch('https://example.com/hello')\nr = Response(r.body, r)\n"
        "r.headers.append('x-workers-hello', 'Hello')\nr.headers.delete('x-header')\n"
        "r.headers.set('x-b', 'new')\n"
        "return Response(f'{await r.text()} {r.headers[\"x-workers-hello\"]}')",
        "hello Hello",
    ),
    "a dict as a body": Idiom(
        MDN + "Response/Response", "return Response({'a': 1})", Advice("write Response.json(...)")
    ),
    "a path as a body": Idiom(
        DENO, "return Response(Path('index.html'))", Advice("write open('index.html', \"rb\")")
    ),
    "a body that was not awaited": Idiom(
        MDN + "Request/text", "return Response(request.text())", Advice("write `await` before it")
    ),
    "a status as the second argument": Idiom(
        DENO, "return Response('x', 404)", Advice("Response() takes options, not 404")
    ),
    "headers as the second argument": Idiom(
        MDN + "Response/Response",
        "return Response('x', {'content-type': 'text/html'})",
        Advice("Response() has no option 'content-type'; it has headers, status, statusText"),
    ),
    "a misspelt option": Idiom(
        MDN + "Response/Response",
        "return Response('x', state=404)",
        Advice("did you mean 'status'?"),
    ),
    "the timeout of requests": Idiom(
        MDN + "AbortSignal/timeout_static",
        "return await fetch('https://example.com/', timeout=5)",
        Advice("Request() has no option 'timeout'; write signal=AbortSignal.timeout(milliseconds)"),
    ),
    "the json of httpx": Idiom(
        MDN + "RequestInit",
        "return await fetch('https://example.com/', method='POST', json={'a': 1})",
        Advice("write body=json.dumps(...), headers={'Content-Type': 'application/json'}"),
    ),
    "the media type of Starlette": Idiom(
        MDN + "Response/Response",
        "return Response('x', media_type='text/html')",
        Advice("Response() has no option 'media_type'; write headers={'Content-Type': ...}"),
    ),
    "JSON of a body that was not awaited": Idiom(
        MDN + "Response/json_static",
        "return Response.json({'you sent': request.json()})",
        Advice("Promise has no JSON: write `await` before it"),
        init=POST,
    ),
    "several cookies": Idiom(
        MDN + "Headers/getSetCookie",
        "headers = Headers()\nheaders.append('Set-Cookie', 'a=1')\n"
        "headers.append('Set-Cookie', 'b=2')\n"
        "return Response.json(Response('', {'headers': headers}).headers.getSetCookie())",
        '["a=1","b=2"]',
    ),
    "a list as the value of a header": Idiom(
        DENO,
        "return Response('x', headers={'Set-Cookie': ['a=1', 'b=2']})",
        Advice("write headers.append('Set-Cookie', value) for each"),
    ),
    # ---- requests
    "the path and the query": Idiom(
        MDN + "URL/searchParams",
        "url = URL(request.url)\nreturn Response(url.pathname + ' ' + url.searchParams.get('q'))",
        "/search cats",
        path="/search?q=cats",
    ),
    "destructuring of a URL": Idiom(
        CLOUDFLARE + "examples/bulk-redirects/",
        "url = URL(request.url)\npathname, search = url.pathname, url.search\n"
        "return Response({'/a': 'found'}.get(pathname, 'none') + search)",
        "found?x",
        path="/a?x",
    ),
    "a parameter or a default": Idiom(
        MDN + "URLSearchParams/get",
        "params = URL(request.url).searchParams\n"
        "return Response(params.get('name') or params.get('n', 'World'))",
        "World",
    ),
    "in, [], len and dict of a query": Idiom(
        MDN + "URLSearchParams/has",
        "params = URL(request.url).searchParams\n"
        "return Response.json([len(params), 'a' in params, params['a'], dict(params)])",
        '[2,true,"1",{"a":"1","b":"2"}]',
        path="/?a=1&b=2",
    ),
    "in, [] and dict of headers": Idiom(
        MDN + "Headers/has",
        "h = request.headers\nreturn Response.json(['X-A' in h, h['x-a'], dict(h)])",
        '[true,"1",{"x-a":"1"}]',
        init={"headers": {"x-a": "1"}},
    ),
    "Object.fromEntries(headers)": Idiom(
        CLOUDFLARE + "examples/logging-headers/",
        "return Response.json({name: value for name, value in request.headers})",
        '{"x-a":"1"}',
        init={"headers": {"x-a": "1"}},
    ),
    "headers.forEach": Idiom(
        MDN + "Headers/forEach",
        "seen = []\nrequest.headers.forEach(lambda value, name: seen.append(f'{name}: {value}'))\n"
        "return Response(', '.join(seen))",
        "x-a: 1",
        init={"headers": {"x-a": "1"}},
    ),
    "await request.json()": Idiom(
        MDN + "Request/json", "return Response((await request.json())['name'])", "Ada", init=POST
    ),
    "request.json() that was not awaited": Idiom(
        MDN + "Request/json",
        "return Response(request.json()['name'])",
        Advice("write `(await promise)['name']`"),
        init=POST,
    ),
    "then": Idiom(
        MDN + "Promise/then",
        "return await request.json().then(lambda data: Response(data['name']))",
        "Ada",
        init=POST,
    ),
    "a form": Idiom(
        CLOUDFLARE + "examples/read-post/",
        "form = await request.formData()\n"
        "return Response.json([form.get('name'), form.getAll('tag'), dict(form)])",
        '["Ada",["a","b"],{"name":"Ada","tag":"a"}]',
        init=FORM,
    ),
    "entries of a form": Idiom(
        CLOUDFLARE + "examples/read-post/",
        "form = await request.formData()\nbody = {}\n"
        "for name, value in form.entries():\n    body[name] = value\nreturn Response.json(body)",
        '{"name":"Ada","tag":"b"}',
        init=FORM,
    ),
    "a switch on the method": Idiom(
        CLOUDFLARE + "examples/",
        "match request.method:\n    case 'POST': return Response(await request.text())\n"
        "return Response('Method Not Allowed', {'status': 405})",
        '{"name": "Ada"}',
        init=POST,
    ),
    "a request that is another with other members": Idiom(
        CLOUDFLARE + "examples/modify-request-property/",
        "new = Request('https://example.com/echo', Request(request, {'method': 'PUT'}))\n"
        "return Response(f'{new.method} {new.url} {await new.text()}')",
        'PUT https://example.com/echo {"name": "Ada"}',
        init=POST,
    ),
    "request.args of Flask": Idiom(
        DENO, "return Response(request.args['q'])", Advice("URL(request.url).searchParams")
    ),
    "request.path of Flask": Idiom(
        DENO, "return Response(request.path)", Advice("URL(request.url).pathname")
    ),
    "a request as a URL": Idiom(
        MDN + "URL/URL", "return Response(URL(request).pathname)", Advice("write .url behind it")
    ),
    "a handle of a file as a body": Idiom(
        MDN + "FileSystemFileHandle/getFile",
        "folder = await navigator.storage.getDirectory()\n"
        "return Response(await folder.getFileHandle('a', create=True))",
        Advice("write `await handle.getFile()`"),
    ),
    "the file name of an upload of Starlette": Idiom(
        MDN + "File/name",
        "return Response(File([b'x'], 'a.txt').filename)",
        Advice("no attribute 'filename': write file.name"),
    ),
    "a transform stream as a body": Idiom(
        MDN + "TransformStream/readable",
        "return Response(TransformStream())",
        Advice("write .readable behind it"),
    ),
    "the path of urllib": Idiom(
        DENO, "return Response(URL(request.url).path)", Advice("'path': write url.pathname")
    ),
    "ctx.wait_until": Idiom(
        CLOUDFLARE + "runtime-apis/context/",
        "ctx.wait_until(count(1))\nreturn Response('x')",
        Advice("no attribute 'wait_until': write 'waitUntil'"),
    ),
    "request.cf": Idiom(
        CLOUDFLARE + "runtime-apis/request/",
        "return Response(request.cf.country)",
        Advice("ctx.remoteAddr"),
    ),
    "a name in Python's spelling": Idiom(
        MDN + "Request/bodyUsed", "return Response(request.body_used)", Advice("'bodyUsed'")
    ),
    "status_code of requests": Idiom(
        MDN + "Response/status",
        "return Response(str((await fetch('https://example.com/hello')).status_code))",
        Advice("write response.status"),
    ),
    # ---- fetch
    "await fetch": Idiom(
        MDN + "Window/fetch",
        "r = await fetch('https://example.com/hello')\n"
        "return Response(f'{r.ok} {r.status} {await r.text()}')",
        "True 200 hello",
    ),
    "fetch with an init": Idiom(
        MDN + "RequestInit",
        "r = await fetch('https://example.com/echo', {\n"
        "    'method': 'POST', 'body': json.dumps({'a': 1}),\n"
        "    'headers': {'Content-Type': 'application/json'}})\nreturn Response(await r.text())",
        'POST {"a": 1} application/json',
    ),
    "a body that is a dict": Idiom(
        MDN + "RequestInit",
        "return await fetch('https://example.com/echo', method='POST', body={'a': 1})",
        Advice("body=json.dumps(...)"),
    ),
    "a proxy in two lines": Idiom(
        CLOUDFLARE + "examples/respond-with-another-site/",
        "url = 'https://example.com/echo'\nreturn await fetch(url, request)",
        'POST {"name": "Ada"} text/plain;charset=UTF-8',
        init=POST,
    ),
    "Promise.all": Idiom(
        CLOUDFLARE + "examples/aggregate-requests/",
        "urls = ['https://example.com/hello', 'https://example.com/echo']\n"
        "responses = await Promise.all(map(fetch, urls))\n"
        "texts = await Promise.all([r.text() for r in responses])\nreturn Response.json(texts)",
        '["hello","GET  "]',
    ),
    "asyncio.gather": Idiom(
        DENO,
        "a, b = await asyncio.gather(fetch('https://example.com/hello'), asyncio.sleep(0, 2))\n"
        "return Response(f'{await a.text()} {b}')",
        "hello 2",
    ),
    "fetch without await": Idiom(
        MDN + "Window/fetch",
        "return Response(fetch('https://example.com/hello').status)",
        Advice("write `(await promise).status`"),
    ),
    "catch": Idiom(
        MDN + "Promise/catch",
        "r = await fetch('https://nowhere.example/').catch(lambda e: Response(type(e).__name__))\n"
        "return r",
        "TypeError",
    ),
    "try and except": Idiom(
        MDN + "Window/fetch",
        "try:\n    return await fetch('https://nowhere.example/')\n"
        "except TypeError as error:\n    return Response(str(error)[:12], status=502)",
        "fetch failed",
    ),
    "AbortSignal.timeout": Idiom(
        MDN + "AbortSignal/timeout_static",
        "try:\n    await fetch('https://example.com/slow', {'signal': AbortSignal.timeout(1)})\n"
        "except DOMException as error:\n    return Response(error.name)",
        "TimeoutError",
    ),
    "AbortController": Idiom(
        MDN + "AbortController",
        "controller = AbortController()\nsetTimeout(lambda: controller.abort(), 1)\n"
        "try:\n    await fetch('https://example.com/slow', {'signal': controller.signal})\n"
        "except DOMException as error:\n    return Response(error.name)",
        "AbortError",
    ),
    # ---- streams
    "for await of a body": Idiom(
        MDN + "ReadableStream",
        "chunks = []\nasync for chunk in request.body:\n    chunks.append(chunk)\n"
        "return Response(b''.join(chunks))",
        '{"name": "Ada"}',
        init=POST,
    ),
    "a reader": Idiom(
        MDN + "ReadableStreamDefaultReader/read",
        "reader = request.body.getReader()\nvalue, done = await reader.read()\n"
        "return Response(value)",
        '{"name": "Ada"}',
        init=POST,
    ),
    "a stream with start": Idiom(
        MDN + "ReadableStream/ReadableStream",
        "def start(controller):\n    controller.enqueue(TextEncoder().encode('Hello'))\n"
        "    controller.close()\nreturn Response(ReadableStream({'start': start}))",
        "Hello",
    ),
    "a generator": Idiom(
        DENO,
        "async def numbers():\n    for i in range(3):\n        yield f'{i} '.encode()\n"
        "return Response(numbers())",
        "0 1 2 ",
    ),
    "a generator function that was not called": Idiom(
        DENO,
        "def numbers():\n    yield b'0'\nreturn Response(numbers)",
        Advice("write numbers() to call it"),
    ),
    "pipeThrough a TransformStream": Idiom(
        MDN + "TransformStream",
        "def transform(chunk, controller):\n    controller.enqueue(chunk.upper())\n"
        "return Response(request.body.pipeThrough(TransformStream({'transform': transform})))",
        '{"NAME": "ADA"}',
        init=POST,
    ),
    "{ readable, writable }": Idiom(
        CLOUDFLARE + "runtime-apis/streams/",
        "r = await fetch('https://example.com/hello')\nstream = TransformStream()\n"
        "ctx.waitUntil(r.body.pipeTo(stream.writable, {'preventAbort': True}))\n"
        "return Response(stream.readable, r)",
        "hello",
    ),
    "TextDecoderStream": Idiom(
        MDN + "TextDecoderStream",
        "text = ''\nasync for chunk in request.body.pipeThrough(TextDecoderStream()):\n"
        "    text += chunk\nreturn Response(text)",
        '{"name": "Ada"}',
        init=POST,
    ),
    "tee": Idiom(
        MDN + "ReadableStream/tee",
        "a, b = request.body.tee()\n"
        "return Response(await Response(a).text() + await Response(b).text())",
        '{"name": "Ada"}' * 2,
        init=POST,
    ),
    # ---- caches
    "caches.default": Idiom(
        CLOUDFLARE + "examples/cache-api/",
        "cache = caches.default\nkey = Request(request.url, request)\n"
        "response = await cache.match(key)\nassert response is None\n"
        "response = Response('cached', {'headers': {'Cache-Control': 's-maxage=10'}})\n"
        "await cache.put(key, response.clone())\nreturn await cache.match(key)",
        "cached",
    ),
    "caches.open with options": Idiom(
        MDN + "Cache/match",
        "cache = await caches.open('v1')\n"
        "await cache.put('https://example.com/?a', Response('found'))\n"
        "return await cache.match('https://example.com/', {'ignoreSearch': True})",
        "found",
    ),
    # ---- the scope
    "setTimeout in a promise": Idiom(
        MDN + "Window/setTimeout",
        "await Promise(lambda resolve: setTimeout(resolve, 1))\nreturn Response('later')",
        "later",
    ),
    "setTimeout of a call": Idiom(
        MDN + "Window/setTimeout",
        "async def work(): ...\nsetTimeout(work(), 1)\nreturn Response('x')",
        Advice("pass the function itself, without calling it"),
    ),
    "a custom event": Idiom(
        MDN + "CustomEvent/CustomEvent",
        "target, seen = EventTarget(), []\n"
        "target.addEventListener('x', lambda e: seen.append(e.detail), {'once': True})\n"
        "for _ in range(2):\n    target.dispatchEvent(CustomEvent('x', {'detail': 1}))\n"
        "return Response.json(seen)",
        "[1]",
    ),
    "a listener that was called": Idiom(
        MDN + "EventTarget/addEventListener",
        "async def listener(event): ...\nEventTarget().addEventListener('x', listener(None))",
        Advice("pass the function itself, without calling it"),
    ),
    "structuredClone with transfer": Idiom(
        MDN + "Window/structuredClone",
        "view = memoryview(bytearray(b'x'))\n"
        "copy = structuredClone({'a': [1], 'view': view}, {'transfer': [view]})\n"
        "return Response.json([copy['a'], bytes(copy['view']).decode()])",
        '[[1],"x"]',
    ),
    "btoa and atob": Idiom(
        MDN + "Window/btoa", "return Response(btoa('Hi') + atob('SGk='))", "SGk=Hi"
    ),
    "btoa of bytes": Idiom(
        MDN + "Window/btoa",
        "return Response(btoa(b'Hi'))",
        Advice("base64.b64encode(data).decode()"),
    ),
    "crypto.subtle.digest": Idiom(
        MDN + "SubtleCrypto/digest",
        "digest = await crypto.subtle.digest('SHA-256', TextEncoder().encode('x'))\n"
        "return Response(digest.hex()[:8])",
        "2d711642",
    ),
    "a digest of text": Idiom(
        MDN + "SubtleCrypto/digest",
        "await crypto.subtle.digest('SHA-256', 'x')",
        Advice("write .encode() behind it"),
    ),
    "crypto.randomUUID and getRandomValues": Idiom(
        MDN + "Crypto/getRandomValues",
        "values = crypto.getRandomValues(bytearray(8))\n"
        "return Response(f'{len(crypto.randomUUID())} {len(values)}')",
        "36 8",
    ),
    "an HMAC": Idiom(
        CLOUDFLARE + "examples/signing-requests/",
        "encoder = TextEncoder()\nkey = await crypto.subtle.importKey('raw', encoder.encode('k'),\n"
        "    {'name': 'HMAC', 'hash': 'SHA-256'}, False, ['sign', 'verify'])\n"
        "mac = await crypto.subtle.sign('HMAC', key, encoder.encode('text'))\n"
        "ok = await crypto.subtle.verify('HMAC', key, mac, encoder.encode('text'))\n"
        "return Response(str(ok))",
        "True",
    ),
    "a URL pattern": Idiom(
        MDN + "URLPattern",
        "pattern = URLPattern({'pathname': '/Books/:id'}, {'ignoreCase': True})\n"
        "return Response(pattern.exec(request.url).pathname.groups['id'])",
        "42",
        path="/books/42",
    ),
    "URLSearchParams of an object": Idiom(
        MDN + "URLSearchParams/URLSearchParams",
        "return Response(str(URLSearchParams({'q': 'a b', 'n': '1'})))",
        "q=a+b&n=1",
    ),
    "URLSearchParams with a list": Idiom(
        MDN + "URLSearchParams/URLSearchParams",
        "return Response(str(URLSearchParams({'q': ['a', 'b']})))",
        Advice("Expected a string, not list ['a', 'b']"),
    ),
    "a form that is sent": Idiom(
        MDN + "FormData/append",
        "form = FormData()\nform.append('a', '1')\nform.append('f', Blob(['x']), 'n.txt')\n"
        "form = await Response(form).formData()\n"
        "return Response(form.get('a') + form.get('f').name)",
        "1n.txt",
    ),
    "bytes in a form": Idiom(
        MDN + "FormData/append",
        "FormData().append('f', b'x')",
        Advice("append('f', Blob([data]), filename)"),
    ),
    "a form of a dict": Idiom(
        MDN + "FormData/FormData", "FormData({'a': '1'})", Advice("form.append(name, value)")
    ),
    "a blob of text": Idiom(
        MDN + "Blob/Blob",
        "blob = Blob([json.dumps({'a': 1})], {'type': 'application/json'})\n"
        "return Response(f'{blob.size} {blob.type} {await blob.text()}')",
        '8 application/json {"a": 1}',
    ),
    "a blob that is no list": Idiom(
        MDN + "Blob/Blob", "Blob('x')", Advice("write a list around it")
    ),
    "env": Idiom(
        CLOUDFLARE + "configuration/environment-variables/",
        "return Response(env.NAME + env['NAME'])",
        "AdaAda",
    ),
    "an env that is not there": Idiom(
        CLOUDFLARE + "configuration/environment-variables/",
        "return Response(env.NMAE)",
        Advice(
            "env has no 'NMAE'; did you mean 'NAME'? (it has NAME; --env NMAE=..., --kv, --dir or "
            "--durable gives it one)"
        ),
    ),
    "location": Idiom(MDN + "WorkerLocation", "return Response(location.host)", "localhost"),
    "self and globalThis": Idiom(
        MDN + "WorkerGlobalScope/self",
        "return Response(f'{globalThis.self is globalThis.self} {globalThis.location.protocol}')",
        "True http:",
    ),
    "navigator.userAgent": Idiom(
        MDN + "Navigator/userAgent", "return Response(str('/' in navigator.userAgent))", "True"
    ),
    "performance.now": Idiom(
        MDN + "Performance/now", "return Response(str(performance.now() >= 0))", "True"
    ),
    "queueMicrotask": Idiom(
        MDN + "Window/queueMicrotask",
        "seen = []\nqueueMicrotask(lambda: seen.append(1))\nawait Promise.resolve()\n"
        "await asyncio.sleep(0)\nreturn Response.json(seen)",
        "[1]",
    ),
    "server-sent events": Idiom(
        MDN + "Server-sent_events/Using_server-sent_events",
        "async def events():\n    yield b'data: 1\\n\\n'\n"
        "r = Response(events(), headers={'Content-Type': 'text/event-stream'})\n"
        "return Response(r.headers['content-type'] + ' ' + await r.text())",
        "text/event-stream data: 1\n\n",
    ),
    "a cookie": Idiom(
        CLOUDFLARE + "examples/extract-cookie-value/",
        "cookie = request.headers.get('Cookie') or ''\n"
        "cookies = dict(pair.strip().split('=', 1) for pair in cookie.split(';') if '=' in pair)\n"
        "return Response(cookies.get('b', 'none'))",
        "2",
        init={"headers": {"Cookie": "a=1; b=2"}},
    ),
    "basic authentication": Idiom(
        CLOUDFLARE + "examples/basic-auth/",
        "scheme, _, encoded = (request.headers.get('Authorization') or '').partition(' ')\n"
        "user, _, password = atob(encoded).partition(':')\n"
        "if crypto.subtle.timingSafeEqual(password.encode(), b'secret'):\n"
        "    return Response(f'{scheme} {user}')\nreturn Response('no', {'status': 401})",
        "Basic ada",
        init={"headers": {"Authorization": "Basic YWRhOnNlY3JldA=="}},
    ),
    "CORS headers": Idiom(
        CLOUDFLARE + "examples/cors-header-proxy/",
        "r = await fetch('https://example.com/hello')\nr = Response(r.body, r)\n"
        "r.headers.set('Access-Control-Allow-Origin', URL(request.url).origin)\n"
        "r.headers.append('Vary', 'Origin')\nreturn Response(f'{dict(r.headers)}')",
        "{'access-control-allow-origin': 'http://localhost', 'content-length': '5', 'vary': "
        "'Origin'}",
    ),
    "cookies of the request": Idiom(
        MDN + "CookieStore/get",
        "cookie = await RequestCookieStore(request).get('b')\nreturn Response(cookie.value)",
        "2",
        init={"headers": {"Cookie": "a=1; b=2"}},
    ),
    # ---- files and locks
    "a file of the origin": Idiom(
        MDN + "File_System_API/Origin_private_file_system",
        "root = await navigator.storage.getDirectory()\n"
        "handle = await root.getFileHandle('a.txt', {'create': True})\n"
        "writable = await handle.createWritable()\nawait writable.write('hello')\n"
        "await writable.close()\nfile = await handle.getFile()\n"
        "return Response(f'{file.name} {await file.text()}')",
        "a.txt hello",
    ),
    "a file that is not there": Idiom(
        MDN + "FileSystemDirectoryHandle/getFileHandle",
        "root = await navigator.storage.getDirectory()\n"
        "try:\n    await root.getFileHandle('no.txt')\n"
        "except DOMException as error:\n    return Response(error.name)",
        "NotFoundError",
    ),
    "what is in a directory": Idiom(
        MDN + "FileSystemDirectoryHandle",
        "root = await navigator.storage.getDirectory()\n"
        "await root.getDirectoryHandle('b', create=True)\n"
        "names = [f'{name} {handle.kind}' async for name, handle in root]\n"
        "return Response.json(names)",
        '["b directory"]',
    ),
    "a lock": Idiom(
        MDN + "LockManager/request",
        "async def alone(lock):\n    return f'{lock.name} {lock.mode}'\n"
        "return Response(await navigator.locks.request('a', alone))",
        "a exclusive",
    ),
    "TLS and the client's address": Idiom(
        DENO + "api/deno/~/Deno.ServeHandlerInfo",
        "return Response(f'{ctx.remoteAddr} {ctx.tls}')",
        "None None",
    ),
    "a WebSocket pair": Idiom(
        CLOUDFLARE + "examples/websockets/",
        "client, server = WebSocketPair()\nserver.accept()\n"
        "server.addEventListener('message', lambda event: console.log(event.data))\n"
        "return Response(str(Response(None, {'status': 101, 'webSocket': client}).status))",
        "101",
    ),
}


def serve(request: Received) -> bytes | None:
    """What example.com answers; one page of it never comes."""
    match request.target:
        case "/hello":
            return response(b"hello")
        case "/echo":
            content_type = request.headers.get("content-type", "")
            return response(f"{request.method} {request.body.decode()} {content_type}".encode())
    return None


class Network(ScriptedNetwork):
    """Knows example.com alone."""

    async def dial(
        self,
        address: Address,
        tls: ClientTLS | None = None,
        options: SocketOptions = SocketOptions(),
    ) -> ByteStream:
        if address == TCPAddress("nowhere.example", 443):
            raise OSError("there is no such host")
        return await super().dial(address, tls)


def module_of(code: str) -> str:
    """The text of a worker, made of what stands in the table."""
    if re.search(
        r"^(default =|addEventListener|(async )?def (fetch|fecth|default|on_fetch)|class Default)",
        code,
        re.M,
    ):
        return PRELUDE + code + "\n"
    body = textwrap.indent(code, " " * 8)
    return f"{PRELUDE}class Default:\n    async def fetch(self, request, env, ctx):\n{body}\n"


@pytest.mark.parametrize("name", IDIOMS)
async def test_it_works_or_says_what_to_write(name: str, tmp_path: Path) -> None:
    idiom = IDIOMS[name]
    (tmp_path / "worker.py").write_text(module_of(idiom.code), "utf-8")
    console = RecordingConsole()
    host = Host(network=Network(serve), console=console)
    async with Runtime() as runtime:
        try:
            worker = await runtime.start(tmp_path / "worker.py", env={"NAME": "Ada"}, host=host)
            answer = await worker.fetch(idiom.path, idiom.init)
        except WorkerFailure as failure:
            outcome: str = Advice(failure.__cause__)
        except TypeError:
            outcome = Advice(" ".join(str(value) for value, _ in console.reports))
        else:
            outcome = await answer.text()
    if isinstance(idiom.answer, Advice):
        assert isinstance(outcome, Advice) and idiom.answer in outcome
    else:
        assert outcome == idiom.answer


def test_there_are_enough() -> None:
    pages = {
        page
        for page in (MDN, CLOUDFLARE, DENO)
        for idiom in IDIOMS.values()
        if idiom.page.startswith(page)
    }
    assert len(IDIOMS) >= 60 and len(pages) == 3
