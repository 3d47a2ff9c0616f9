"""URL Standard, 3.4 and 3.5."""

from __future__ import annotations

import pytest

from spec_tests.linear_time import grows_no_worse_than_its_input
from worker_runtime.url.host_parsing import (
    ends_in_a_number_checker,
    host_parser,
    ipv4_number_parser,
    ipv4_parser,
    ipv6_parser,
    opaque_host_parser,
    valid_domain,
)
from worker_runtime.url.host_representation import Host, IPv6Address
from worker_runtime.url.writing import URLFailure, ValidationError

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#valid-domain")
class TestValidDomain:
    @pytest.mark.parametrize("input", ["example.com", "EXAMPLE", "fa\xdf.example", "a.b."])
    def test_is_what_be_strict_leaves(self, input: str) -> None:
        assert valid_domain(input)

    @pytest.mark.parametrize("input", ["", "a_b", "1.2.3.4", "example.0x1", "a b", "-a", "a..b"])
    def test_others_are_none(self, input: str) -> None:
        assert not valid_domain(input)


@spec("https://url.spec.whatwg.org/#concept-host-parser")
class TestHostParser:
    # The standard's table of examples.
    @pytest.mark.parametrize(
        "input, host, opaque_host",
        [
            ("EXAMPLE.COM", "example.com", "EXAMPLE.COM"),
            ("example%2Ecom", "example.com", "example%2Ecom"),
            ("fa\xdf.example", "xn--fa-hia.example", "fa%C3%9F.example"),
            ("0", 0, "0"),
            ("%30", 0, "%30"),
            ("0x", 0, "0x"),
            ("0xffffffff", 0xFFFFFFFF, "0xffffffff"),
            ("[0:0::1]", (0, 0, 0, 0, 0, 0, 0, 1), (0, 0, 0, 0, 0, 0, 0, 1)),
        ],
    )
    def test_a_host_and_an_opaque_host(self, input: str, host: Host, opaque_host: Host) -> None:
        assert (host_parser(input), host_parser(input, is_opaque=True)) == (host, opaque_host)

    @pytest.mark.parametrize("input", ["[0:0::1%5D", "[0:0::%31]"])
    def test_an_ipv6_address_is_not_percent_decoded(self, input: str) -> None:
        for is_opaque in (False, True):
            with pytest.raises(URLFailure):
                host_parser(input, is_opaque)

    @pytest.mark.parametrize(
        "input, error",
        [
            ("09", "IPv4-non-numeric-part"),
            ("example.255", "IPv4-non-numeric-part"),
            ("example^example", "domain-to-ASCII"),
            ("exa%23mple", "domain-to-ASCII"),
            ("%ff", "domain-to-ASCII"),
            ("%", "domain-to-ASCII"),
            ("[::1", "IPv6-unclosed"),
        ],
    )
    def test_failure_is_named(self, input: str, error: str) -> None:
        with pytest.raises(URLFailure, match=error):
            host_parser(input)

    @pytest.mark.parametrize(
        "input, errors",
        [
            ("example.com", []),
            ("exam%70le.org", ["domain-percent-encoded"]),
            ("exam_ple", ["domain-to-ASCII"]),
            ("127.0.0.1", []),
            ("127.0.0.1.", ["IPv4-empty-part"]),
            ("127.0x1", ["IPv4-too-few-parts", "IPv4-non-decimal-part"]),
            ("1.2.3.0400", None),
            ("256", ["IPv4-too-few-parts", "IPv4-out-of-range-part"]),
            ("[::01]", ["IPv6-piece-leading-zero"]),
            ("[::0]", []),
        ],
    )
    def test_validation_errors_are_collected(self, input: str, errors: list[str] | None) -> None:
        validation_errors: list[ValidationError] = []
        if errors is None:
            with pytest.raises(URLFailure):
                host_parser(input, validation_errors=validation_errors)
        else:
            host_parser(input, validation_errors=validation_errors)
            assert validation_errors == errors


@spec("https://url.spec.whatwg.org/#ends-in-a-number-checker")
class TestEndsInANumberChecker:
    @pytest.mark.parametrize("input", ["0", "09", "a.1", "a.1.", "a.0x", "a.0X1f", "1.2.3.4.5"])
    def test_a_last_label_that_is_a_number(self, input: str) -> None:
        assert ends_in_a_number_checker(input)

    @pytest.mark.parametrize("input", ["a", "1.a", "1..", ".", "..", "a.0xg", "a.-1", "1_0", "0b1"])
    def test_any_other(self, input: str) -> None:
        assert not ends_in_a_number_checker(input)


@spec("https://url.spec.whatwg.org/#concept-ipv4-parser")
class TestIPv4Parser:
    @pytest.mark.parametrize(
        "input, address",
        [
            ("127.1", 0x7F000001),
            ("192.0x00A80001", 0xC0A80001),
            ("1.2.3.4", 0x01020304),
            ("1.2.772", 0x01020304),
            ("0300.0.0.1.", 0xC0000001),
            ("4294967295", 0xFFFFFFFF),
            ("0x.0x.0", 0),
            ("0" * 5000 + "7", 7),
        ],
    )
    def test_last_part_fills_the_remaining_bytes(self, input: str, address: int) -> None:
        assert ipv4_parser(input) == address

    @pytest.mark.parametrize(
        "input",
        [
            "256.1.1.1",
            "0x100000000",
            "1.2.3.256",
            "1.2.65536",
            "1.16777216",
            "9" * 5000,
            "0x" + "f" * 5000,
        ],
    )
    def test_part_out_of_range_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="^IPv4-out-of-range-part$"):
            ipv4_parser(input)

    @pytest.mark.parametrize("input", ["1.2.3.4.5", "1.2.3.4.5.", "....1"])
    def test_too_many_parts_are_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="^IPv4-too-many-parts$"):
            ipv4_parser(input)

    @pytest.mark.parametrize("input", ["1..1", "a.1", "08", "0xg", "+1", "1_0", " 1"])
    def test_part_that_is_no_number_is_failure(self, input: str) -> None:
        with pytest.raises(URLFailure, match="^IPv4-non-numeric-part$"):
            ipv4_parser(input)


@spec("https://url.spec.whatwg.org/#ipv4-number-parser")
class TestIPv4NumberParser:
    @pytest.mark.parametrize(
        "input, result",
        [
            ("0", (0, False)), ("10", (10, False)), ("010", (8, True)), ("0x10", (16, True)),
            ("0XfF", (255, True)), ("0x", (0, True)), ("00", (0, True)), ("", None), ("08", None),
            ("0x0x", None), ("a", None), ("-1", None),
        ],
    )  # fmt: skip
    def test_the_number_and_whether_it_is_not_decimal(
        self, input: str, result: tuple[int, bool] | None
    ) -> None:
        assert ipv4_number_parser(input) == result

    @pytest.mark.parametrize("prefix", ["", "0", "0x"])
    def test_a_long_number_is_out_of_range_and_zeros_do_not_make_it_so(self, prefix: str) -> None:
        huge, small = (
            ipv4_number_parser(prefix + "1" * 100_000),
            ipv4_number_parser("0" + prefix[1:] + "0" * 100_000 + "1"),
        )
        assert huge is not None and huge[0] > 0xFFFFFFFF
        assert small is not None and small[0] == 1


@spec("https://url.spec.whatwg.org/#concept-ipv6-parser")
class TestIPv6Parser:
    @pytest.mark.parametrize(
        "input, address",
        [
            ("::", (0, 0, 0, 0, 0, 0, 0, 0)),
            ("::1", (0, 0, 0, 0, 0, 0, 0, 1)),
            ("1::", (1, 0, 0, 0, 0, 0, 0, 0)),
            ("1::8", (1, 0, 0, 0, 0, 0, 0, 8)),
            ("1:2:3:4:5:6:7:8", (1, 2, 3, 4, 5, 6, 7, 8)),
            ("1:2:3:4:5:6:7::", (1, 2, 3, 4, 5, 6, 7, 0)),
            ("::2:3:4:5:6:7:8", (0, 2, 3, 4, 5, 6, 7, 8)),
            ("2001:DB8::fFfF:000a", (0x2001, 0xDB8, 0, 0, 0, 0, 0xFFFF, 0xA)),
            ("::127.0.0.1", (0, 0, 0, 0, 0, 0, 0x7F00, 1)),
            ("1:2:3:4:5:6:255.254.1.0", (1, 2, 3, 4, 5, 6, 0xFFFE, 0x100)),
        ],
    )
    def test_eight_pieces(self, input: str, address: IPv6Address) -> None:
        assert ipv6_parser(input) == address

    # Each example of the table of validation errors, and more.
    @pytest.mark.parametrize(
        "input, error",
        [
            (":1", "IPv6-invalid-compression"),
            (":", "IPv6-invalid-compression"),
            ("1:2:3:4:5:6:7:8:9", "IPv6-too-many-pieces"),
            ("::1:2:3:4:5:6:7:8", "IPv6-too-many-pieces"),
            ("1::1::1", "IPv6-multiple-compression"),
            (":::", "IPv6-multiple-compression"),
            ("1:2:3!:4", "IPv6-invalid-code-point"),
            ("1:2:3:", "IPv6-invalid-code-point"),
            ("12345::", "IPv6-invalid-code-point"),
            ("::g", "IPv6-invalid-code-point"),
            ("::\uff11", "IPv6-invalid-code-point"),
            ("1:2:3", "IPv6-too-few-pieces"),
            ("", "IPv6-too-few-pieces"),
            ("1:1:1:1:1:1:1:127.0.0.1", "IPv4-in-IPv6-too-many-pieces"),
            ("ffff::.0.0.1", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.0.xyz.1", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.0xyz", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.00.0.1", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.0.0.1.2", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.0.0.", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::a.0.0.1", "IPv4-in-IPv6-invalid-code-point"),
            ("ffff::127.0.0.4000", "IPv4-in-IPv6-out-of-range-part"),
            ("ffff::127.0.0." + "1" * 10_000, "IPv4-in-IPv6-out-of-range-part"),
            ("ffff::127.0.0", "IPv4-in-IPv6-too-few-parts"),
        ],
    )
    def test_failure_is_named(self, input: str, error: str) -> None:
        with pytest.raises(URLFailure, match=f"^{error}$"):
            ipv6_parser(input)


@spec("https://url.spec.whatwg.org/#concept-opaque-host-parser")
class TestOpaqueHostParser:
    @pytest.mark.parametrize("code_point", "\0\t\n\r #/:<>?@[\\]^|")
    def test_a_forbidden_host_code_point_is_failure(self, code_point: str) -> None:
        with pytest.raises(URLFailure, match="^host-invalid-code-point$"):
            opaque_host_parser(f"a{code_point}b")

    def test_what_is_no_url_unit_is_a_validation_error(self) -> None:
        validation_errors: list[ValidationError] = []
        assert opaque_host_parser('a"%z\x01\xe9', validation_errors) == 'a"%z%01%C3%A9'
        assert validation_errors == ["invalid-URL-unit"] * 3

    def test_nothing_is_the_empty_host(self) -> None:
        assert opaque_host_parser("") == ""


@spec("https://url.spec.whatwg.org/#concept-host-parser")
class TestHostileInput:
    @pytest.mark.parametrize("is_opaque", [False, True])
    @pytest.mark.parametrize(
        "run", ["9", "0", "0x", "1.", ".", "%", "%41", "a.", "[", "1:", ":", "\xfc"]
    )
    def test_takes_linear_time(self, run: str, is_opaque: bool) -> None:
        for before, after in (("", ""), ("[", "]"), ("0x", ""), ("1.", ".1")):
            grows_no_worse_than_its_input(
                lambda host: host_parser(host, is_opaque),
                lambda length: before + run * (length // len(run)) + after,
                4096,
            )
