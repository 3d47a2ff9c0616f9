"""A chat room: a page, and a WebSocket for everybody in it.

    python3 reference serve reference/examples/chat.py

Open http://localhost:8000/ in two tabs.
"""

from itertools import count

from worker_runtime import CloseEvent, Request, Response, WebSocket, WebSocketPair

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Chat</title>
<style>
  :root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
  body { display: flex; flex-direction: column; height: 100vh; max-width: 40rem; margin: 0 auto; }
  ul { flex: 1; overflow: auto; margin: 0; padding: 1rem; list-style: none; }
  li { overflow-wrap: anywhere; }
  form { display: flex; gap: 0.5rem; padding: 1rem; }
  input { flex: 1; }
  input, button { font: inherit; padding: 0.25rem 0.75rem; }
</style>
<ul id="messages"></ul>
<form><input id="text" autofocus autocomplete="off" placeholder="Say something" required>
<button>Send</button></form>
<script>
  const socket = new WebSocket(location.href.replace("http", "ws"));
  const show = (text) => {
    const line = messages.appendChild(document.createElement("li"));
    line.textContent = text;
    line.scrollIntoView();
  };
  socket.onmessage = (event) => show(event.data);
  socket.onclose = (event) => show(`You have left (${event.code})`);
  document.forms[0].onsubmit = (event) => {
    event.preventDefault();
    if (socket.readyState !== WebSocket.OPEN) return;
    socket.send(text.value);
    text.value = "";
  };
</script>
"""

everybody: set[WebSocket] = set()
guests = count(1)


def say(text: str) -> None:
    for socket in everybody:
        socket.send(text)


def enter(socket: WebSocket) -> None:
    name = f"Guest {next(guests)}"

    def leave(event: CloseEvent) -> None:
        everybody.discard(socket)
        say(f"{name} has left")

    socket.addEventListener("message", lambda event: say(f"{name}: {event.data}"))
    socket.addEventListener("close", leave)
    everybody.add(socket)
    say(f"{name} is here")


def fetch(request: Request, env: object, ctx: object) -> Response:
    if (request.headers.get("Upgrade") or "").lower() != "websocket":
        return Response(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
    client, server = WebSocketPair()
    server.accept()
    enter(server)
    return Response(None, status=101, webSocket=client)
