"""A form: a page with fields and a file, and what was sent.

python3 reference serve reference/examples/forms.py
curl -F name=Ada -F photo=@picture.png http://localhost:8000/
"""

from html import escape

from worker_runtime import File, Request, Response

FORM = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Form</title>
<style>:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }</style>
<form method="post" enctype="multipart/form-data">
  <p><label>Name <input name="name" required></label></p>
  <p><label>Photo <input name="photo" type="file"></label></p>
  <p><button>Send</button></p>
</form>
"""


async def fetch(request: Request) -> Response:
    headers = {"Content-Type": "text/html; charset=utf-8"}
    if request.method != "POST":
        return Response(FORM, headers=headers)
    form = await request.formData()
    if "name" not in form:
        return Response("The form has a name\n", status=422)
    lines = []
    for name, value in form:
        shown = f"{value.name}, {value.size} bytes" if isinstance(value, File) else value
        lines.append(f"<dt>{escape(name)}<dd>{escape(shown)}\n")
    return Response(
        f"<!doctype html>\n<title>Sent</title>\n<dl>\n{''.join(lines)}</dl>\n", headers=headers
    )
