"""URL Pattern Standard, 1.6."""

from __future__ import annotations

import pytest

from worker_runtime.urlpattern.constructor_string_parsing import parse_a_constructor_string

spec = pytest.mark.spec


@spec("https://urlpattern.spec.whatwg.org/#parse-a-constructor-string")
class TestParseAConstructorString:
    @pytest.mark.parametrize(
        "input, result",
        [
            (
                "https://u\\:p@h:8/p?s#f",
                "protocol=https username=u password=p hostname=h port=8 pathname=/p search=s "
                "hash=f",
            ),
            ("https://h", "protocol=https hostname=h port="),
            ("https://h/p", "protocol=https hostname=h pathname=/p port="),
            ("https://h?s", "protocol=https hostname=h pathname=/ search=s port="),
            ("https://h#f", "protocol=https hostname=h pathname=/ search= hash=f port="),
            ("https://u@h/", "protocol=https username=u hostname=h pathname=/ port="),
            ("https\\:h/p", "protocol=https hostname=h pathname=/p port="),
            ("data\\:a", "protocol=data hostname= pathname=a port="),
            ("data:a", "pathname=data:a"),
            ("x://h?s", "protocol=x hostname=h pathname= search=s port="),
            ("http{s}?://h/", "protocol=http{s}? hostname=h pathname=/ port="),
            ("*://h", "protocol=* hostname=h port="),
            ("https://[::1]:8/", "protocol=https hostname=[::1] port=8 pathname=/"),
            ("https://{a:b}.h/", "protocol=https hostname={a:b}.h pathname=/ port="),
            ("https://(a:b)/", "protocol=https hostname=(a:b) pathname=/ port="),
            ("https://h/{?}", "protocol=https hostname=h pathname=/{?} port="),
            ("/p", "pathname=/p"),
            ("p", "pathname=p"),
            ("", "pathname="),
            ("?s", "search=s"),
            ("#f", "hash=f"),
            ("/p?s", "pathname=/p search=s"),
            ("/:a?b", "pathname=/:a?b"),
            ("/:a\\?b", "pathname=/:a search=b"),
            ("/a?b", "pathname=/a search=b"),
            ("/*?b", "pathname=/*?b"),
            ("/(a)?b", "pathname=/(a)?b"),
            ("/{a}?b", "pathname=/{a}?b"),
            ("/{a}??b", "pathname=/{a}? search=b"),
        ],
    )
    def test_components(self, input: str, result: str) -> None:
        parsed = parse_a_constructor_string(input)
        assert " ".join(f"{name}={value}" for name, value in parsed.items()) == result

    def test_a_protocol_that_is_not_well_formed_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="Invalid pattern"):
            parse_a_constructor_string("(a://h/")

    @pytest.mark.parametrize(
        "shape", ["{", "}", "[", "]", "@", ":", "?", "#", "/", "(", "\\", ":a", "\xe9", "{a}?"]
    )
    def test_each_component_is_a_piece_of_the_input(self, shape: str) -> None:
        input = "https://" + shape * 1000
        parsed = parse_a_constructor_string(input)
        assert sum(len(value) for value in parsed.values() if isinstance(value, str)) <= len(input)
