"""A timetable: the worker is called at the minutes of a cron expression, and shows its last runs.

python3 reference serve reference/examples/cron.py --cron "*/5 * * * *" --triggers --kv RUNS
curl "http://localhost:8000/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*&time=1745856300000"
curl http://localhost:8000/

The second line calls it by hand, as the timetable does every five minutes.
"""

from datetime import UTC, datetime

from worker_runtime import Env, Request, Response, ScheduledController

KEPT = 24 * 60 * 60  # seconds


async def scheduled(controller: ScheduledController, env: Env) -> None:
    minute = datetime.fromtimestamp(controller.scheduledTime / 1000, UTC)
    await env.RUNS.put(f"{minute:%Y-%m-%dT%H:%MZ}", controller.cron, expirationTtl=KEPT)


async def fetch(request: Request, env: Env) -> Response:
    runs = await env.RUNS.list()
    return Response.json([key.name for key in runs.keys])
