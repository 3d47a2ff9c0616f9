"""SPEC_NOTES.md, "Ids and namespaces": namespaces, stubs and calls."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.cloudflare.durable_objects.harness import instances, objects
from worker_runtime import Request
from worker_runtime.cloudflare.durable_objects.namespace import (
    DurableObjectNamespace,
    DurableObjectStub,
    durable_object_namespace,
)
from worker_runtime.host.host import Host
from worker_runtime.testing import in_virtual_time

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#durable-object-namespace")
@spec("SPEC_NOTES.md#namespace-of-a-host")
@spec("SPEC_NOTES.md#namespace-id-from-name")
@spec("SPEC_NOTES.md#namespace-id-from-string")
@spec("SPEC_NOTES.md#namespace-new-unique-id")
@spec("SPEC_NOTES.md#namespace-get")
@spec("SPEC_NOTES.md#namespace-get-by-name")
@spec("SPEC_NOTES.md#namespace-jurisdiction")
class TestDurableObjectNamespace:
    def test_authors_make_neither_it_nor_stubs(self) -> None:
        for interface in (DurableObjectNamespace, DurableObjectStub):
            with pytest.raises(TypeError, match="Illegal constructor"):
                interface()

    def test_ids_and_stubs(self) -> None:
        host = Host()
        namespace = durable_object_namespace(host, "Counter")
        id = namespace.idFromName("a")
        assert namespace.idFromString(str(id)).equals(id)
        assert namespace.newUniqueId(jurisdiction="eu").jurisdiction == "eu"
        assert namespace.jurisdiction("us").newUniqueId().jurisdiction == "us"
        assert namespace.getByName("a").id.equals(id) and namespace.getByName("a").name == "a"
        assert namespace.get(id, locationHint="weur").id is id
        host.databases.close()

    def test_who_takes_it_for_an_object_is_told_how_to_get_one(self) -> None:
        host = Host()
        namespace: Any = durable_object_namespace(host, "Counter")
        with pytest.raises(AttributeError, match=r"write namespace\.getByName\(name\)\.fetch"):
            namespace.fetch("https://a.example/")
        for name in ("a", "0" * 64):
            with pytest.raises(TypeError, match=r"takes a DurableObjectId, .* getByName\(name\)"):
                namespace.get(name)
        host.databases.close()

    def test_an_id_of_another_namespace_has_no_stub(self) -> None:
        host = Host()
        id = durable_object_namespace(host, "Other").idFromName("a")
        with pytest.raises(TypeError, match="not valid for this namespace"):
            durable_object_namespace(host, "Counter").get(id)
        host.databases.close()


@spec("SPEC_NOTES.md#durable-object-stub")
@spec("SPEC_NOTES.md#deliver-through-a-stub")
@spec("SPEC_NOTES.md#stub-id")
@spec("SPEC_NOTES.md#stub-name")
@spec("SPEC_NOTES.md#stub-fetch")
@spec("SPEC_NOTES.md#remote-property")
class TestDurableObjectStub:
    @in_virtual_time
    async def test_fetch_takes_a_url_or_a_request(self) -> None:
        async with objects() as (_, stub):
            response = await stub.fetch("https://x.example/", method="POST")
            assert await response.text() == "POST https://x.example/ it"
            response = await stub.fetch(Request("https://x.example/r"))
            assert await response.text() == "GET https://x.example/r it"

    @in_virtual_time
    async def test_a_worker_hands_requests_on(self) -> None:
        async with objects() as (world, _):
            assert await (await world.fetch("/p")).text() == "GET http://localhost/p from-fetch"

    @in_virtual_time
    async def test_one_object_for_all_stubs(self) -> None:
        async with objects() as (world, stub):
            other = world.durable["SUBJECT"].getByName("it")
            assert list(await asyncio.gather(stub.increment(), other.increment())) == [1, 2]
            assert await world.durable["SUBJECT"].getByName("another").increment() == 1
            assert len(instances) == 2
