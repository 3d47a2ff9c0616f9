"""The same command lines, given to curl and to `fetch`: the same goes over the wire.

The order of fields with different names means nothing to HTTP, and neither do spaces around a
value: https://www.rfc-editor.org/rfc/rfc9110#section-5.3
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

import pytest

from .wire import OK, fetch, redirect, server_of

CURL = shutil.which("curl")

EXPECTED_DIFFERENCES = (b"Expect: 100-continue", b"Content-Length: 0")
COMMAND_LINES = [
    "", "-X DELETE", "-XPATCH -d x", "-I", "-A me", "-A ''", "-u me:secret", "--compressed",
    "-H 'X: y' -H 'X: z'", "-H Accept:", "-H 'X;'", "-H 'Host: q.example'", "-H 'User-Agent: z'",
    "-H 'X: \u00fc'", "-H 'X: -y'",
    # data
    "-d a=b", "-d a=b -d c", "-d ''", "-d -5", "-d @text", "-d@text", "--data-binary @text",
    "--data-raw @x", "-G -d a=b -d c=d", "-sGd a", "-H 'Content-Type: x' -d a",
    "-H Content-Type: -d a", "-sSfd x -XPUT",
    "--data-urlencode 'n=\u00fc& x'", "--data-urlencode =a=b", "--data-urlencode n@text",
    "--data-urlencode 'a%b'", "--json '{\"a\":1}'", "--json [1, --json 2]",
    "--json {} -H 'Accept: q'",
    # forms
    "-F a=b -F f=@text", "-F f=@page.html", "-F 'f=@text;type=text/x;filename=q\"r'",
    "-F 'a=<text'",
    "-F 'a=b;type=text/x;charset=y'", "--form-string 'a=@b;type=c'",
    "-F 'f=@\"text\";filename=\"a;b\"'",
    # files
    "-T text", "-T text -H 'X: y'",
    # cookies
    "-b a=b", "-b 'a=b; c=d'", "-b jar", "-b jar -b x=y", "-c out -H 'Cookie: z=1'",
]  # fmt: skip
REDIRECTED = [
    ("-L", 301), ("-L", 302), ("-L", 303), ("-L", 307), ("-L", 308), ("", 302), ("-L -I", 302),
    ("-L -d a", 301), ("-L -d a", 302), ("-L -d a", 303), ("-L -d a", 307), ("-L -d a", 308),
    ("-L -F f=@text", 302), ("-L -F f=@text", 307), ("-L -T text", 301), ("-L -T text", 303),
    ("-L -X PUT -d a", 301), ("-L -X PUT -d a", 303), ("-L -X PUT -d a", 307),
    ("-L -b jar", 302), ("-L -c out", 302), ("-L -G -d a", 302), ("-L -u a:b -H 'X: y'", 302),
]  # fmt: skip


class Asked(NamedTuple):
    """A request: what has a meaning to HTTP."""

    line: bytes
    fields: dict[bytes, bytes]
    content: bytes


def asked(request: bytes, port: int) -> Asked:
    """A request without what differs from one run to the next, and what names the program.

    curl asks for a word before it sends a file, which nobody has to; it says nothing of the length
    of a content that is not there, which RFC 9110, 8.6, wants to be said; and of cookies with the
    same path it sends the newest first, where RFC 6265, 5.4, has the oldest.
    """
    boundary = re.search(rb"boundary=(-+[0-9a-zA-Z]+)", request)
    request = request.replace(str(port).encode(), b"PORT")
    head, _, content = request.partition(b"\r\n\r\n")
    line, *fields = head.split(b"\r\n")
    if boundary is not None:
        content = content.replace(boundary[1], b"BOUNDARY")
        fields = [field.replace(boundary[1], b"BOUNDARY") for field in fields]
        fields = [field for field in fields if not field.startswith(b"Content-Length: ")]
    fields = [re.sub(rb"(?<=User-Agent: )(curl|worker-runtime)/.*", b"X", each) for each in fields]
    values: dict[bytes, list[bytes]] = {}
    for field in fields:
        name, _, value = field.partition(b":")
        if field not in EXPECTED_DIFFERENCES:
            values.setdefault(name, []).append(value.strip())
    if b"Cookie" in values:
        values[b"Cookie"] = sorted(values[b"Cookie"][0].split(b"; "))
    return Asked(line, {name: b", ".join(each) for name, each in values.items()}, content)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text").write_bytes(b"a\nb\r\nc")
    (tmp_path / "page.html").write_text("<p>")
    line = "127.0.0.1\tFALSE\t/\tFALSE\t0\tj\tv\n.other.example\tTRUE\t/\tFALSE\t0\tk\tw\n"
    (tmp_path / "jar").write_text(f"# Netscape HTTP Cookie File\n{line}")
    return tmp_path


def same_as_curl(command_line: str, responses: list[bytes]) -> list[Asked]:
    """What `fetch` asks, which has to be what curl asks; the exit status, too."""
    assert CURL is not None
    arguments = shlex.split(command_line)
    with server_of(responses) as (port, requests):
        url = f"http://127.0.0.1:{port}/p/../q?k=v#f"
        done = subprocess.run([CURL, "-s", url, *arguments], capture_output=True, timeout=20)
        of_curl = [asked(request, port) for request in requests]
    with server_of(responses) as (port, requests):
        status = fetch("-s", f"http://127.0.0.1:{port}/p/../q?k=v#f", *arguments)
        of_fetch = [asked(request, port) for request in requests]
    assert (status, of_fetch) == (done.returncode, of_curl)
    return of_fetch


@pytest.mark.skipif(CURL is None, reason="there is no curl")
@pytest.mark.usefixtures("folder")
class TestAsCurl:
    @pytest.mark.parametrize("command_line", COMMAND_LINES)
    def test_asks_what_curl_asks(self, command_line: str) -> None:
        assert same_as_curl(command_line, [OK])

    @pytest.mark.parametrize("command_line, status", REDIRECTED)
    def test_redirects_are_followed_as_curl_does(self, command_line: str, status: int) -> None:
        requests = same_as_curl(command_line, [redirect(status), OK])
        assert len(requests) == (2 if "-L" in command_line else 1)

    def test_what_is_for_one_server_is_not_sent_to_another(self) -> None:
        elsewhere = redirect(302, "http://localhost:PORT/y")
        line = "-L -u a:b -H 'Host: q' -H 'Cookie: c' -H 'X: y'"
        _, second = same_as_curl(line, [elsewhere, OK])
        assert set(second.fields) == {b"Accept", b"Host", b"User-Agent", b"X"}
        assert second.fields[b"Host"] == b"localhost:PORT"

    def test_a_cookie_jar_is_the_same(self, folder: Path) -> None:
        now = "Max-Age=1000; Path=/a/b; HttpOnly"
        response = OK.replace(b"n=1; Path=/", f"n=1; {now}\r\nSet-Cookie: m=2".encode())
        jars = []
        for name in ("theirs", "ours"):
            with server_of([response]) as (port, _):
                url = f"http://127.0.0.1:{port}/a/b/c"
                arguments = ["-s", url, "-c", name, "-b", "jar"]
                if name == "ours":
                    assert fetch(*arguments) == 0
                else:
                    subprocess.run([str(CURL), *arguments], check=True, capture_output=True)
            lines = (folder / name).read_text().splitlines()
            jars.append(
                sorted(
                    re.sub(r"\t[1-9]\d{9}\t", "\tLATER\t", line).replace("b/\t", "b\t")
                    for line in lines
                    if "\t" in line
                )
            )
        assert jars[0] == jars[1] and len(jars[0]) == 4


class TestRequests:
    def test_cookies_of_the_command_line_stay_with_its_server(
        self, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        with server_of([redirect(302, "http://localhost:PORT/y"), OK]) as (port, requests):
            assert fetch("-L", "-b", "a=b", f"http://127.0.0.1:{port}/") == 0
        assert b"Cookie: a=b" in requests[0] and b"Cookie" not in requests[1]
        assert capfdbinary.readouterr().out == b"ok"

    def test_credentials_of_the_url_are_sent(
        self, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        with server_of([OK]) as (port, requests):
            assert fetch(f"http://a%20b:c@127.0.0.1:{port}/") == 0
        assert b"Authorization: Basic YSBiOmM=\r\n" in requests[0]
        assert capfdbinary.readouterr().out == b"ok"

    @pytest.mark.parametrize(
        "arguments, words",
        [
            (["-I", "-d", "a"], "--head and --data do not go together"),
            (["-F", "a=b", "-d", "c"], "three kinds of content"),
            (["-X", "a b"], "'a b' is not a method"),
            (["-G", "-F", "f=@nothing"], "nothing: No such file"),
        ],
    )  # fmt: skip
    def test_what_does_not_go_together_is_said(
        self, arguments: list[str], words: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert fetch("http://127.0.0.1:1/", *arguments) != 0
        errors = capfd.readouterr().err
        assert words in errors
        assert errors.count("\n") == 1 and "Traceback" not in errors

    def test_redirects_in_a_circle_come_to_an_end(self, capfd: pytest.CaptureFixture[str]) -> None:
        with server_of([redirect(302)] * 51) as (port, requests):
            assert fetch("-sSL", f"http://127.0.0.1:{port}/") == 1
        assert len(requests) == 51
        assert "redirects more than 50 times" in capfd.readouterr().err
