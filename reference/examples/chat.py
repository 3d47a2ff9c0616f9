"""A chat room: a page, and a WebSocket for everybody in it.

    python3 reference serve reference/examples/chat.py

Open http://localhost:8000/ in two tabs.
"""

from worker_runtime import Response, WebSocketPair

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

everybody = set()


def say(text):
    for socket in everybody:
        socket.send(text)


def enter(socket):
    socket.accept()
    everybody.add(socket)
    name = f"Guest {id(socket) % 1000}"
    say(f"{name} is here")

    def leave(event):
        everybody.discard(socket)
        say(f"{name} has left")

    socket.addEventListener("message", lambda event: say(f"{name}: {event.data}"))
    socket.addEventListener("close", leave)


def fetch(request, env, ctx):
    if request.headers.get("upgrade") != "websocket":
        return Response(PAGE, headers={"content-type": "text/html"})
    client, server = WebSocketPair()
    enter(server)
    return Response(None, status=101, webSocket=client)
