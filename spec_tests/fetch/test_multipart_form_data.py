"""HTML Standard, 4.10.22.8, and RFC 7578."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.multipart_form_data import (
    find,
    multipart_form_data_boundary_string,
    multipart_form_data_encoding_algorithm,
    parse_multipart_form_data,
    parse_parameters,
    parse_the_head_of_a_part,
)
from worker_runtime.file_api.blob import Blob, byte_sequence
from worker_runtime.file_api.file import File
from worker_runtime.xhr.form_data import FormData

spec = pytest.mark.spec

FIELD = b'Content-Disposition: form-data; name="a"\r\n\r\n'


def lines(*lines: bytes) -> bytes:
    return b"\r\n".join(lines)


def one_field(value: bytes, **others: str) -> FormData:
    return parse_multipart_form_data(
        b"--b\r\n" + FIELD + value + b"\r\n--b--\r\n", others.get("boundary", "b")
    )


@spec(
    "https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-encoding-algorithm"
)
class TestMultipartFormDataEncodingAlgorithm:
    def test_a_field_has_its_name_and_a_file_its_name_and_type_as_well(self) -> None:
        form_data = FormData()
        form_data.append("a", "1")
        form_data.append("b", File([b"2\n"], "c.txt", type="text/x"))
        form_data.append("d", File([], ""))
        blob, boundary = multipart_form_data_encoding_algorithm(form_data)
        mark = b"--" + boundary.encode()
        assert byte_sequence(blob) == lines(
            mark, b'Content-Disposition: form-data; name="a"', b"", b"1",
            mark, b'Content-Disposition: form-data; name="b"; filename="c.txt"',
            b"Content-Type: text/x", b"", b"2\n", mark,
            b'Content-Disposition: form-data; name="d"; filename=""',
            b"Content-Type: application/octet-stream", b"", b"", mark + b"--", b"",
        )  # fmt: skip

    def test_newlines_of_names_and_values_are_cr_lf_and_those_of_file_names_are_kept(self) -> None:
        form_data = FormData()
        form_data.append("\n\r\r\n", "\n\r\r\n")
        form_data.append('"', Blob(), '\n\r\r\n"')
        body = byte_sequence(multipart_form_data_encoding_algorithm(form_data).blob)
        assert b'name="%0D%0A%0D%0A%0D%0A"\r\n\r\n\r\n\r\n\r\n\r\n--' in body
        assert b'name="%22"; filename="%0A%0D%0D%0A%22"' in body

    def test_text_is_utf_8(self) -> None:
        form_data = FormData()
        form_data.append("ä", "€")
        assert 'name="ä"\r\n\r\n€\r\n'.encode() in byte_sequence(
            multipart_form_data_encoding_algorithm(form_data).blob
        )

    def test_no_entry_is_only_the_end(self) -> None:
        blob, boundary = multipart_form_data_encoding_algorithm(FormData())
        assert byte_sequence(blob) == f"--{boundary}--\r\n".encode()

    def test_a_boundary_may_be_given(self) -> None:
        blob, boundary = multipart_form_data_encoding_algorithm(FormData(), "b")
        assert (byte_sequence(blob), boundary) == (b"--b--\r\n", "b")


@spec(
    "https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#multipart/form-data-boundary-string"
)
class TestMultipartFormDataBoundaryString:
    def test_is_each_time_another_token_in_lower_case(self) -> None:
        one, two = multipart_form_data_boundary_string(), multipart_form_data_boundary_string()
        assert one != two
        assert one == one.lower() and len(one) <= 70 and one.replace("-", "").isalnum()


@spec("https://www.rfc-editor.org/rfc/rfc7578#section-4")
class TestParseMultipartFormData:
    def test_reads_what_the_encoder_writes(self) -> None:
        form_data = FormData()
        form_data.append("a\r\n", "ä\r\nb")
        form_data.append("", "")
        form_data.append('"%', Blob([bytes(range(256))], type="x/y"), 'f"%\n.bin')
        blob, boundary = multipart_form_data_encoding_algorithm(form_data)
        parsed = list(parse_multipart_form_data(byte_sequence(blob), boundary))
        assert parsed[:2] == [("a\r\n", "ä\r\nb"), ("", "")]
        name, file = parsed[2]
        assert isinstance(file, File)
        assert (name, file.name, file.type, byte_sequence(file)) == (
            '"%',
            'f"%\n.bin',
            "x/y",
            bytes(range(256)),
        )

    @pytest.mark.parametrize("name", [
        "\0", "a\0b", " a ", "\t", "\x7f\x01", "\\", ";", '";x="', "\r\n\0", "--", "ä\u2028", "%",
        "\ud800",
    ])  # fmt: skip
    def test_whatever_an_entry_is_called_is_read_again(self, name: str) -> None:
        form_data = FormData()
        form_data.append(name, name)
        form_data.append(name, Blob([name]), name)
        blob, boundary = multipart_form_data_encoding_algorithm(form_data)
        parsed = list(parse_multipart_form_data(byte_sequence(blob), boundary))
        [(first_name, value), (second_name, file)] = parsed
        expected = name.replace("\ud800", "\ufffd")
        assert isinstance(file, File)
        assert (first_name, value, second_name, file.name) == (expected,) * 4
        assert byte_sequence(file) == expected.encode()

    def test_the_type_of_a_file_is_what_its_part_says(self) -> None:
        body = (
            b"--b\r\nContent-Disposition: form-data; name=a; filename=b\r\n"
            b"Content-Type: A/B;C=D\r\n\r\n\r\n--b--"
        )
        _, file = next(iter(parse_multipart_form_data(body, "b")))
        assert isinstance(file, File) and file.type == "A/B;C=D"

    @pytest.mark.parametrize(
        "value", [b"", b"x", b"\r\n", b"x--b", b"\r\n--", b"\r\n--c--\r\n", b"\n--b\n", b"\r\r\n"]
    )
    def test_a_value_ends_at_the_delimiter_only(self, value: bytes) -> None:
        assert one_field(value).get("a") == value.decode()

    def test_what_stands_around_the_parts_is_ignored(self) -> None:
        body = b"pre\r\namble --b\r\n--b \t\r\n" + FIELD + b"1\r\n--b--  epilogue\r\n--b\r\n"
        assert list(parse_multipart_form_data(body, "b")) == [("a", "1")]

    def test_the_line_behind_the_headers_of_an_empty_part_may_be_the_delimiters(self) -> None:
        body = b"--b\r\n" + FIELD + b"--b\r\n" + FIELD + b"\r\n--b--"
        assert list(parse_multipart_form_data(body, "b")) == [("a", ""), ("a", "")]

    def test_a_file_without_a_type_is_text(self) -> None:
        body = lines(
            b"--b", b'content-disposition: FORM-DATA; NAME=a ; filename="x"', b"", b"1", b"--b--"
        )
        file = parse_multipart_form_data(body, "b").get("a")
        assert isinstance(file, File) and (file.name, file.type) == ("x", "text/plain")

    def test_a_file_is_a_view_of_the_bytes(self) -> None:
        body = lines(
            b"--b", b'Content-Disposition: form-data; name="a"; filename=""', b"", b"1234", b"--b--"
        )
        file = parse_multipart_form_data(body, "b").get("a")
        assert isinstance(file, File)
        (part,) = file._parts
        assert isinstance(part, memoryview) and part.obj is body

    def test_bytes_that_are_not_utf_8_are_replaced(self) -> None:
        assert one_field(b"\xef\xbb\xbf\xff").get("a") == "\ufeff\ufffd"

    @pytest.mark.parametrize(
        "body, boundary",
        [
            (b"", "b"),
            (b"--b--", ""),
            (b"--b", "b"),
            (b"--b\r\n", "b"),
            (b"--bb\r\n" + FIELD + b"1\r\n--bb--", "b"),
            (b"--b\n" + FIELD + b"1\r\n--b--", "b"),
            (b"--b\r\n" + FIELD + b"1", "b"),
            (b"--b\r\n" + FIELD + b"1\r\n--b", "b"),
            (b"--b\r\n" + FIELD + b"1\r\n--b\r\n", "b"),
            (b"--b\r\n\r\n1\r\n--b--", "b"),
            (b"--b\r\nContent-Type: x\r\n\r\n1\r\n--b--", "b"),
            (b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--", "b"),
            (b"--b\r\nContent-Disposition: file; name=a\r\n\r\n1\r\n--b--", "b"),
            (b"--b\r\nContent-Disposition form-data; name=a\r\n\r\n1\r\n--b--", "b"),
            (b"--b\r\nX: y\r\n z\r\n" + FIELD + b"1\r\n--b--", "b"),
            (b"--b\r\nX: \0\r\n" + FIELD + b"1\r\n--b--", "b"),
            (b"--b\r\nContent-Disposition:\r form-data; name=a\r\n\r\n1\r\n--b--", "b"),
        ],
    )
    def test_malformed_bytes_are_a_type_error(self, body: bytes, boundary: str) -> None:
        with pytest.raises(TypeError, match="multipart/form-data|Content-Disposition"):
            parse_multipart_form_data(body, boundary)

    @pytest.mark.parametrize(
        "hostile",
        [
            b"--b\r\n" * 500_000,
            (b"--b\r\n" + FIELD) * 50_000,
            b"\r\n--" * 1_000_000,
            b"--b\r\n" + b"X: y\r\n" * 500_000,
            b"--b\r\nX:" + b" " * 2_000_000 + b"\0\r\n\r\n",
            b"--b\r\nContent-Disposition: form-data" + b" " * 2_000_000 + b"x\r\n\r\n",
            b"--b\r\nContent-Disposition: form-data" + b"; " * 1_000_000 + b"x\r\n\r\n",
            b"--b\r\nContent-Disposition: form-data; name" + b"=" * 2_000_000 + b"\r\n\r\n",
            b'--b\r\nContent-Disposition: form-data; name="' + b"a" * 2_000_000 + b"\r\n\r\n",
            b"--b\r\nContent-Disposition: form-data" + b"; a=b" * 400_000 + b"; c\r\n\r\n",
            b"--b" + b" " * 2_000_000,
        ],
        ids=range(11),
    )
    def test_hostile_bytes_are_a_type_error_in_linear_time(self, hostile: bytes) -> None:
        with pytest.raises(TypeError) as caught:
            parse_multipart_form_data(hostile, "b")
        assert len(str(caught.value)) < 1000


@spec("https://www.rfc-editor.org/rfc/rfc2046#section-5.1")
class TestFind:
    def test_gives_the_position_behind(self) -> None:
        assert find(b"a--b", b"--", 0) == 3

    def test_no_delimiter_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="ends where b'--' has to come"):
            find(b"--b", b"--", 1)


@spec("https://www.rfc-editor.org/rfc/rfc7578#section-4.2")
class TestParseTheHeadOfAPart:
    def test_reads_name_file_name_and_type(self) -> None:
        head = (
            b"X-Other: z\r\nContent-Type: x/y \r\n"
            b'Content-Disposition: form-data; filename="\xc3\xa4\\"; name="n"'
        )
        assert parse_the_head_of_a_part(head) == (b"n", b"\xc3\xa4\\", b"x/y")

    @pytest.mark.parametrize(
        "head",
        [
            b'Content-Disposition: form-data; name="%22\xc3\xa4;\\"',
            b'Content-Disposition: form-data; name=""; filename="%0A.txt"\r\n'
            b"Content-Type: x/y;charset=Z",
            b'Content-Disposition: form-data; name="n"; filename=""\r\n'
            b"Content-Type: text/plain; x=y",
        ],
    )
    def test_a_head_as_nearly_everybody_writes_it_is_read_like_any_other(self, head: bytes) -> None:
        def read(head: bytes) -> list[object]:
            body = b"--b\r\n" + head + b"\r\n\r\n1\r\n--b--"
            return [
                (
                    name,
                    value
                    if isinstance(value, str)
                    else (value.name, value.type, byte_sequence(value)),
                )
                for name, value in parse_multipart_form_data(body, "b")
            ]

        assert read(head) == read(b"X-Other: z\r\n" + head)


@spec("https://www.rfc-editor.org/rfc/rfc2183#section-2")
class TestParseParameters:
    @pytest.mark.parametrize(
        "text, parameters",
        [
            (b"", {}),
            (b"; ", {}),
            (b';a="b;c=d" ; \tE=f;', {b"a": b"b;c=d", b"e": b"f"}),
            (b";a=1;a=2", {b"a": b"1"}),
            (b';a="";b=', {b"a": b"", b"b": b""}),
        ],
    )
    def test_are_tokens_or_quoted(self, text: bytes, parameters: dict[bytes, bytes]) -> None:
        assert parse_parameters(text) == parameters

    @pytest.mark.parametrize(
        "text", [b";a", b';a="b', b";=b", b";a=b c", b";;a=b", b';a="b"c', b"a=b"]
    )
    def test_anything_else_is_a_type_error(self, text: bytes) -> None:
        with pytest.raises(TypeError, match="Not a parameter"):
            parse_parameters(text)
