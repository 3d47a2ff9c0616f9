"""DER, by the rules and examples of X.690."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from worker_runtime.webcrypto.primitives.der import (
    INTEGER,
    OCTET_STRING,
    DERError,
    DERReader,
    context_specific,
    encode,
    encode_bit_string,
    encode_integer,
    encode_length,
    encode_null,
    encode_object_identifier,
    encode_octet_string,
    encode_sequence,
)

spec = pytest.mark.spec

fromhex = bytes.fromhex

OBJECT_IDENTIFIERS = [
    ("2.999.3", "0603883703"),  # X.690, 8.19.5
    ("1.2.840.113549.1.1.1", "06092a864886f70d010101"),
    ("1.2.840.10045.3.1.7", "06082a8648ce3d030107"),
    ("1.3.132.0.34", "06052b81040022"),
    ("1.3.101.112", "06032b6570"),
    ("0.0", "060100"),
    ("0.39", "060127"),
    ("1.0", "060128"),
    ("2.0", "060150"),
    (
        "2.25.340282366920938463463374607431768211455",
        "06146983ffffffffffffffffffffffffffffffffff7f",
    ),
]


def refuses(data: str, read: Callable[[DERReader], object], match: str) -> None:
    with pytest.raises(DERError, match=match):
        read(DERReader(fromhex(data)))


@spec("https://www.itu.int/rec/T-REC-X.690#10.1")
class TestLength:
    @pytest.mark.parametrize(
        "length, octets",
        [
            (0, "00"),
            (127, "7f"),
            (128, "8180"),
            (255, "81ff"),
            (256, "820100"),
            (65536, "83010000"),
        ],
    )
    def test_is_written_in_the_fewest_octets(self, length: int, octets: str) -> None:
        assert encode_length(length).hex() == octets
        assert DERReader(b"\x04" + fromhex(octets) + bytes(length)).octet_string() == bytes(length)

    @pytest.mark.parametrize(
        "data",
        [
            "0480",
            "04800000",
            "048100",
            "04817f" + "00" * 127,
            "04820080" + "00" * 128,
            "04840000000100",
            "04ff",
        ],
    )
    def test_indefinite_or_longer_than_needed_is_refused(self, data: str) -> None:
        refuses(data, DERReader.octet_string, "not in the shortest definite form")

    @pytest.mark.parametrize("data", ["04", "0482", "048201"])
    def test_that_is_not_all_there_is_refused(self, data: str) -> None:
        refuses(data, DERReader.octet_string, "not in the shortest definite form")

    @pytest.mark.parametrize("data", ["0401", "040501020304", "04847fffffff00", "048c" + "ff" * 12])
    def test_beyond_the_end_is_refused(self, data: str) -> None:
        refuses(data, DERReader.octet_string, "ends after")


@spec("https://www.itu.int/rec/T-REC-X.690#8.1.1")
class TestEncode:
    def test_joins_the_contents(self) -> None:
        assert encode(OCTET_STRING, b"\x01", b"\x02\x03").hex() == "0403010203"


@spec("https://www.itu.int/rec/T-REC-X.690#8.1.2")
class TestContextSpecific:
    def test_tags(self) -> None:
        assert [context_specific(1, constructed=constructed) for constructed in (False, True)] == [
            0x81,
            0xA1,
        ]


@spec("https://www.itu.int/rec/T-REC-X.690#8.3")
class TestInteger:
    @pytest.mark.parametrize(
        "value, octets",
        [(0, "020100"), (127, "02017f"), (128, "02020080"), (255, "020200ff"), (256, "02020100")],
    )
    def test_has_the_fewest_octets(self, value: int, octets: str) -> None:
        assert encode_integer(value).hex() == octets
        assert DERReader(fromhex(octets)).integer() == value

    @pytest.mark.parametrize("data", ["0200", "02020000", "0202007f", "0203000080"])
    def test_with_more_or_no_octets_is_refused(self, data: str) -> None:
        refuses(data, DERReader.integer, "shortest form")

    @pytest.mark.parametrize("data", ["020180", "0201ff", "0202ff7f", "0202ffff"])
    def test_that_is_negative_is_refused(self, data: str) -> None:
        refuses(data, DERReader.integer, "negative")

    def test_of_any_size_is_read(self) -> None:
        assert DERReader(encode_integer(1 << 100_000)).integer() == 1 << 100_000


@spec("https://www.itu.int/rec/T-REC-X.690#8.6")
class TestBitString:
    def test_of_whole_octets(self) -> None:
        assert encode_bit_string(b"\x0a\x3b").hex() == "0303000a3b"
        assert DERReader(fromhex("0303000a3b")).bit_string() == b"\x0a\x3b"
        assert DERReader(fromhex("030100")).bit_string() == b""

    @pytest.mark.parametrize("data", ["0300", "0304066e5dc0", "03020780", "030108"])
    def test_with_unused_bits_or_without_their_number_is_refused(self, data: str) -> None:
        refuses(data, DERReader.bit_string, "whole octets")

    def test_may_have_a_tag_in_place_of_its_own(self) -> None:
        assert (
            DERReader(fromhex("81020001")).bit_string(context_specific(1, constructed=False))
            == b"\x01"
        )


@spec("https://www.itu.int/rec/T-REC-X.690#8.7")
class TestOctetString:
    def test_is_written_and_read(self) -> None:
        assert encode_octet_string(b"\x01\x02").hex() == "04020102"
        assert DERReader(fromhex("04020102")).octet_string() == b"\x01\x02"

    def test_in_parts_is_refused(self) -> None:
        refuses("2404040101", DERReader.octet_string, "Expected the tag 04, found 24")


@spec("https://www.itu.int/rec/T-REC-X.690#8.8")
class TestNull:
    def test_has_no_contents(self) -> None:
        assert encode_null().hex() == "0500"


@spec("https://www.itu.int/rec/T-REC-X.690#8.9")
class TestSequence:
    def test_elements_are_read_in_their_order(self) -> None:
        data = encode_sequence(encode_integer(1), encode_octet_string(b"two"))
        assert data.hex() == "3008" + "020101" + "040374776f"
        sequence = DERReader.of_sequence(data)
        assert (sequence.integer(), sequence.octet_string()) == (1, b"two")
        sequence.end()

    def test_bytes_after_it_are_refused(self) -> None:
        refuses(
            "300000",
            lambda reader: DERReader.of_sequence(fromhex("300000")),
            "1 bytes after the end",
        )

    def test_an_element_that_is_longer_than_it_is_refused(self) -> None:
        refuses("3003020201", lambda reader: reader.sequence().integer(), "ends after 1")


@spec("https://www.itu.int/rec/T-REC-X.690#8.19")
class TestObjectIdentifier:
    @pytest.mark.parametrize("value, octets", OBJECT_IDENTIFIERS)
    def test_is_written_and_read(self, value: str, octets: str) -> None:
        assert encode_object_identifier(value).hex() == octets
        assert DERReader(fromhex(octets)).object_identifier() == value

    @pytest.mark.parametrize(
        "data",
        [
            "0600",  # nothing
            "060180",  # a subidentifier that does not end
            "06022a86",
            "06028001",  # one that starts with zeros
            "06032a8001",
            "06152a87" + "ff" * 18 + "7f",  # one of more than 128 bits
        ],
    )
    def test_that_is_none_is_refused(self, data: str) -> None:
        refuses(data, DERReader.object_identifier, "No object identifier")

    def test_with_a_very_long_subidentifier_is_refused_early(self) -> None:
        contents = b"\xff" * 1_000_000 + b"\x7f"
        with pytest.raises(DERError, match="No object identifier"):
            DERReader(encode(0x06, contents)).object_identifier()


@spec("https://www.itu.int/rec/T-REC-X.690#8")
class TestDERReader:
    def test_another_tag_is_refused_and_not_passed_over(self) -> None:
        reader = DERReader(fromhex("020105"))
        with pytest.raises(DERError, match="Expected the tag 04, found 02"):
            reader.octet_string()
        assert reader.integer() == 5

    def test_the_end_is_no_element(self) -> None:
        refuses("", DERReader.integer, "Expected the tag 02, found the end")
        assert not DERReader(b"").next_is(INTEGER)

    def test_any_element_is_given_as_it_stands(self) -> None:
        reader = DERReader(fromhex("0500" + "3003020105"))
        assert [reader.any_element().hex(), reader.any_element().hex()] == ["0500", "3003020105"]
        assert reader.at_end()
        refuses("", DERReader.any_element, "a tag of one octet")
        refuses("1f0100", DERReader.any_element, "a tag of one octet")

    def test_what_is_left_is_refused(self) -> None:
        refuses("020105", DERReader.end, "3 bytes after the end")


@spec("https://www.itu.int/rec/T-REC-X.690#10")
class TestDERError:
    def test_numbers_in_it_are_short(self) -> None:
        with pytest.raises(DERError) as caught:
            DERReader(encode(INTEGER, b"\xff" * 100_000)).integer()
        assert len(str(caught.value)) < 100
