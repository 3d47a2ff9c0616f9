"""Web Cryptography: the JsonWebKey dictionary, with RFC 7517 and RFC 7518."""

from __future__ import annotations

from typing import Any

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from spec_tests.webcrypto.test_algorithm_dictionary import Noted
from worker_runtime import DOMException
from worker_runtime.webcrypto.json_web_key import (
    JsonWebKey,
    base64url_decode,
    base64url_encode,
    base64url_uint,
    bytes_of,
    check_key_ops,
    check_kty,
    check_member,
    check_use_key_ops_and_ext,
    json_web_key_of,
    number_of,
    octets_of,
    parse_a_jwk,
    to_json_web_key,
    to_member,
    to_rsa_other_primes_info,
)

spec = pytest.mark.spec


def data_error(match: str) -> Any:
    return pytest.raises(DOMException, match=f"^DataError: .*{match}")


@spec("https://w3c.github.io/webcrypto/#dom-jsonwebkey-kty")
class TestToJsonWebKey:
    def test_keeps_the_members_that_the_standard_knows(self) -> None:
        value = {
            "kty": "oct",
            "k": "",
            "kid": "1",
            "ext": 0,
            "key_ops": ("sign", "other"),
            "alg": None,
            "x": 5,
        }
        assert to_json_web_key(value) == {
            "kty": "oct",
            "k": "",
            "ext": False,
            "key_ops": ["sign", "other"],
            "x": "5",
        }

    def test_has_other_primes(self) -> None:
        assert to_json_web_key({"oth": [{"r": "AQ", "s": "AQ"}, {}]}) == {"oth": [{"r": "AQ"}, {}]}

    @pytest.mark.parametrize(
        "value",
        [None, 5, "{}", [], {"key_ops": "sign"}, {"key_ops": 5}, {"k": b"k"}, {"oth": ["r"]}],
    )
    def test_wrong_types_are_refused(self, value: object) -> None:
        with pytest.raises(TypeError):
            to_json_web_key(value)

    def test_members_are_read_by_name(self) -> None:
        value = Noted(y="", kty="EC", crv="P-256", key_ops=[], ext=True)
        to_json_web_key(value)
        assert value.asked == "alg crv d dp dq e ext k key_ops kty n oth p q qi use x y".split()


@spec("https://w3c.github.io/webcrypto/#dom-jsonwebkey-use")
class TestToMember:
    def test_most_are_strings(self) -> None:
        members = [
            to_member("kty", 5),
            to_member("ext", 1),
            to_member("key_ops", ("sign",)),
            to_member("oth", [{}]),
        ]
        assert members == ["5", True, ["sign"], [{}]]


@spec("https://w3c.github.io/webcrypto/#dom-rsaotherprimesinfo-r")
class TestToRsaOtherPrimesInfo:
    def test_is_a_mapping(self) -> None:
        assert to_rsa_other_primes_info({"r": "AQ", "d": None, "t": 5, "u": "AQ"}) == {
            "r": "AQ",
            "t": "5",
        }
        with pytest.raises(TypeError):
            to_rsa_other_primes_info("AQ")


@spec("https://w3c.github.io/webcrypto/#concept-parse-a-jwk")
class TestParseAJWK:
    def test_is_json_in_utf_8(self) -> None:
        assert parse_a_jwk(' {"kty": "oct", "k": "\u00e9"} \n'.encode()) == {
            "kty": "oct",
            "k": "\u00e9",
        }

    @pytest.mark.parametrize(
        "data", [b"", b"{", b'{"kty": "oct"', b"{}", b'{"kty": null}', b"\xff", b"[" * 100_000]
    )
    def test_what_is_no_json_or_has_no_kty_is_a_data_error(self, data: bytes) -> None:
        with data_error(""):
            parse_a_jwk(data)

    @pytest.mark.parametrize("data", [b"5", b"[]", b'"kty"', b'{"kty": "oct", "key_ops": "sign"}'])
    def test_what_is_no_dictionary_is_a_type_error(self, data: bytes) -> None:
        with pytest.raises(TypeError):
            parse_a_jwk(data)


@spec("https://w3c.github.io/webcrypto/#dfn-JsonWebKey")
@spec("https://w3c.github.io/webcrypto/#dom-keyformat-jwk")
class TestJsonWebKeyOf:
    def test_bytes_are_none(self) -> None:
        assert json_web_key_of(JsonWebKey(kty="oct")) == {"kty": "oct"}
        with data_error("not bytes"):
            json_web_key_of(b"{}")


@spec("https://w3c.github.io/webcrypto/#dom-keyformat-raw")
class TestBytesOf:
    def test_are_the_data(self) -> None:
        assert bytes_of(b"k") == b"k"


@spec("https://www.rfc-editor.org/rfc/rfc7517#section-4.1")
class TestCheckKty:
    @pytest.mark.parametrize("jwk", [{}, {"kty": ""}, {"kty": "OCT"}, {"kty": "RSA"}])
    def test_is_case_sensitive(self, jwk: Any) -> None:
        check_kty({"kty": "oct"}, "oct")
        with data_error("Expected 'oct' as 'kty'"):
            check_kty(jwk, "oct")


@spec("https://www.rfc-editor.org/rfc/rfc7517#section-4")
class TestCheckMember:
    def test_says_what_was_found(self) -> None:
        check_member({"alg": "EdDSA"}, "alg", ("Ed25519", "EdDSA"))
        with data_error(
            "Expected 'Ed25519' or 'EdDSA' as 'alg' of the JSON Web Key, found 'ES256'"
        ):
            check_member({"alg": "ES256"}, "alg", ("Ed25519", "EdDSA"))
        with data_error("found nothing"):
            check_member({}, "alg", ("Ed25519",))


@spec("https://www.rfc-editor.org/rfc/rfc7517#section-4.2")
class TestCheckUseKeyOpsAndExt:
    def test_use_matters_if_there_are_usages(self) -> None:
        check_use_key_ops_and_ext({"use": "sig"}, "sig", True, ["sign"])
        check_use_key_ops_and_ext({"use": "enc"}, "sig", True, [])
        for use in ("enc", "SIG", ""):
            with data_error("'use'"):
                check_use_key_ops_and_ext({"use": use}, "sig", True, ["sign"])

    def test_ext_that_is_false_forbids_an_extractable_key(self) -> None:
        check_use_key_ops_and_ext({"ext": False}, "sig", False, ["sign"])
        check_use_key_ops_and_ext({"ext": True}, "sig", True, ["sign"])
        with data_error("'ext' is false"):
            check_use_key_ops_and_ext({"ext": False}, "sig", True, [])


@spec("https://www.rfc-editor.org/rfc/rfc7517#section-4.3")
class TestCheckKeyOps:
    def test_contain_all_usages(self) -> None:
        check_key_ops(["verify", "other", "sign"], None, ["sign", "verify"])
        check_key_ops([], None, [])
        with data_error("does not contain 'sign'"):
            check_key_ops(["verify"], None, ["verify", "sign"])

    def test_no_value_is_there_twice(self) -> None:
        for key_ops in (["sign", "sign"], ["other", "other", "sign"]):
            with data_error("twice"):
                check_key_ops(key_ops, None, ["sign"])

    def test_agree_with_the_use(self) -> None:
        check_key_ops(["sign", "other"], "sig", [])
        check_key_ops(["encrypt", "sign"], "other", [])
        for key_ops, use in (
            (["sign", "encrypt"], "sig"),
            (["deriveKey"], "sig"),
            (["wrapKey", "verify"], "enc"),
        ):
            with data_error("do not agree"):
                check_key_ops(key_ops, use, [])


@spec("https://www.rfc-editor.org/rfc/rfc7515#section-2")
class TestOctetsOf:
    def test_have_to_be_there_and_of_the_length(self) -> None:
        assert octets_of({"k": ""}, "k") == b""
        assert octets_of({"k": "AAE"}, "k", 2) == b"\0\1"
        with data_error("no 'k'"):
            octets_of({}, "k")
        with data_error("'k' of the JSON Web Key has 2 bytes, not 3"):
            octets_of({"k": "AAE"}, "k", 3)

    @pytest.mark.parametrize("k", ["AAE=", "A", "AA E", "AA+A", "AA/A", "AA\n", "A\u0661"])
    def test_are_base64url_without_padding(self, k: str) -> None:
        with data_error("base64url without padding"):
            octets_of({"k": k}, "k")


@spec("https://www.rfc-editor.org/rfc/rfc7518#section-2")
class TestNumberOf:
    def test_is_in_as_few_bytes_as_can_be(self) -> None:
        assert number_of({"e": "AQAB"}, "e") == 65_537
        assert number_of({"e": "AA"}, "e") == 0
        for e in ("", "AAEAAQ", "AAA"):
            with data_error("'e'"):
                number_of({"e": e}, "e")


@spec("https://www.rfc-editor.org/rfc/rfc7518#section-6.3")
class TestBase64urlUInt:
    def test_zero_has_a_byte(self) -> None:
        assert [base64url_uint(number) for number in (0, 1, 255, 256, 65_537)] == [
            "AA",
            "AQ",
            "_w",
            "AQA",
            "AQAB",
        ]


@spec("https://www.rfc-editor.org/rfc/rfc7515#appendix-C")
class TestBase64urlEncode:
    def test_example_of_the_standard(self) -> None:
        assert base64url_encode(bytes([3, 236, 255, 224, 193])) == "A-z_4ME"


@spec("https://www.rfc-editor.org/rfc/rfc4648#section-5")
class TestBase64urlDecode:
    def test_is_the_inverse_of_encode(self) -> None:
        for length in range(40):
            octets = bytes(255 - 6 * index for index in range(length))
            assert base64url_decode(base64url_encode(octets)) == octets

    def test_a_long_mistake_is_found_fast(self) -> None:
        assert base64url_decode("A" * 10_000_000 + "!") is None


@spec("https://w3c.github.io/webcrypto/#JsonWebKey-dictionary")
class TestHostileInput:
    def test_many_key_ops_take_linear_time(self) -> None:
        for make in (
            lambda length: [str(number) for number in range(length)],
            lambda length: ["sign"] * length,
            lambda length: ["sign", *map(str, range(length)), "sign"],
        ):
            grows_no_worse_than_its_input(
                lambda key_ops: check_key_ops(key_ops, "sig", ["sign", "verify"]), make, 2048
            )

    @pytest.mark.parametrize("run", ["A", "_", "=", " ", "\xff", "AAAA"])
    def test_long_octets_and_numbers_take_linear_time(self, run: str) -> None:
        for before in ("", "_"):
            grows_no_worse_than_its_input(
                lambda value: number_of({"n": value}, "n"),
                lambda length: before + run * length,
                16384,
            )
