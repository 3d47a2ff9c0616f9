"""What can be asked about content: each operation with a result and an error."""

from __future__ import annotations

import zlib
from typing import Any

import pytest

from spec_tests.oracle.harness import error_name, reply_to, result_of

HTML = {"type": "text", "subtype": "html", "parameters": [["charset", "a b"]]}
PNG = {"bytes": "\x89PNG\r\n\x1a\n"}
FORM = (
    '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
    '--x\r\nContent-Disposition: form-data; name="c"; filename="d"\r\nContent-Type: text/plain\r\n'
    "\r\n\xff\r\n--x--\r\n"
)
ENTRIES = [["a", "b"], ["c", {"name": "d", "type": "text/plain", "bytes": "\xff"}]]
SHA_1 = "\xa9\x99>6G\x06\x81j\xba>%qxP\xc2l\x9c\xd0\xd8\x9d"  # FIPS 180, of "abc"


def compressed(data: bytes) -> dict[str, str]:
    return {"bytes": zlib.compress(data).decode("latin-1")}


RESULTS: list[tuple[str, list[Any], Any]] = [
    ("mime.parse", ['Text/HTML ;charset="a b"; x'], HTML),
    ("mime.serialize", [HTML], 'text/html;charset="a b"'),
    ("mime.minimize", [{"type": "application", "subtype": "x-javascript"}], "text/javascript"),
    ("mime.groups", [{"type": "image", "subtype": "svg+xml"}], ["image", "xml", "scriptable"]),
    ("mime.sniff", [{"bytes": " <!doctype HTML>"}], "text/html"),
    ("mime.sniff", [{"bytes": "<html>"}, None, True], "text/plain"),
    ("mime.sniff", [{"bytes": "a\0"}, ["text/plain"]], "application/octet-stream"),
    ("mime.sniff_image", [PNG, ["image/gif"]], "image/png"),
    ("mime.sniff_image", [{"bytes": "?"}], None),
    ("mime.sniff_audio_or_video", [{"bytes": "fLaC"}, ["audio/ogg"]], "audio/ogg"),
    ("mime.sniff_font", [{"bytes": "wOF2"}], "font/woff2"),
    ("encoding.get", [" Latin1\n"], "windows-1252"),
    ("encoding.decode", [{"bytes": "\xef\xbb\xbf\xe2\x82\xac\xff"}], "\u20ac\ufffd"),
    ("encoding.decode", [{"bytes": "\xef\xbb\xbfa"}, "utf8", True, True], "\ufeffa"),
    ("encoding.decode", [{"bytes": "\x80"}, "ascii"], "\u20ac"),
    ("encoding.decode_chunks", [[{"bytes": "\xe2\x82"}, {"bytes": "\xac\xe2"}]],
        ["", "\u20ac", "\ufffd"]),
    ("encoding.encode", ["\u20ac\ud800"], {"bytes": "\xe2\x82\xac\xef\xbf\xbd"}),
    ("encoding.encode_with", ["\u20ac\u2603", "windows-1252"], {"bytes": "\x80&#9731;"}),
    ("encoding.encode_with", ["\u20ac", "utf-16"], {"bytes": "\xe2\x82\xac"}),
    ("encoding.bom_sniff", [{"bytes": "\xff\xfea"}], "UTF-16LE"),
    ("encoding.bom_sniff", [{"bytes": "a"}], None),
    ("data_url.process", ["data:;charset=x;base64,%59Q#b"],
        {"mimeType": "text/plain;charset=x", "body": {"bytes": "a"}}),
    ("multipart.parse", [{"bytes": FORM}, "x"], ENTRIES),
    ("multipart.serialize", [ENTRIES, "x"], {"bytes": FORM}),
    ("base64.encode", [{"bytes": "\0\xff"}], "AP8="),
    ("base64.decode", [" A P8"], {"bytes": "\0\xff"}),
    ("json.parse", [{"bytes": '\xef\xbb\xbf{"a":[1e3,null,"\\ud800"]}'}],
        {"a": [1000, None, "\ud800"]}),
    ("json.serialize", [{"a": [1.0, 1e21, 1e-7, None, "\ud800\u20ac"]}],
        '{"a":[1,1e+21,1e-7,null,"\\ud800\u20ac"]}'),
    ("structured_data.clone", [{"a": [1, 1.5, None, True, "\ud800"]}],
        {"a": [1, 1.5, None, True, "\ud800"]}),
    ("compression.decompress", ["deflate", compressed(b"abc")], {"bytes": "abc"}),
    ("crypto.digest", ["sha-1", {"bytes": "abc"}], {"bytes": SHA_1}),
]  # fmt: skip
ERRORS: list[tuple[str, list[Any], str]] = [
    ("mime.parse", ["html"], "failure"), ("mime.serialize", ["text/html"], "BadQuestion"),
    ("mime.minimize", [{"type": 5}], "BadQuestion"), ("mime.groups", [], "BadQuestion"),
    ("mime.sniff", [{"bytes": ""}, "text/html"], "BadQuestion"), ("mime.sniff_image", ["GIF87a"],
    "BadQuestion"), ("mime.sniff_audio_or_video", [{"bytes": "\u20ac"}], "BadQuestion"),
    ("mime.sniff_font", [{"bytes": ""}, [], True], "BadQuestion"), ("encoding.get", ["nothing"],
    "failure"), ("encoding.decode", [{"bytes": ""}, "nothing"], "RangeError"), ("encoding.decode",
    [{"bytes": "\xff"}, "utf-8", True], "TypeError"), ("encoding.decode_chunks", [[{"bytes":
    "\xe2"}, {"bytes": ""}], None, True], "TypeError"), ("encoding.encode", [{"bytes": ""}],
    "BadQuestion"), ("encoding.encode_with", ["a", "nothing"], "BadQuestion"),
    ("encoding.bom_sniff", ["\ufeff"], "BadQuestion"), ("data_url.process", ["data:,;base64"[:5]],
    "failure"), ("data_url.process", ["data:;base64,a"], "failure"), ("data_url.process",
    ["https://a/"], "BadQuestion"), ("multipart.parse", [{"bytes": "--x\r\n"}, "x"], "TypeError"),
    ("multipart.serialize", [[["a"]], "x"], "BadQuestion"), ("base64.encode", ["a"], "BadQuestion"),
    ("base64.decode", ["A"], "failure"), ("json.parse", [{"bytes": "[1,]"}], "SyntaxError"),
    ("json.parse", [{"bytes": "1e999"}], "RangeError"), ("json.serialize", [], "BadQuestion"),
    ("structured_data.clone", [], "BadQuestion"), ("compression.decompress", ["brotli", {"bytes":
    ""}], "TypeError"), ("compression.decompress", ["gzip", {"bytes": "abc"}], "TypeError"),
    ("compression.decompress", ["deflate", {"bytes": "x"}], "TypeError"), ("compression.decompress",
    ["deflate", {"bytes": compressed(b"a")["bytes"] + "a"}], "TypeError"), ("crypto.digest", ["MD5",
    {"bytes": ""}], "NotSupportedError"),
]  # fmt: skip


class TestContentOperations:
    @pytest.mark.parametrize("op, args, result", RESULTS)
    def test_answer(self, op: str, args: list[Any], result: Any) -> None:
        assert result_of(op, *args) == result

    @pytest.mark.parametrize("op, args, name", ERRORS)
    def test_name_their_errors(self, op: str, args: list[Any], name: str) -> None:
        assert error_name(op, *args) == name

    def test_a_few_bytes_do_not_become_gigabytes(self) -> None:
        reply = reply_to("compression.decompress", "deflate", compressed(bytes(20_000_000)))
        assert reply["error"] == {
            "name": "BadQuestion",
            "message": "there are more than 16777216 bytes in it",
        }
