"""Fetch Standard, 5.3."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from worker_runtime.fetch.body_mixin import (
    Body,
    consume_body,
    convert_bytes_to_form_data,
    get_the_mime_type,
    is_unusable,
)
from worker_runtime.fetch.request_class import Request
from worker_runtime.fetch.response_class import Response
from worker_runtime.file_api.blob import Blob
from worker_runtime.file_api.file import File
from worker_runtime.mimesniff.mime_types import serialize_a_mime_type
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.webidl.promises import FULFILLED
from worker_runtime.xhr.form_data import FormData

spec = pytest.mark.spec


def request(body: Any, **headers: str) -> Request:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request("http://a.example/", method="POST", body=body, headers=names, duplex="half")


def response(body: Any, **headers: str) -> Response:
    return Response(
        body, headers={name.replace("_", "-"): value for name, value in headers.items()}
    )


async def chunks(*chunks: Any) -> AsyncIterator[Any]:
    for chunk in chunks:
        yield chunk


each_kind = pytest.mark.parametrize("make", [request, response])


@spec("https://fetch.spec.whatwg.org/#body")
@spec("https://fetch.spec.whatwg.org/#dom-body-body")
class TestBody:
    @each_kind
    async def test_is_a_stream_that_is_always_the_same(self, make: Callable[..., Body]) -> None:
        object = make("abc")
        assert isinstance(object.body, ReadableStream)
        assert object.body is object.body
        assert [bytes(chunk) async for chunk in object.body] == [b"abc"]

    @each_kind
    def test_is_none_without_a_body(self, make: Callable[..., Body]) -> None:
        assert make(None).body is None

    async def test_is_locked_once_it_has_been_read(self) -> None:
        object = Response("abc")
        await object.text()
        assert object.body is not None and object.body.locked


@spec("https://fetch.spec.whatwg.org/#dom-body-bodyused")
class TestBodyUsed:
    @each_kind
    async def test_is_true_once_it_has_been_read(self, make: Callable[..., Body]) -> None:
        object = make("abc")
        assert not object.bodyUsed
        promise = object.text()
        assert object.bodyUsed
        await promise

    async def test_is_true_once_its_stream_has_been_read_from(self) -> None:
        object = Response("abc")
        assert object.body is not None
        reader = object.body.getReader()
        assert not object.bodyUsed
        await reader.read()
        assert object.bodyUsed

    async def test_stays_false_without_a_body(self) -> None:
        object = Response()
        await object.text()
        assert not object.bodyUsed


@spec("https://fetch.spec.whatwg.org/#dom-body-arraybuffer")
class TestArrayBuffer:
    @each_kind
    async def test_is_all_bytes(self, make: Callable[..., Body]) -> None:
        assert await make("ä").arrayBuffer() == b"\xc3\xa4"


@spec("https://fetch.spec.whatwg.org/#dom-body-blob")
class TestBlob:
    @each_kind
    async def test_has_the_type_that_content_type_says(self, make: Callable[..., Body]) -> None:
        blob = await make(b"abc", content_type="Text/HTML;charset=GBK").blob()
        assert isinstance(blob, Blob)
        assert (await blob.bytes(), blob.type) == (b"abc", "text/html;charset=GBK")

    async def test_has_no_type_if_there_is_none(self) -> None:
        assert (await Response(b"abc").blob()).type == ""


@spec("https://fetch.spec.whatwg.org/#dom-body-bytes")
class TestBytes:
    @each_kind
    async def test_is_all_bytes(self, make: Callable[..., Body]) -> None:
        assert await make(chunks(b"a", bytearray(b"b"), memoryview(b"c"))).bytes() == b"abc"


@spec("https://fetch.spec.whatwg.org/#dom-body-formdata")
class TestFormData:
    @each_kind
    async def test_reads_what_was_put_in(self, make: Callable[..., Body]) -> None:
        form_data = FormData()
        form_data.append("a", "1")
        form_data.append("b", File([b"\xff"], "f", type="x/y"))
        read = await make(form_data).formData()
        file = read.get("b")
        assert read.get("a") == "1"
        assert isinstance(file, File) and await file.bytes() == b"\xff"


@spec("https://fetch.spec.whatwg.org/#dom-body-json")
class TestJSON:
    @each_kind
    async def test_is_the_value(self, make: Callable[..., Body]) -> None:
        assert await make(b'\xef\xbb\xbf{"a": [1, null]}').json() == {"a": [1, None]}

    @pytest.mark.parametrize("text", ["", "{", "NaN"])
    async def test_anything_else_is_a_syntax_error(self, text: str) -> None:
        with pytest.raises(json.JSONDecodeError):
            await Response(text).json()


@spec("https://fetch.spec.whatwg.org/#dom-body-text")
class TestText:
    @each_kind
    async def test_is_utf_8_whatever_the_charset(self, make: Callable[..., Body]) -> None:
        assert (
            await make(b"\xef\xbb\xbf\xc3\xa4\xff", content_type="text/plain;charset=latin1").text()
            == "ä\ufffd"
        )

    async def test_of_a_stream_that_fails_is_its_error(self) -> None:
        async def failing() -> AsyncIterator[bytes]:
            yield b"a"
            raise KeyError("why")

        with pytest.raises(KeyError, match="why"):
            await Response(failing()).text()

    async def test_of_a_stream_of_no_bytes_is_a_type_error(self) -> None:
        with pytest.raises(TypeError):
            await Response(chunks("text")).text()


@spec("https://fetch.spec.whatwg.org/#dom-body-textstream")
class TestTextStream:
    @each_kind
    async def test_gives_text(self, make: Callable[..., Body]) -> None:
        stream = make(chunks(b"\xef\xbb\xbfa\xc3", b"\xa4\xff")).textStream()
        assert "".join([chunk async for chunk in stream]) == "aä\ufffd"

    async def test_is_closed_without_a_body(self) -> None:
        assert [chunk async for chunk in Response().textStream()] == []

    async def test_of_a_body_in_use_is_a_type_error(self) -> None:
        object = Response("a")
        await object.text()
        with pytest.raises(TypeError, match="The body is in use"):
            object.textStream()


@spec("https://fetch.spec.whatwg.org/#body-unusable")
class TestUnusable:
    async def test_is_locked_or_read_from(self) -> None:
        object = Response("a")
        assert not is_unusable(object) and not is_unusable(Response())
        assert object.body is not None
        reader = object.body.getReader()
        assert is_unusable(object)
        reader.releaseLock()
        assert not is_unusable(object)
        await object.body.cancel()
        assert is_unusable(object)


@spec("https://fetch.spec.whatwg.org/#concept-body-mime-type")
class TestGetTheMIMEType:
    def test_is_that_of_content_type(self) -> None:
        mime_type = get_the_mime_type(Response("a"))
        assert (
            mime_type is not None and serialize_a_mime_type(mime_type) == "text/plain;charset=UTF-8"
        )
        assert get_the_mime_type(Response(b"a")) is None


@spec("https://fetch.spec.whatwg.org/#concept-body-consume-body")
class TestConsumeBody:
    async def test_with_bytes_in_hand_the_promise_is_settled_when_it_is_returned(self) -> None:
        for object in (Response("1"), Response(b"1"), Response(Blob(["1"])), request("1")):
            assert object.json()._state == FULFILLED

    @each_kind
    async def test_a_second_time_is_a_type_error(self, make: Callable[..., Body]) -> None:
        for body in ("a", chunks(b"a")):
            object = make(body)
            await object.text()
            for again in (
                object.text,
                object.bytes,
                object.blob,
                object.json,
                object.formData,
                object.arrayBuffer,
            ):
                with pytest.raises(TypeError, match="The body is in use"):
                    await again()

    async def test_a_stream_and_bytes_in_hand_give_the_same(self) -> None:
        slow, fast = Response("ä"), Response("ä")
        assert slow.body is not None  # now it has a stream, and is read from that
        for object in (slow, fast):
            assert await object.text() == "ä"
            assert object.bodyUsed and object.body is not None and object.body.locked

    @pytest.mark.parametrize("text", ["{", "", "NaN", "[1]", "\ufeff2"])
    async def test_a_stream_and_bytes_in_hand_are_the_same_json(self, text: str) -> None:
        slow, fast = Response(text), Response(text)
        assert slow.body is not None  # now it has a stream, and is read from that
        outcomes = []
        for object in (slow, fast):
            try:
                outcomes.append(repr(await object.json()))
            except ValueError as error:
                outcomes.append(repr(error))
            assert object.bodyUsed
            with pytest.raises(TypeError, match="The body is in use"):
                await object.json()
        assert outcomes[0] == outcomes[1]

    async def test_the_type_of_a_blob_is_read_when_the_body_has_come(self) -> None:
        object = Response(chunks(b"a"), headers={"Content-Type": "text/html"})
        promise = object.blob()
        object.headers.set("Content-Type", "text/css")
        assert (await promise).type == "text/css"
        assert (await Response(b"a").blob()).type == ""

    async def test_what_the_conversion_raises_is_the_reason(self) -> None:
        def convert(bytes: bytes) -> None:
            raise KeyError(bytes)

        with pytest.raises(KeyError):
            await consume_body(Response(), convert)


@spec("https://fetch.spec.whatwg.org/#body-mixin")
class TestConvertBytesToFormData:
    def test_urlencoded_bytes_are_fields(self) -> None:
        object = response(b"", content_type="application/x-www-form-urlencoded")
        assert list(convert_bytes_to_form_data(object, b"a=1&b=%C3%A4+&a")) == [
            ("a", "1"),
            ("b", "ä "),
            ("a", ""),
        ]

    def test_multipart_bytes_need_their_boundary(self) -> None:
        body = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--b--'
        object = response(b"", content_type='multipart/form-data; boundary="b"')
        assert list(convert_bytes_to_form_data(object, body)) == [("a", "1")]
        with pytest.raises(TypeError, match="needs a boundary"):
            convert_bytes_to_form_data(response(b"", content_type="multipart/form-data"), body)

    @pytest.mark.parametrize("content_type", ["text/plain", "multipart/mixed; boundary=b", "x"])
    def test_anything_else_is_a_type_error(self, content_type: str) -> None:
        with pytest.raises(TypeError, match="No form: Content-Type says"):
            convert_bytes_to_form_data(response(b"", content_type=content_type), b"a=1")
