"""Request response lists: what a cache is, and the map of their names.

Service Workers, 5.1: https://w3c.github.io/ServiceWorker/#cache-constructs
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b

from ..fetch.headers import HeaderList
from ..fetch.infrastructure import AnyResponse
from ..fetch.requests import RequestRecord
from ..fetch.storage_bottle import LIST, NAME, Bottle
from ..fetch.stored_bodies import NO_BODY, BodyWriter
from ..host.storage.backend import StorageError, StorageFull
from ..url.url_representation import URLRecord
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException
from .cached_item import CachedItem, serialize_item

MOST_VARYING_NAMES = 32  # for one URL: each of them costs a look-up


class RequestResponseList:
    """The items of a cache, in the order in which they were added. It can be used as long as this
    object lives.

    https://w3c.github.io/ServiceWorker/#dfn-relevant-request-response-list
    """

    __slots__ = ("_hold", "bottle")

    def __init__(self, bottle: Bottle, number: bytes) -> None:
        self.bottle = bottle
        self._hold = bottle.hold(number)

    @property
    def _prefix(self) -> bytes:
        return LIST + self._hold.number + b"/"

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
                begin_of_key + names + b"\0" + digest_of_values(names, request.header_list)
                for names in self._varying_names(begin_of_key)
            )
        )

    def _items(self, *begins_of_keys: bytes) -> list[CachedItem]:
        return sorted(
            (
                CachedItem(self.bottle, key, value)
                for begin_of_key in begins_of_keys
                for key, value in self.bottle.storage.scan(self._prefix + begin_of_key)
            ),
            key=lambda item: item.number,
        )

    def _varying_names(self, begin_of_key: bytes) -> list[bytes]:
        """The names of headers that items vary with whose keys have that beginning, each time as
        `names_in_vary` has them. A step from one to the next skips all items with the same names.
        """
        prefix = self._prefix + begin_of_key
        found: list[bytes] = []
        start = b""
        while rows := self.bottle.storage.scan(prefix, start=start, limit=1):
            names = rows[0][0].removeprefix(prefix).partition(b"\0")[0]
            found.append(names)
            start = prefix + names + b"\1"
        return found

    def append(
        self, request: RequestRecord, response: AnyResponse, body: BodyWriter | None
    ) -> bytes:
        """Add an item at the end, and return its number. Call it within a transaction. StorageFull
        if the items of its URL vary with too many different lists of headers.
        """
        own_number = self._hold.number
        if self.bottle.storage.get(NAME + own_number) is None and not self.bottle.is_loose(
            own_number
        ):
            # DEVIATION: by the standard it can still be used, but a process does not know of
            # another one's Cache objects.
            raise DOMException("The cache has been deleted by another process", "InvalidStateError")
        begin_of_key = key_of(request.url, False)
        names = names_in_vary(response.header_list)
        others = self._varying_names(begin_of_key)
        if names not in others and len(others) >= MOST_VARYING_NAMES:
            raise StorageFull(
                f"The responses for one URL vary with {MOST_VARYING_NAMES} different lists of headers"
            )
        variant = names + b"\0" + digest_of_values(names, request.header_list)
        body_number = NO_BODY if body is None else body.finish()
        number = self.bottle.next_number()
        key = self._prefix + begin_of_key + variant + number + body_number
        self.bottle.storage.put(
            key, serialize_item(request, response, None if body is None else body.length)
        )
        return number

    def remove(self, item: CachedItem) -> None:
        """Remove an item; who has begun to read its body can go on. Call it within a transaction."""
        self.bottle.storage.delete(item.key)
        self.bottle.drop(item.body_number)


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


class NameToCacheMap:
    """Names and the caches that have them, in the order in which they were opened for the first
    time.

    https://w3c.github.io/ServiceWorker/#dfn-name-to-cache-map
    """

    __slots__ = ("_bottle",)

    def __init__(self, bottle: Bottle) -> None:
        self._bottle = bottle

    def __iter__(self) -> Iterator[tuple[str, bytes]]:
        """Names, and the numbers of the caches."""
        for key, name in self._bottle.storage.scan(NAME):
            try:
                yield name.decode("utf-8", "surrogatepass"), key.removeprefix(NAME)
            except UnicodeDecodeError as error:
                raise StorageError(
                    f"The storage is damaged: {key!r} is no name: {error}"
                ) from error

    def cache(self, number: bytes) -> RequestResponseList:
        """The cache with a number."""
        return RequestResponseList(self._bottle, number)

    def find(self, cache_name: str) -> bytes | None:
        """The number of the cache with a name, None if there is none."""
        return next((number for name, number in self if name == cache_name), None)

    def open(self, cache_name: str) -> RequestResponseList:
        """The cache with a name, a new one if there is none."""
        number = self.find(cache_name)
        if number is None:
            with self._bottle.transaction():
                number = self.find(cache_name)  # another process may have been faster
                if number is None:
                    number = self._bottle.next_number()
                    self._bottle.storage.put(
                        NAME + number, cache_name.encode("utf-8", "surrogatepass")
                    )
        return self.cache(number)

    def remove(self, number: bytes) -> None:
        """Forget the cache with a number. Those who have it can go on using it."""
        with self._bottle.transaction():
            self._bottle.storage.delete(NAME + number)
            self._bottle.drop(number)
