"""URL Standard, 3.1 and 3.2."""

from __future__ import annotations

import pytest

from worker_runtime.url.host_representation import (
    FORBIDDEN_DOMAIN_CODE_POINTS,
    FORBIDDEN_HOST_CODE_POINTS,
    Host,
    public_suffix,
    registrable_domain,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#forbidden-domain-code-point")
class TestForbiddenDomainCodePoints:
    def test_are_the_forbidden_host_code_points_and_the_controls_and_the_percent_sign(self) -> None:
        assert {
            *FORBIDDEN_HOST_CODE_POINTS,
            *map(chr, range(0x20)),
            "%",
            "\x7f",
        } == FORBIDDEN_DOMAIN_CODE_POINTS


# The standard's table, as far as the rule "*" goes.
@spec("https://url.spec.whatwg.org/#host-public-suffix")
class TestPublicSuffix:
    @pytest.mark.parametrize(
        "host, suffix",
        [
            ("com", "com"),
            ("www.example.com", "com"),
            ("example.com.", "com."),
            ("example.xn--kgbechtv", "xn--kgbechtv"),
        ],
    )
    def test_is_the_last_label(self, host: str, suffix: str) -> None:
        assert public_suffix(host) == suffix

    @pytest.mark.parametrize("host", [0x7F000001, (0x2001, 0xDB8, 0, 0, 0, 0, 0, 1), ""])
    def test_only_a_domain_has_one(self, host: Host) -> None:
        assert public_suffix(host) is None


@spec("https://url.spec.whatwg.org/#host-registrable-domain")
class TestRegistrableDomain:
    @pytest.mark.parametrize(
        "host, domain",
        [
            ("example.com", "example.com"),
            ("sub.www.example.com", "example.com"),
            ("example.com.", "example.com."),
            ("sub.example.xn--kgbechtv", "example.xn--kgbechtv"),
        ],
    )
    def test_is_the_public_suffix_and_the_label_before(self, host: str, domain: str) -> None:
        assert registrable_domain(host) == domain

    @pytest.mark.parametrize("host", ["com", "com.", 0, (0, 0, 0, 0, 0, 0, 0, 1), ""])
    def test_a_public_suffix_and_what_is_no_domain_have_none(self, host: Host) -> None:
        assert registrable_domain(host) is None
