"""Event interfaces: cookies have changed.

Cookie Store, 5: https://cookiestore.spec.whatwg.org/#event-interfaces
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..service_workers.extendable_event import ExtendableEvent, ExtendableEventInit
from ..webidl.dictionaries import to_dictionary
from ..webidl.type_mapping import to_usv_string
from .query_cookies import CookieListItem


class CookieChangeEventInit(EventInit, total=False):
    """https://cookiestore.spec.whatwg.org/#dictdef-cookiechangeeventinit"""

    changed: Iterable[CookieListItem | Mapping[str, str]]
    deleted: Iterable[CookieListItem | Mapping[str, str]]


class CookieChangeEvent(Event):
    """Cookies that the scripts of a scope may see have changed.

    https://cookiestore.spec.whatwg.org/#cookiechangeevent
    """

    __slots__ = ("_changed", "_deleted")

    def __init__(
        self,
        type: str,
        eventInitDict: CookieChangeEventInit | CookieChangeEvent | None = None,
        **members: Unpack[CookieChangeEventInit],
    ) -> None:
        """https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-cookiechangeevent"""
        init = to_dictionary(CookieChangeEventInit, eventInitDict, members)
        inner_event_creation_steps(self, type, init)
        self._changed = cookie_list_of(init.get("changed", ()))
        self._deleted = cookie_list_of(init.get("deleted", ()))

    @property
    def changed(self) -> tuple[CookieListItem, ...]:
        """https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-changed"""
        return self._changed

    @property
    def deleted(self) -> tuple[CookieListItem, ...]:
        """https://cookiestore.spec.whatwg.org/#dom-cookiechangeevent-deleted"""
        return self._deleted


class ExtendableCookieChangeEventInit(ExtendableEventInit, total=False):
    """https://cookiestore.spec.whatwg.org/#dictdef-extendablecookiechangeeventinit"""

    changed: Iterable[CookieListItem | Mapping[str, str]]
    deleted: Iterable[CookieListItem | Mapping[str, str]]


class ExtendableCookieChangeEvent(ExtendableEvent):
    """Cookies have changed that a service worker has subscribed to.

    https://cookiestore.spec.whatwg.org/#extendablecookiechangeevent
    """

    __slots__ = ("_changed", "_deleted")

    def __init__(
        self,
        type: str,
        eventInitDict: ExtendableCookieChangeEventInit | ExtendableCookieChangeEvent | None = None,
        **members: Unpack[ExtendableCookieChangeEventInit],
    ) -> None:
        """https://cookiestore.spec.whatwg.org/#dom-extendablecookiechangeevent-extendablecookiechangeevent"""
        init = to_dictionary(ExtendableCookieChangeEventInit, eventInitDict, members)
        self._initialize(type, init)
        self._changed = cookie_list_of(init.get("changed", ()))
        self._deleted = cookie_list_of(init.get("deleted", ()))

    @property
    def changed(self) -> tuple[CookieListItem, ...]:
        """https://cookiestore.spec.whatwg.org/#dom-extendablecookiechangeevent-changed"""
        return self._changed

    @property
    def deleted(self) -> tuple[CookieListItem, ...]:
        """https://cookiestore.spec.whatwg.org/#dom-extendablecookiechangeevent-deleted"""
        return self._deleted


def cookie_list_of(
    items: Iterable[CookieListItem | Mapping[str, str]],
) -> tuple[CookieListItem, ...]:
    """Items that an author has given: mappings, or objects with such attributes.

    Part of https://cookiestore.spec.whatwg.org/#typedefdef-cookielist
    """
    list = []
    for item in items:
        if isinstance(item, Mapping):
            name, value = item.get("name"), item.get("value")
        elif hasattr(item, "name"):
            name, value = item.name, getattr(item, "value", None)
        else:
            raise TypeError(f"A cookie has a name and a value, not {item!r:.40}")
        list.append(
            CookieListItem(
                "" if name is None else to_usv_string(name),
                None if value is None else to_usv_string(value),
            )
        )
    return tuple(list)
