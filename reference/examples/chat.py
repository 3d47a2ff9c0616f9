"""A chat room: a page, and a WebSocket for everybody in it.

    python3 reference serve reference/examples/chat.py

Open http://localhost:8000/ in two tabs.
"""

from itertools import count

from worker_runtime import CloseEvent, Request, Response, WebSocket, WebSocketPair

PAGE = """<!doctype html>
<meta charset="utf-8">
<title>Chat</title>
<ul id="messages"></ul>
<form><input id="text" autofocus autocomplete="off"><button>Send</button></form>
<script>
  const socket = new WebSocket(location.href.replace("http", "ws"));
  const show = (text) => messages.appendChild(document.createElement("li")).textContent = text;
  socket.onmessage = (event) => show(event.data);
  socket.onclose = (event) => show(`You have left (${event.code})`);
  document.forms[0].onsubmit = (event) => {
    event.preventDefault();
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
