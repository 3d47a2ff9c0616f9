"""Request response lists: what a cache is, and the map of their names.

Service Workers, 5.1: https://w3c.github.io/ServiceWorker/#cache-constructs

The keys within the bottle are those of large values, and

    name/NUMBER                                 a cache's name
    list/NUMBER/URL 0 SEARCH 0 NAMES 0 VALUES NUMBER NUMBER
                                                an item of a cache: the headers that it varies with,
                                                a digest of their values, its own number, and that
                                                of its body
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import blake2b
from typing import TypeVar

from ..fetch.headers import HeaderList
from ..fetch.infrastructure import AnyResponse
from ..fetch.requests import RequestRecord
from ..host.storage.backend import StorageError, StorageFull
from ..storage.large_values import LENGTH_OF_NUMBER, NO_BODY, LargeValues, ValueWriter
from ..storage.storage_bottles import Entries, StorageBottle
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException
from ..webidl.promises import Promise
from .cached_item import CachedItem, serialize_item

NAME = b"name/"
LIST = b"list/"
NUMBER_WITHOUT_NAME = b"f" * LENGTH_OF_NUMBER  # of the cache that is there without being opened
MOST_VARYING_NAMES = 32  # for one URL: each of them costs a look-up

T = TypeVar("T")


class CacheContents(LargeValues):
    """What caches hold: `bottle.record(CacheContents)`. The number of a cache is one of those that
    large values have.

    Part of https://w3c.github.io/ServiceWorker/#cache-lifetimes
    """

    __slots__ = ()

    def remove(self, entries: Entries, number: bytes) -> None:
        """Remove a body, or a cache with its bodies."""
        super().remove(entries, number)
        for key, _ in entries.scan(LIST + number + b"/"):
            self.drop(entries, key[-LENGTH_OF_NUMBER:])
        entries.delete_prefix(LIST + number + b"/")


class RequestResponseList:
    """A cache: its items, in the order in which they were added. It can be used as long as this
    object lives.

    https://w3c.github.io/ServiceWorker/#dfn-relevant-request-response-list
    """

    __slots__ = ("_hold", "contents")

    def __init__(self, contents: CacheContents, number: bytes) -> None:
        self.contents = contents
        self._hold = contents.hold(number)

    @property
    def number(self) -> bytes:
        """That of the cache."""
        return self._hold.number

    def read(self, steps: Callable[[ItemsOfACache], T]) -> Promise[T]:
        """A promise of what steps return, which look at the items."""
        return self.contents.read(lambda entries: steps(ItemsOfACache(self, entries)))

    def write(self, steps: Callable[[ItemsOfACache], T]) -> Promise[T]:
        """A promise of what steps return, which change the items. All of it is done, or none."""
        return self.contents.write(lambda entries: steps(ItemsOfACache(self, entries)))


class ItemsOfACache:
    """The items of a cache, for steps that read or write them.

    Part of https://w3c.github.io/ServiceWorker/#dfn-relevant-request-response-list
    """

    __slots__ = ("_prefix", "cache", "entries")

    def __init__(self, cache: RequestResponseList, entries: Entries) -> None:
        self.cache = cache
        self.entries = entries
        self._prefix = LIST + cache.number + b"/"

    def __iter__(self) -> Iterator[CachedItem]:
        return iter(self._items(b""))

    def items_at(self, url: URLRecord, ignore_search: bool) -> list[CachedItem]:
        """The items whose requests have that URL, whatever its fragment, and whatever its query if
        that is ignored.
        """
        return self._items(key_of(url, ignore_search))

    def variants_for(self, request: RequestRecord) -> list[CachedItem]:
        """Of the items whose requests have the request's URL, those that it may get by the headers
        that they vary with. However many others there are, they are not looked at.
        """
        begin_of_key = key_of(request.url, False)
        return self._items(
            *(
                begin_of_key + names + separator + digest_of_values(names, request.header_list)
                if separator
                else begin_of_key + names  # the rest of an old key
                for names, separator in self._varying_names(begin_of_key)
            )
        )

    def _items(self, *begins_of_keys: bytes) -> list[CachedItem]:
        return sorted(
            (
                CachedItem(key, value)
                for begin_of_key in begins_of_keys
                for key, value in self.entries.scan(self._prefix + begin_of_key)
            ),
            key=lambda item: item.number,
        )

    def _varying_names(self, begin_of_key: bytes) -> list[tuple[bytes, bytes]]:
        """The names of headers that items vary with whose keys have that beginning, each time as
        `names_in_vary` has them, and what is behind them. A step from one to the next skips all
        items with the same names.

        The key of an item that an earlier version has stored has no names, and nothing behind.
        """
        prefix = self._prefix + begin_of_key
        found: list[tuple[bytes, bytes]] = []
        start = b""
        while rows := self.entries.scan(prefix, start=start, limit=1):
            names, separator, _ = rows[0][0].removeprefix(prefix).partition(b"\0")
            found.append((names, separator))
            start = prefix + names + b"\1"
        return found

    def append(
        self, request: RequestRecord, response: AnyResponse, body: ValueWriter | None
    ) -> bytes:
        """Add an item at the end, and return its number. StorageFull if the items of its URL vary
        with too many different lists of headers.
        """
        entries, contents, own_number = self.entries, self.cache.contents, self.cache.number
        if (
            own_number != NUMBER_WITHOUT_NAME
            and entries.get(NAME + own_number) is None
            and not contents.is_loose(entries, own_number)
        ):
            # DEVIATION: by the standard it can still be used, but a process does not know of
            # another one's Cache objects.
            raise DOMException("The cache has been deleted by another process", "InvalidStateError")
        begin_of_key = key_of(request.url, False)
        names = names_in_vary(response.header_list)
        others = [each for each, separator in self._varying_names(begin_of_key) if separator]
        if names not in others and len(others) >= MOST_VARYING_NAMES:
            raise StorageFull(
                f"The responses for one URL vary with {MOST_VARYING_NAMES} different lists of "
                f"headers"
            )
        body_number = NO_BODY if body is None else body.finish(entries)
        number = contents.next_number(entries)
        key = self._prefix + begin_of_key + variant_of(request, response) + number + body_number
        entries.put(key, serialize_item(request, response, None if body is None else body.length))
        return number

    def remove(self, item: CachedItem) -> None:
        """Remove an item; a reader that has begun to read its body can go on."""
        self.entries.delete(item.key)
        self.cache.contents.drop(self.entries, item.body_number)


def key_of(url: URLRecord, ignore_search: bool) -> bytes:
    """What the keys of all items with that URL begin with.

    Part of https://w3c.github.io/ServiceWorker/#query-cache-algorithm
    """
    location, question_mark, search = url_serializer(url, exclude_fragment=True).partition("?")
    if ignore_search:
        return location.encode() + b"\0"
    return f"{location}\0{question_mark}{search}\0".encode()


def names_in_vary(header_list: HeaderList) -> bytes:
    """The names of the headers that a response varies with, each once and in order.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-3
    """
    names = header_list.get_decode_and_split("Vary") or ()
    return b",".join(sorted({name.lower().encode() for name in names}))


def digest_of_values(names: bytes, header_list: HeaderList) -> bytes:
    """What two requests have in common, and as good as no others, that agree in the headers with
    these names.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-7
    """
    values = [header_list.get(name) for name in names.decode().split(",")]
    return blake2b(repr(values).encode(), digest_size=8).hexdigest().encode()


def variant_of(request: RequestRecord, response: AnyResponse) -> bytes:
    """The part of an item's key that tells it from others with its URL.

    Part of https://www.rfc-editor.org/rfc/rfc9110#section-12.5.5-3
    """
    names = names_in_vary(response.header_list)
    return names + b"\0" + digest_of_values(names, request.header_list)


class NameToCacheMap:
    """Names and the caches that have them, in the order in which they were opened for the first
    time.

    https://w3c.github.io/ServiceWorker/#dfn-name-to-cache-map
    """

    __slots__ = ("contents",)

    def __init__(self, bottle: StorageBottle) -> None:
        self.contents = bottle.record(CacheContents)

    def names(self, entries: Entries) -> list[tuple[str, bytes]]:
        """Names, and the numbers of the caches."""
        try:
            return [
                (name.decode("utf-8", "surrogatepass"), key.removeprefix(NAME))
                for key, name in entries.scan(NAME)
            ]
        except UnicodeDecodeError as error:
            raise StorageError(f"The storage is damaged: a cache has no name: {error}") from error

    def find(self, entries: Entries, cache_name: str) -> bytes | None:
        """The number of the cache with a name, None if there is none."""
        return next((number for name, number in self.names(entries) if name == cache_name), None)

    def cache(self, number: bytes) -> RequestResponseList:
        """The cache with a number."""
        return RequestResponseList(self.contents, number)

    def open(self, cache_name: str) -> Promise[RequestResponseList]:
        """A promise of the cache with a name, a new one if there is none."""

        def open(entries: Entries) -> RequestResponseList:
            number = self.find(entries, cache_name)
            if number is None:
                number = self.contents.next_number(entries)
                entries.put(NAME + number, cache_name.encode("utf-8", "surrogatepass"))
            return self.cache(number)

        return self.contents.write(open)

    def remove(self, cache_name: str) -> Promise[bool]:
        """Forget the cache with a name. Those who have it can go on using it."""

        def remove(entries: Entries) -> bool:
            number = self.find(entries, cache_name)
            if number is None:
                return False
            entries.delete(NAME + number)
            self.contents.drop(entries, number)
            return True

        return self.contents.write(remove)
