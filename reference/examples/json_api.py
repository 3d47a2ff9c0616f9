"""A JSON API: resources in the memory of the worker, with errors that say what is wrong.

python3 reference serve reference/examples/json_api.py
curl -d '{"title": "Write a worker"}' http://localhost:8000/tasks
curl http://localhost:8000/tasks/1
"""

from itertools import count
from typing import Any

from worker_runtime import Request, Response, URLPattern

TASKS = URLPattern({"pathname": "/tasks{/:id(\\d+)}?"})

tasks: dict[str, dict[str, Any]] = {}
numbers = count(1)


def problem(status: int, detail: str) -> Response:
    """https://www.rfc-editor.org/rfc/rfc9457"""
    headers = {"Content-Type": "application/problem+json"}
    return Response.json({"status": status, "detail": detail}, status=status, headers=headers)


async def fetch(request: Request) -> Response:
    match = TASKS.exec(request.url)
    if match is None:
        return problem(404, "There is nothing here")
    id = match.pathname.groups["id"]
    if id is not None and id not in tasks:
        return problem(404, f"There is no task {id}")
    match request.method, id:
        case "GET", None:
            return Response.json([*tasks.values()])
        case "GET", id:
            return Response.json(tasks[str(id)])
        case "DELETE", str(id):
            del tasks[id]
            return Response(None, status=204)
        case "POST", None:
            try:
                task = await request.json()
            except ValueError as error:
                return problem(400, f"This is not JSON: {error}")
            if not isinstance(task, dict) or not isinstance(task.get("title"), str):
                return problem(422, "A task is an object with a title")
            id = str(next(numbers))
            tasks[id] = {"id": id, "title": task["title"]}
            return Response.json(tasks[id], status=201, headers={"Location": f"/tasks/{id}"})
    return problem(405, f"This resource has no {request.method}")
