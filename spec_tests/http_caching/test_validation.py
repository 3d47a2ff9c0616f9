"""RFC 9111, 4.3: to ask, and what follows from the answer."""

from __future__ import annotations

import pytest

from worker_runtime.http_caching.validation import (
    is_confirmed_by_head,
    is_freshened,
    is_strong,
    validating_fields,
)

from .responses import stored

spec = pytest.mark.spec


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.1")
class TestValidatingFields:
    def test_are_made_of_both_validators(self) -> None:
        fields = validating_fields(stored(etag='W/"a"', last_modified="x"))
        assert fields == [("if-none-match", 'W/"a"'), ("if-modified-since", "x")]
        assert validating_fields(stored(date=0)) == []


@spec("https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3-4")
class TestIsStrong:
    def test_without_w(self) -> None:
        assert is_strong('"a"') and not is_strong('W/"a"') and is_strong('w/"a"')


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.4")
class TestIsFreshened:
    @pytest.mark.parametrize("entity_tag, values, as_validated, as_other", [
        ('"a"', {"etag": '"a"'}, True, True),
        ('"a"', {"etag": '"b"'}, False, False),
        (None, {"etag": '"a"'}, False, False),
        ('W/"a"', {"etag": '"a"'}, False, False),
        ('W/"a"', {"etag": 'W/"a"'}, True, True),
        ('"a"', {"etag": 'W/"a"'}, True, True),
        ('"a"', {"etag": 'W/"b"'}, False, False),
        (None, {"etag": 'W/"a"'}, True, False),
        ('"a"', {}, True, False),
        (None, {"last-modified": "y"}, True, False),
    ])  # fmt: skip
    def test_by_its_entity_tag_or_because_it_was_meant(
        self, entity_tag: str | None, values: dict[str, str], as_validated: bool, as_other: bool
    ) -> None:
        response = (
            stored(last_modified="x")
            if entity_tag is None
            else stored(last_modified="x", etag=entity_tag)
        )
        assert is_freshened(response, values, is_validated=True) is as_validated
        assert is_freshened(response, values, is_validated=False) is as_other


@spec("https://www.rfc-editor.org/rfc/rfc9111#section-4.3.5")
class TestIsConfirmedByHead:
    @pytest.mark.parametrize("values, expected", [
        ({}, True), ({"etag": '"a"', "last-modified": "x", "content-length": "5"}, True),
        ({"etag": '"b"'}, False), ({"last-modified": "y"}, False), ({"content-length": "6"}, False),
        ({"content-type": "a/b"}, True),
    ])  # fmt: skip
    def test_where_validators_and_length_are_the_same(
        self, values: dict[str, str], expected: bool
    ) -> None:
        assert (
            is_confirmed_by_head(stored(etag='"a"', last_modified="x", content_length="5"), values)
            is expected
        )

    def test_a_length_that_is_not_known_contradicts_nothing_but_a_new_validator_does(self) -> None:
        assert is_confirmed_by_head(stored(), {"content-length": "6"})
        assert not is_confirmed_by_head(stored(), {"etag": '"a"'})
