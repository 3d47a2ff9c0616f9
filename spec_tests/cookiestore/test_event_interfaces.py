"""Cookie Store, 5: the event interfaces."""

from __future__ import annotations

from typing import Any

import pytest

from worker_runtime import CookieChangeEvent, Event, ExtendableCookieChangeEvent, ExtendableEvent
from worker_runtime.cookiestore.event_interfaces import (
    CookieChangeEventInit,
    ExtendableCookieChangeEventInit,
)
from worker_runtime.cookiestore.query_cookies import CookieListItem

spec = pytest.mark.spec


@spec("https://cookiestore.spec.whatwg.org/#cookiechangeevent")
@spec("https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-cookiechangeevent")
@spec("https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-changed")
@spec("https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-deleted")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-cookiechangeeventinit")
class TestCookieChangeEvent:
    def test_it_has_what_it_was_made_with(self) -> None:
        init: CookieChangeEventInit = {"bubbles": True, "deleted": [{"name": "b"}]}
        event = CookieChangeEvent("x", init, changed=[CookieListItem("a", "1")])
        assert isinstance(event, Event) and event.type == "x" and event.bubbles
        assert event.changed == (("a", "1"),) and event.deleted == (("b", None),)
        assert event.changed is event.changed

    def test_nothing_by_default(self) -> None:
        event = CookieChangeEvent("x")
        assert event.changed == event.deleted == ()

    @pytest.mark.parametrize("items", [5, ["a"], [5], [{"name": b"a"}]])
    def test_items_are_cookies(self, items: Any) -> None:
        with pytest.raises(TypeError):
            CookieChangeEvent("x", changed=items)


@spec("https://cookiestore.spec.whatwg.org/#extendablecookiechangeevent")
@spec(
    "https://cookiestore.spec.whatwg.org/"
    "#dom-extendablecookiechangeevent-extendablecookiechangeevent"
)
@spec("https://cookiestore.spec.whatwg.org/#dom-extendablecookiechangeevent-changed")
@spec("https://cookiestore.spec.whatwg.org/#dom-extendablecookiechangeevent-deleted")
@spec("https://cookiestore.spec.whatwg.org/#dictdef-extendablecookiechangeeventinit")
class TestExtendableCookieChangeEvent:
    def test_it_has_what_it_was_made_with(self) -> None:
        init: ExtendableCookieChangeEventInit = {"changed": [{"name": "a", "value": "1"}]}
        event = ExtendableCookieChangeEvent("x", init)
        assert isinstance(event, ExtendableEvent)
        assert event.changed == (("a", "1"),) and event.deleted == ()
