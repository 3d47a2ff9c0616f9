"""Echo: says what it was sent. JSON comes back as JSON, a form as its fields, anything else as it
came, streamed.

    python3 reference serve reference/examples/echo.py
    curl -H 'Content-Type: application/json' -d '{"a": [1, 2]}' http://localhost:8000/
    curl -F name=Ada -F photo=@picture.png http://localhost:8000/
    curl -T large.bin http://localhost:8000/
"""

from worker_runtime import File, Request, Response


async def fetch(request: Request, env: object, ctx: object) -> Response:
    content_type = request.headers.get("Content-Type") or ""
    if content_type.startswith("application/json"):
        try:
            return Response.json({"json": await request.json()})
        except ValueError as error:
            return Response.json({"error": f"This is not JSON: {error}"}, status=400)
    if content_type.startswith(("multipart/form-data", "application/x-www-form-urlencoded")):
        try:
            form = await request.formData()
        except TypeError as error:
            return Response.json({"error": f"This is not such a form: {error}"}, status=400)
        fields = [
            {"name": name, "file": value.name, "type": value.type, "size": value.size} if
            isinstance(value, File) else {"name": name, "value": value} for name, value in form
        ]  # fmt: skip
        return Response.json({"form": fields})
    return Response(
        request.body, headers={"Content-Type": content_type or "application/octet-stream"}
    )
