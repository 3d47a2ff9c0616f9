"""KV namespaces: a map from names to values that workers share, as a binding.

SPEC_NOTES.md#kv
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict, Unpack, overload

from ..encoding.hooks import utf_8_decode, utf_8_decode_without_bom
from ..host.clock import Clock
from ..host.host import Host
from ..host.letting_out import let_out
from ..infra.json import (
    parse_a_json_string_to_a_javascript_value,
    parse_json_bytes_to_a_javascript_value,
    serialize_a_javascript_value_to_json_bytes,
)
from ..storage.large_values import MOST_BYTES_AT_ONCE, LargeValues, StoredValue, ValueWriter
from ..storage.storage_bottles import Entries
from ..storage.storage_sheds import StorageShed
from ..streams.other_specifications import (
    close_readable_stream,
    enqueue_into_readable_stream,
    get_a_reader,
    set_up_readable_stream_with_byte_reading_support,
)
from ..streams.readable_stream import ReadableStream
from ..streams.readers import ReadableStreamDefaultReader
from ..webidl.dictionaries import to_dictionary
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_promise_rejected_with, a_promise_resolved_with, react
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_integer,
    to_usv_string,
)
from .kv_entries import (
    LONGEST_SHORT_VALUE,
    delete_entry,
    get_entry,
    list_entries,
    put_entry,
    remove_what_has_expired,
)
from .kv_limits import (
    MOST_BYTES_OF_A_GET,
    MOST_KEYS_OF_A_GET,
    KVError,
    Operation,
    check_cache_ttl,
    check_key_length,
    check_key_name,
    check_key_name_of_many,
    check_metadata_length,
    check_value_length,
    expiration_time,
    list_limit,
)

SECONDS_BETWEEN_SWEEPS = 30.0

KVValue: TypeAlias = "str | BufferSource | ReadableStream"


class KVNamespaceGetOptions(TypedDict, total=False):
    """SPEC_NOTES.md#kv-get-options"""

    type: str
    cacheTtl: int


class KVNamespacePutOptions(TypedDict, total=False):
    """SPEC_NOTES.md#kv-put-options"""

    expiration: int
    expirationTtl: int
    metadata: Any


class KVNamespaceListOptions(TypedDict, total=False):
    """SPEC_NOTES.md#kv-list-options"""

    prefix: str
    limit: int
    cursor: str


class KVNamespaceGetWithMetadataResult(NamedTuple):
    """SPEC_NOTES.md#kv-get-with-metadata-result"""

    value: Any
    metadata: Any
    cacheStatus: None = None


class KVNamespaceListKey(NamedTuple):
    """SPEC_NOTES.md#kv-list-key"""

    name: str
    expiration: int | None = None
    metadata: Any = None


class KVNamespaceListResult(NamedTuple):
    """SPEC_NOTES.md#kv-list-result"""

    keys: list[KVNamespaceListKey]
    list_complete: bool
    cursor: str | None = None
    cacheStatus: None = None


class KVNamespace:
    """A map from names to values, which stay, and which all workers see that have the binding.

    SPEC_NOTES.md#kv-namespace
    """

    __slots__ = ("__weakref__", "_clock", "_sweep_after", "_values")

    __init__ = illegal_constructor

    _clock: Clock
    _sweep_after: float  # by the monotonic clock
    _values: LargeValues

    @overload
    def get(self, key: str, options: Literal["text"] | None = None) -> Promise[str | None]: ...
    @overload
    def get(self, key: str, options: Literal["arrayBuffer"]) -> Promise[bytes | None]: ...
    @overload
    def get(self, key: str, options: Literal["stream"]) -> Promise[ReadableStream | None]: ...
    @overload
    def get(
        self,
        key: str | Iterable[str],
        options: str | KVNamespaceGetOptions | None = None,
        **members: Unpack[KVNamespaceGetOptions],
    ) -> Promise[Any]: ...
    def get(
        self,
        key: str | Iterable[str],
        options: str | KVNamespaceGetOptions | None = None,
        **members: Unpack[KVNamespaceGetOptions],
    ) -> Promise[Any]:
        """The value of a name, None if it has none; of many names, a dict of their values.

        The type is "text", "json", "arrayBuffer" or "stream"; of many, one of the first two.
        TypeError or KVError if there is something wrong with the arguments, JSONDecodeError if a
        value is not JSON.

        SPEC_NOTES.md#kv-get
        """
        try:
            type, cache_ttl = type_and_cache_ttl(options, members)
            if isinstance(key, str) or not isinstance(key, Iterable):
                return self._get(key, type, cache_ttl, with_metadata=False)
            return self._get_many(key, type, cache_ttl, with_metadata=False)
        except Exception as error:
            return a_promise_rejected_with(error)

    def getWithMetadata(
        self,
        key: str | Iterable[str],
        options: str | KVNamespaceGetOptions | None = None,
        **members: Unpack[KVNamespaceGetOptions],
    ) -> Promise[Any]:
        """As `get`, and the metadata, both None if there are none.

        SPEC_NOTES.md#kv-get-with-metadata
        """
        try:
            type, cache_ttl = type_and_cache_ttl(options, members)
            if isinstance(key, str) or not isinstance(key, Iterable):
                return self._get(key, type, cache_ttl, with_metadata=True)
            return self._get_many(key, type, cache_ttl, with_metadata=True)
        except Exception as error:
            return a_promise_rejected_with(error)

    def put(
        self,
        key: str,
        value: KVValue,
        options: KVNamespacePutOptions | None = None,
        **members: Unpack[KVNamespacePutOptions],
    ) -> Promise[None]:
        """Give a name a value: text, bytes, or a stream of bytes, which is read to its end.

        It expires at `expiration`, in seconds since 1970, or after `expirationTtl` seconds.
        `metadata` is anything that JSON can say. TypeError or KVError if there is something wrong
        with the arguments.

        SPEC_NOTES.md#kv-put
        """
        try:
            name = to_usv_string(key)
            check_key_name(name)
            if not isinstance(value, ReadableStream):
                bytes = bytes_of(value)
            encoded = name.encode()
            check_key_length("PUT", encoded)
            now = self._now()
            given = to_dictionary(KVNamespacePutOptions, options, members)
            expiration = expiration_time(
                now, integer_of(given.get("expiration")), integer_of(given.get("expirationTtl"))
            )
            metadata = b""
            if given.get("metadata") is not None:
                metadata = serialize_a_javascript_value_to_json_bytes(given["metadata"])
                check_metadata_length(metadata)
            if isinstance(value, ReadableStream):
                reader = get_a_reader(value)
                return a_promise_resolved_with(
                    self._put_what_is_read(encoded, reader, metadata, expiration)
                )
            check_value_length(len(bytes))
            if len(bytes) > LONGEST_SHORT_VALUE:
                return a_promise_resolved_with(
                    self._put_what_is_long(encoded, bytes, metadata, expiration)
                )
            return self._put(encoded, bytes, metadata, expiration)
        except Exception as error:
            return a_promise_rejected_with(error)

    def delete(self, key: str) -> Promise[None]:
        """Remove a name with its value, if there is one. TypeError or KVError if there is something
        wrong with the name.

        SPEC_NOTES.md#kv-delete
        """
        try:
            encoded = encoded_key("DELETE", key)
        except Exception as error:
            return a_promise_rejected_with(error)

        def steps(entries: Entries) -> None:
            delete_entry(entries, self._values, encoded)

        return let_out(lambda: self._values.write(steps))

    def list(
        self,
        options: KVNamespaceListOptions | None = None,
        **members: Unpack[KVNamespaceListOptions],
    ) -> Promise[KVNamespaceListResult]:
        """The names with a prefix, in the order of their UTF-8, at most 1,000; to go on, pass the
        `cursor` of the result. KVError if there is something wrong with the arguments.

        SPEC_NOTES.md#kv-list
        """
        try:
            given = to_dictionary(KVNamespaceListOptions, options, members)
            prefix = to_usv_string(given.get("prefix", "")).encode()
            check_key_length("GET", prefix)
            limit = list_limit(integer_of(given.get("limit")))
            behind = name_in_a_cursor(to_usv_string(given.get("cursor", "")))
        except Exception as error:
            return a_promise_rejected_with(error)
        now = self._now()
        return self._values.read(lambda entries: list_result(entries, prefix, behind, limit, now))

    def _now(self) -> int:
        return int(self._clock.wall())

    def _get(
        self, key: object, type: str, cache_ttl: int | None, with_metadata: bool
    ) -> Promise[Any]:
        encoded = encoded_key("GET", key)
        if type not in CONVERSIONS and type != "stream":
            raise TypeError(
                'Unknown response type. Possible types are "text", "arrayBuffer", "json", and '
                '"stream".'
            )
        check_cache_ttl("GET", cache_ttl)
        now = self._clock.wall

        def steps(entries: Entries) -> Any:
            entry = get_entry(entries, self._values, encoded, now)
            if entry is None:
                return KVNamespaceGetWithMetadataResult(None, None) if with_metadata else None
            value: Any
            value, metadata, _ = entry
            if type != "stream":
                value = CONVERSIONS[type](bytes_of_a_stored_value(entries, value))
            if not with_metadata:
                return value
            return KVNamespaceGetWithMetadataResult(value, metadata_of(metadata))

        promise = self._values.read(steps)
        return react(promise, with_a_stream) if type == "stream" else promise

    def _get_many(
        self, keys: Iterable[object], type: str, cache_ttl: int | None, with_metadata: bool
    ) -> Promise[dict[str, Any]]:
        names = [to_usv_string(key) for key in keys]
        if type not in CONVERSIONS_OF_MANY:
            raise KVError("GET_BULK", 400, f'"{type}" is not a valid type. Use "json" or "text"')
        if len(names) > MOST_KEYS_OF_A_GET:
            reason = f"You can request a maximum of {MOST_KEYS_OF_A_GET} keys"
            raise KVError("GET_BULK", 400, reason)
        if not names:
            raise KVError("GET_BULK", 400, "You must request a minimum of 1 key")
        for name in names:
            check_key_name_of_many(name)
            check_key_length("GET_BULK", name.encode())
        check_cache_ttl("GET_BULK", cache_ttl)
        now = self._clock.wall

        def steps(entries: Entries) -> dict[str, Any]:
            result: dict[str, Any] = {}
            total = 0
            for name in names:
                entry = get_entry(entries, self._values, name.encode(), now)
                if entry is None:
                    result[name] = None
                    continue
                stored_value, metadata, _ = entry
                bytes = bytes_of_a_stored_value(entries, stored_value)
                total += len(bytes)
                if total > MOST_BYTES_AT_ONCE:
                    entries.begin_what_takes_long()
                if total > MOST_BYTES_OF_A_GET:
                    limit = MOST_BYTES_OF_A_GET // 2**20
                    reason = f"Total size of request exceeds the limit of {limit}MB"
                    raise KVError("GET_BULK", 413, reason)
                value = value_of_many(bytes, type)
                result[name] = (
                    KVNamespaceGetWithMetadataResult(value, metadata_of(metadata))
                    if with_metadata
                    else value
                )
            return result

        return self._values.read(steps)

    def _put(
        self, key: bytes, value: bytes | ValueWriter, metadata: bytes, expiration: int | None
    ) -> Promise[None]:
        sweep_before: int | None = None
        if self._clock.monotonic() >= self._sweep_after:
            self._sweep_after = self._clock.monotonic() + SECONDS_BETWEEN_SWEEPS
            sweep_before = self._now()

        def steps(entries: Entries) -> None:
            if sweep_before is not None:
                remove_what_has_expired(entries, self._values, sweep_before)
            put_entry(entries, self._values, key, value, metadata, expiration)

        return let_out(lambda: self._values.write(steps))

    async def _put_what_is_long(
        self, key: bytes, value: bytes, metadata: bytes, expiration: int | None
    ) -> None:
        writer = ValueWriter(self._values)
        try:
            await writer.write(value)
            await self._put(key, writer, metadata, expiration)
        finally:
            writer.discard()

    async def _put_what_is_read(
        self,
        key: bytes,
        reader: ReadableStreamDefaultReader,
        metadata: bytes,
        expiration: int | None,
    ) -> None:
        writer = ValueWriter(self._values)
        try:
            await writer.write_all(reader, check_value_length)
            await self._put(key, writer, metadata, expiration)
        finally:
            writer.discard()


def kv_namespace(host: Host, name: str) -> KVNamespace:
    """The namespace with a name in the storage of a host: the binding of `serve --kv`. ValueError
    if a namespace cannot have that name.

    SPEC_NOTES.md#kv-namespace-of-a-host
    """
    if not name or "\0" in name or not name.isprintable():
        raise ValueError(f"A KV namespace cannot be called {name!r}")
    bottle = host.record(StorageShed).bottle_of_the_host(b"kv/%b\0" % name.encode())
    namespace: KVNamespace = new(KVNamespace)
    namespace._clock = host.clock
    namespace._sweep_after = host.clock.monotonic()
    namespace._values = bottle.record(LargeValues)
    return namespace


def type_and_cache_ttl(options: object, members: KVNamespaceGetOptions) -> tuple[str, int | None]:
    """The members of the options; a str is the type.

    Part of SPEC_NOTES.md#kv-get-options
    """
    if not members:
        if options is None:
            return "text", None
        if isinstance(options, str):
            return options, None
    if isinstance(options, str):
        members = {"type": options, **members}
        options = None
    given = to_dictionary(KVNamespaceGetOptions, options, members)
    return given.get("type", "text"), integer_of(given.get("cacheTtl"))


def encoded_key(operation: Operation, key: object) -> bytes:
    """A name in UTF-8, if it may be one.

    Part of SPEC_NOTES.md#kv-key-names
    """
    name = to_usv_string(key)
    check_key_name(name)
    encoded = name.encode()
    check_key_length(operation, encoded)
    return encoded


def integer_of(value: Any) -> int | None:
    """Part of SPEC_NOTES.md#kv-put-options"""
    return None if value is None else to_integer(value, 64, signed=True)


def bytes_of(value: object) -> bytes:
    """Part of SPEC_NOTES.md#kv-put"""
    if isinstance(value, (str, int, float)):
        return to_usv_string(value).encode()
    if is_buffer_source(value):
        return get_a_copy_of_the_buffer_source(value)
    raise TypeError(
        "KV put() accepts only strings, ArrayBuffers, ArrayBufferViews, and ReadableStreams as "
        "values."
    )


def json_of(value: bytes) -> Any:
    """Part of SPEC_NOTES.md#kv-get"""
    return parse_a_json_string_to_a_javascript_value(utf_8_decode_without_bom(value))


CONVERSIONS: Mapping[str, Callable[[bytes], Any]] = {
    "text": utf_8_decode_without_bom,
    "json": json_of,
    "arrayBuffer": bytes,
}
CONVERSIONS_OF_MANY: Mapping[str, Callable[[bytes], Any]] = {
    "text": utf_8_decode,
    "json": parse_json_bytes_to_a_javascript_value,
}


def bytes_of_a_stored_value(entries: Entries, value: bytes | StoredValue) -> bytes:
    """Part of SPEC_NOTES.md#kv-get"""
    return value.rest(entries) if isinstance(value, StoredValue) else value


def value_of_many(bytes: bytes, type: str) -> Any:
    """Part of SPEC_NOTES.md#kv-get"""
    try:
        return CONVERSIONS_OF_MANY[type](bytes)
    except ValueError:
        reason = f"At least one of the requested keys corresponds to a non-{type} value"
        raise KVError("GET_BULK", 400, reason) from None


def metadata_of(stored: bytes) -> Any:
    """Part of SPEC_NOTES.md#kv-get-with-metadata"""
    return parse_json_bytes_to_a_javascript_value(stored) if stored else None


def with_a_stream(result: Any) -> Any:
    """A result in which the value, if there is one, is a stream.

    Part of SPEC_NOTES.md#kv-get
    """
    if isinstance(result, KVNamespaceGetWithMetadataResult):
        return result._replace(value=with_a_stream(result.value))
    if isinstance(result, StoredValue):
        return result.stream()
    return None if result is None else stream_of_bytes(result)


def stream_of_bytes(value: bytes) -> ReadableStream:
    """Part of SPEC_NOTES.md#kv-get"""
    stream = new(ReadableStream)
    set_up_readable_stream_with_byte_reading_support(stream)
    if value:
        enqueue_into_readable_stream(stream, value)
    close_readable_stream(stream)
    return stream


def list_result(
    entries: Entries, prefix: bytes, behind: bytes | None, limit: int, now: int
) -> KVNamespaceListResult:
    """Part of SPEC_NOTES.md#kv-list"""
    found = list_entries(entries, prefix, behind, limit + 1, now)
    keys = [
        KVNamespaceListKey(name.decode(), expiration, metadata_of(metadata))
        for name, metadata, expiration in found[:limit]
    ]
    if len(found) <= limit:
        return KVNamespaceListResult(keys, True)
    return KVNamespaceListResult(keys, False, b64encode(found[limit - 1][0]).decode())


def name_in_a_cursor(cursor: str) -> bytes | None:
    """Part of SPEC_NOTES.md#kv-list"""
    if not cursor:
        return None
    try:
        return b64decode(cursor, validate=True)
    except ValueError:
        raise KVError("GET", 400, f"Invalid cursor of {cursor}.") from None
