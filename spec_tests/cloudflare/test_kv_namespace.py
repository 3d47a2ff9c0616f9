"""KV namespaces: the binding, and what Cloudflare's own runtime answers to the same calls."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.storage.fake_storages import FailingStorage, SlowStorage
from tools.make_kv_answers import ANSWERS, answers_of_miniflare
from worker_runtime import Promise, ReadableStream
from worker_runtime.cloudflare.kv_limits import KVError
from worker_runtime.cloudflare.kv_namespace import (
    KVNamespace,
    KVNamespaceGetWithMetadataResult,
    KVNamespaceListKey,
    KVNamespaceListResult,
    kv_namespace,
)
from worker_runtime.host.host import Host
from worker_runtime.host.storage.backend import StorageBackend
from worker_runtime.host.storage.memory import MemoryStorage
from worker_runtime.host.storage.sqlite import SQLiteStorage
from worker_runtime.webidl.exceptions import QuotaExceededError

spec = pytest.mark.spec
ERROR_CLASSES = {"Error": KVError, "TypeError": TypeError, "SyntaxError": json.JSONDecodeError}


class Caller:
    """Makes the calls of the file with answers, and writes their answers as that has them."""

    def __init__(self, namespace: KVNamespace) -> None:
        self.namespace = namespace
        self.last_cursor: str | None = None

    async def answer(self, call: Any) -> Any:
        arguments = [self.value_of(argument) for argument in call["args"]]
        try:
            value = await getattr(self.namespace, call["call"])(*arguments)
        except Exception as error:
            [name] = [name for name, kind in ERROR_CLASSES.items() if type(error) is kind]
            return {"error": name, "message": str(error)}
        self.last_cursor = getattr(value, "cursor", None) or self.last_cursor
        if isinstance(arguments[0] if arguments else None, list):
            return {"value": {"map": {key: await self.data_of(value[key]) for key in value}}}
        return {"value": await self.data_of(value)}

    def value_of(self, data: Any) -> Any:
        match data:
            case list():
                return [self.value_of(item) for item in data]
            case {"repeat": [text, count]}:
                return text * count
            case {"bytes": text}:
                return bytes.fromhex(text)
            case {"stream": chunks}:
                return ReadableStream.from_([bytes.fromhex(chunk) for chunk in chunks])
            case {"zeros": length}:
                starts = range(0, length, 65_536)
                return ReadableStream.from_(bytes(min(65_536, length - start)) for start in starts)
            case {"names": [text, count]}:
                return [f"{text}{number}" for number in range(count)]
            case {"last cursor": True}:
                return self.last_cursor
            case dict():
                return {key: self.value_of(item) for key, item in data.items()}
        return data

    async def data_of(self, value: Any) -> Any:
        match value:
            case str():
                return shortened(value)
            case bytes():
                return {"bytes": shortened(value.hex())}
            case ReadableStream():
                chunks = [chunk async for chunk in value]
                return {"stream": shortened(b"".join(chunks).hex())}
            case KVNamespaceGetWithMetadataResult():
                return {**value._asdict(), "value": await self.data_of(value.value)}
            case KVNamespaceListResult():
                data = {**value._asdict(), "keys": [without_none(key) for key in value.keys]}
                cursor = data.pop("cursor")
                return data if cursor is None else data | {"cursor": "a cursor"}
        return value


def without_none(key: KVNamespaceListKey) -> dict[str, Any]:
    return {name: value for name, value in key._asdict().items() if value is not None}


def shortened(text: str) -> Any:
    return text if len(text) <= 1000 else {"long": [len(text), text[:9], text[-9:]]}


class TestAnswersOfTheRealOne:
    @pytest.mark.parametrize("kind", ["memory", "sqlite"])
    async def test_they_are_ours(self, kind: str, tmp_path: Path) -> None:
        storage = MemoryStorage() if kind == "memory" else SQLiteStorage(tmp_path / "storage")
        caller = Caller(kv_namespace(Host(clock=FakeClock(), storage=storage), "KV"))
        for call, expected in json.loads(ANSWERS.read_text("utf-8")):
            answer = await caller.answer(call)
            if expected.get("error") == "SyntaxError":
                expected["message"] = answer.get("message")
            if "map" in (expected.get("value") or ()) and call["call"] == "getWithMetadata":
                for item in filter(None, expected["value"]["map"].values()):
                    item["cacheStatus"] = None  # which the result of many lacks there
            assert (call, answer) == (call, expected)
        storage.close()

    def test_they_are_those_of_today(self) -> None:
        folder = os.environ.get("MINIFLARE_FOLDER")
        if folder is None:
            pytest.skip("MINIFLARE_FOLDER does not say where node finds miniflare")
        pairs = json.loads(ANSWERS.read_text("utf-8"))
        answers = answers_of_miniflare(Path(folder), [call for call, _ in pairs])
        assert answers == [answer for _, answer in pairs]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["memory", "sqlite"])
def host(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> Iterator[Host]:
    path = tmp_path / "storage"
    storage: StorageBackend = (
        MemoryStorage(clock) if request.param == "memory" else SQLiteStorage(path, clock)
    )
    yield Host(clock=clock, storage=storage)
    storage.close()


@pytest.fixture
def kv(host: Host) -> KVNamespace:
    return kv_namespace(host, "KV")


@spec("SPEC_NOTES.md#kv-namespace")
class TestKVNamespace:
    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            KVNamespace()

    async def test_a_failing_storage_is_an_error_of_the_platform(self) -> None:
        storage = FailingStorage()
        kv = kv_namespace(Host(storage=storage), "KV")
        await kv.put("a", "1")
        storage.fails = True
        with pytest.raises(QuotaExceededError):
            await kv.put("a", "2")
        with pytest.raises(QuotaExceededError):
            await kv.put("b", bytes(100_000))
        with pytest.raises(QuotaExceededError):
            await kv.delete("a")
        assert await kv.get("a") == "1"
        storage.fails = False
        await kv.put("a", "2")
        assert await kv.get("a") == "2"

    async def test_a_slow_storage_is_waited_for(self) -> None:
        storage = SlowStorage()
        kv = kv_namespace(Host(storage=storage), "KV")
        promises: list[Promise[Any]] = [
            kv.put("a", "1"),
            kv.get("a"),
            kv.list(),
            kv.get("a", "stream"),
        ]
        assert {repr(promise) for promise in promises} == {"<Promise pending>"}
        storage.goes_on.set()
        assert await promises[1] == "1"
        assert [key.name for key in (await promises[2]).keys] == ["a"]
        assert [chunk async for chunk in await promises[3]] == [b"1"]


@spec("SPEC_NOTES.md#kv-namespace-of-a-host")
class TestKVNamespaceOfAHost:
    async def test_names_are_apart_and_hosts_as_well(self, host: Host) -> None:
        await kv_namespace(host, "a").put("key", "1")
        assert await kv_namespace(host, "a").get("key") == "1"
        for other in (kv_namespace(host, "a/"), kv_namespace(host, "A"), kv_namespace(Host(), "a")):
            assert await other.get("key") is None

    @pytest.mark.parametrize("name", ["", "a\0b", "a\n"])
    def test_some_names_are_none(self, host: Host, name: str) -> None:
        with pytest.raises(ValueError, match="cannot be called"):
            kv_namespace(host, name)


@spec("SPEC_NOTES.md#kv-get")
@spec("SPEC_NOTES.md#kv-get-options")
class TestGet:
    async def test_the_type_may_be_a_keyword(self, kv: KVNamespace) -> None:
        await kv.put("key", "[1]")
        assert await kv.get("key", type="json", cacheTtl=30) == [1]
        assert await kv.get(["key"], type="json") == {"key": [1]}
        assert await kv.get("key", "text", type="json") == [1]

    async def test_names_may_be_any_iterable(self, kv: KVNamespace) -> None:
        await kv.put("key", "1")
        assert await kv.get(name for name in ("key", "other")) == {"key": "1", "other": None}

    async def test_an_unknown_option_is_a_mistake(self, kv: KVNamespace) -> None:
        with pytest.raises(TypeError, match="cacheTtl"):
            await kv.get("key", cachettl=60)  # type: ignore[call-overload]

    async def test_a_stream_is_read_although_the_entry_is_replaced(self, kv: KVNamespace) -> None:
        value = bytes(range(256)) * 2_000
        await kv.put("key", value)
        stream = await kv.get("key", "stream")
        await kv.put("key", "new")
        assert stream is not None
        assert b"".join([chunk async for chunk in stream]) == value
        assert await kv.get("key") == "new"

    async def test_bytes_can_be_read_into_a_buffer(self, kv: KVNamespace) -> None:
        await kv.put("key", b"12345")
        stream = await kv.get("key", "stream")
        assert stream is not None
        reader = stream.getReader(mode="byob")
        result = await reader.read(memoryview(bytearray(3)))
        assert bytes(result.value) == b"123"


@spec("SPEC_NOTES.md#kv-get-with-metadata")
@spec("SPEC_NOTES.md#kv-get-with-metadata-result")
class TestGetWithMetadata:
    async def test_what_there_is_has_three_parts(self, kv: KVNamespace) -> None:
        await kv.put("key", "value", metadata={"a": [1]})
        value, metadata, cache_status = await kv.getWithMetadata("key")
        assert (value, metadata, cache_status) == ("value", {"a": [1]}, None)

    async def test_a_value_may_be_a_stream(self, kv: KVNamespace) -> None:
        await kv.put("key", "x" * 100_000, metadata=1)
        result = await kv.getWithMetadata("key", "stream")
        assert sum([len(chunk) async for chunk in result.value]) == 100_000
        assert result.metadata == 1
        assert (await kv.getWithMetadata("missing", "stream")).value is None

    async def test_an_empty_value_of_many_has_metadata(self, kv: KVNamespace) -> None:
        await kv.put("key", "", metadata=1)
        result = await kv.getWithMetadata(["key"])
        assert result == {"key": KVNamespaceGetWithMetadataResult("", 1)}


@spec("SPEC_NOTES.md#kv-put")
@spec("SPEC_NOTES.md#kv-put-options")
class TestPut:
    async def test_what_replaces_a_value_replaces_all_of_it(
        self, kv: KVNamespace, host: Host
    ) -> None:
        await kv.put("key", bytes(200_000), metadata=1, expirationTtl=60)
        await kv.put("key", "short")
        keys = [key.removeprefix(b"kv/KV\0") for key, _ in host.storage.scan(b"kv/")]
        assert keys == [b"key/key", b"number"]
        await kv.delete("key")
        assert await kv.getWithMetadata("key") == (None, None, None)

    async def test_a_stream_that_fails_leaves_the_value_as_it_was(
        self, kv: KVNamespace, host: Host
    ) -> None:
        def chunks() -> Iterator[bytes]:
            yield bytes(200_000)
            raise ValueError("broken")

        await kv.put("key", "before")
        with pytest.raises(ValueError, match="broken"):
            await kv.put("key", ReadableStream.from_(chunks()))
        assert await kv.get("key") == "before"
        assert host.storage.size(b"kv/KV\0body/") == 0

    async def test_a_stream_that_is_locked_is_a_type_error(self, kv: KVNamespace) -> None:
        stream = ReadableStream.from_([b"x"])
        reader = stream.getReader()
        with pytest.raises(TypeError, match="lock"):
            await kv.put("key", stream)
        reader.releaseLock()

    async def test_an_endless_stream_is_cancelled(self, kv: KVNamespace) -> None:
        endless = ReadableStream.from_(bytes(2**20) for _ in range(10**9))
        with pytest.raises(KVError, match="exceeds limit of 26214400") as caught:
            await kv.put("key", endless)
        assert caught.value.status == 413

    async def test_none_is_no_value(self, kv: KVNamespace) -> None:
        with pytest.raises(TypeError, match="accepts only strings"):
            await kv.put("key", None)  # type: ignore[arg-type]

    async def test_metadata_that_json_cannot_say_is_a_type_error(self, kv: KVNamespace) -> None:
        with pytest.raises(TypeError):
            await kv.put("key", "value", metadata=object())

    async def test_a_buffer_may_change_afterwards(self, kv: KVNamespace) -> None:
        buffer = bytearray(b"x" * 70_000)
        promise = kv.put("key", buffer)
        buffer[:] = b"y" * 70_000
        await promise
        assert set(await kv.get("key", "arrayBuffer") or b"") == {ord("x")}


@spec("SPEC_NOTES.md#kv-expiration")
class TestExpiration:
    async def test_what_has_expired_is_not_there(self, kv: KVNamespace, clock: FakeClock) -> None:
        await kv.put("ttl", "1", expirationTtl=60)
        await kv.put("time", "2", expiration=int(clock.wall()) + 100)
        await kv.put("stays", "3")
        now = int(clock.wall())
        assert [key.expiration for key in (await kv.list()).keys] == [None, now + 100, now + 60]
        clock.advance(59)
        assert await kv.get("ttl") == "1"
        clock.advance(1)
        assert await kv.get(["ttl", "time", "stays"]) == {"ttl": None, "time": "2", "stays": "3"}
        clock.advance(40)
        assert [key.name for key in (await kv.list()).keys] == ["stays"]

    async def test_later_puts_remove_it(
        self, kv: KVNamespace, host: Host, clock: FakeClock
    ) -> None:
        for number in range(5):
            await kv.put(f"{number}", bytes(100_000), expirationTtl=60 + number)
        clock.advance(62)
        await kv.put("other", "value")
        keys = [key for key, _ in host.storage.scan(b"kv/KV\0key/")]
        assert keys == [b"kv/KV\0key/3", b"kv/KV\0key/4", b"kv/KV\0key/other"]
        assert host.storage.size(b"kv/KV\0body/") > 2 * 100_000

    async def test_what_was_put_again_does_not_expire(
        self, kv: KVNamespace, clock: FakeClock
    ) -> None:
        await kv.put("key", "1", expirationTtl=60)
        await kv.put("key", "2")
        clock.advance(1000)
        await kv.put("other", "value")
        assert await kv.get("key") == "2"


@spec("SPEC_NOTES.md#kv-delete")
class TestDelete:
    async def test_a_long_value_goes_with_its_name(self, kv: KVNamespace, host: Host) -> None:
        await kv.put("key", bytes(300_000), expirationTtl=60)
        await kv.delete("key")
        await kv.delete("key")
        assert [key for key, _ in host.storage.scan(b"kv/")] == [b"kv/KV\0number"]


@spec("SPEC_NOTES.md#kv-list")
@spec("SPEC_NOTES.md#kv-list-options")
@spec("SPEC_NOTES.md#kv-list-result")
@spec("SPEC_NOTES.md#kv-list-key")
class TestList:
    async def test_pages_have_all_names_once(self, kv: KVNamespace, clock: FakeClock) -> None:
        names = sorted(f"n{number}" for number in range(30))
        for number, name in enumerate(names):
            if number % 3:
                await kv.put(name, "v")
            else:
                await kv.put(name, "v", expirationTtl=60)
        clock.advance(60)
        found: list[str] = []
        page = await kv.list(limit=4, prefix="n")
        while not page.list_complete:
            assert len(page.keys) == 4
            found += [key.name for key in page.keys]
            page = await kv.list(limit=4, prefix="n", cursor=page.cursor or "")
        found += [key.name for key in page.keys]
        assert found == [name for number, name in enumerate(names) if number % 3]

    async def test_what_changes_meanwhile_is_seen_from_the_cursor_on(self, kv: KVNamespace) -> None:
        for name in "abd":
            await kv.put(name, "v")
        page = await kv.list(limit=2)
        await kv.put("c", "v")
        await kv.delete("b")
        rest = await kv.list(cursor=page.cursor or "")
        assert [key.name for key in rest.keys] == ["c", "d"]

    async def test_a_cursor_that_is_none_is_refused(self, kv: KVNamespace) -> None:
        with pytest.raises(KVError, match="Invalid cursor"):
            await kv.list(cursor="nonsense!")

    async def test_members_may_be_taken_apart(self, kv: KVNamespace) -> None:
        await kv.put("a", "v", metadata={"x": 1})
        [(name, expiration, metadata)], complete, cursor, _ = await kv.list({"limit": 5})
        assert (name, expiration, metadata) == ("a", None, {"x": 1})
        assert (complete, cursor) == (True, None)


@spec("SPEC_NOTES.md#kv-key-names")
class TestKeyNames:
    async def test_surrogates_are_replaced(self, kv: KVNamespace) -> None:
        await kv.put("\ud800", "v")
        assert await kv.get("\ufffd") == "v"


async def test_many_processes_see_the_same_entries(tmp_path: Path) -> None:
    storages = [SQLiteStorage(tmp_path / "storage") for _ in range(2)]
    one, other = (kv_namespace(Host(storage=storage), "KV") for storage in storages)
    for number in range(20):
        await one.put("key", f"{number}" * 10_000)
        assert await other.get("key") == f"{number}" * 10_000
        await other.delete("key")
        assert await one.get("key") is None
    for storage in storages:
        storage.close()
