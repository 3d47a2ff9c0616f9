"""Namespaces and stubs: how code reaches an object.

SPEC_NOTES.md#durable-object-namespace
"""

from __future__ import annotations

import types
from collections.abc import Callable, Generator
from functools import partial
from typing import Any

from ...fetch.request_class import Request
from ...host.host import Host
from ...host.letting_out import let_out
from ...html.structured_data.structured_deserialize import structured_deserialize
from ...html.structured_data.structured_serialize import structured_serialize
from ...webidl.exceptions import DOMException
from ...webidl.interfaces import illegal_constructor, new
from ...webidl.promises import Promise, a_promise_rejected_with
from .ids import DurableObjectId, id_from_name, id_from_string, new_unique_id
from .life_cycle import Container, DurableObjects, Space

RESERVED_METHODS = frozenset(
    "alarm webSocketMessage webSocketClose webSocketError fetch connect dup constructor".split()
)


class DurableObjectNamespace:
    """SPEC_NOTES.md#durable-object-namespace"""

    __slots__ = ("_jurisdiction", "_space")

    _jurisdiction: str | None
    _space: Space

    __init__ = illegal_constructor

    def idFromName(self, name: str) -> DurableObjectId:
        """SPEC_NOTES.md#namespace-id-from-name"""
        return id_from_name(self._space.key, name)

    def idFromString(self, id: str) -> DurableObjectId:
        """SPEC_NOTES.md#namespace-id-from-string"""
        return id_from_string(self._space.key, id)

    def newUniqueId(self, *, jurisdiction: str | None = None) -> DurableObjectId:
        """SPEC_NOTES.md#namespace-new-unique-id"""
        entropy = self._space.host.entropy
        return new_unique_id(self._space.key, entropy, jurisdiction or self._jurisdiction)

    def get(self, id: DurableObjectId, options: object = None, **members: Any) -> DurableObjectStub:
        """A stub, at once. TypeError if the id is of another namespace.

        SPEC_NOTES.md#namespace-get
        """
        id_from_string(self._space.key, str(id))
        stub: DurableObjectStub = new(DurableObjectStub)
        object.__setattr__(stub, "_id", id)
        object.__setattr__(stub, "_space", self._space)
        object.__setattr__(stub, "_container", None)
        return stub

    def getByName(self, name: str, options: object = None, **members: Any) -> DurableObjectStub:
        """SPEC_NOTES.md#namespace-get-by-name"""
        return self.get(self.idFromName(name))

    def jurisdiction(self, jurisdiction: str) -> DurableObjectNamespace:
        """SPEC_NOTES.md#namespace-jurisdiction"""
        namespace: DurableObjectNamespace = new(DurableObjectNamespace)
        namespace._space, namespace._jurisdiction = self._space, jurisdiction
        return namespace


class DurableObjectStub:
    """SPEC_NOTES.md#durable-object-stub"""

    __slots__ = ("_container", "_id", "_space")

    _container: Container | None
    _id: DurableObjectId
    _space: Space

    __init__ = illegal_constructor

    @property
    def id(self) -> DurableObjectId:
        """SPEC_NOTES.md#stub-id"""
        return self._id

    @property
    def name(self) -> str | None:
        """SPEC_NOTES.md#stub-name"""
        return self._id.name

    def fetch(self, input: Request | str, init: Any = None, **members: Any) -> Promise[Any]:
        """A promise of what the object's `fetch` answers.

        SPEC_NOTES.md#stub-fetch
        """
        request = Request(input, init, **members)
        return deliver(self, lambda instance: instance.fetch(request))

    def __getattr__(self, name: str) -> RemoteProperty:
        """Part of SPEC_NOTES.md#remote-property"""
        if name.startswith("_"):
            raise AttributeError(name)
        return RemoteProperty(self, name)


class RemoteProperty:
    """A method of an object, to be called, or a property, to be awaited.

    SPEC_NOTES.md#remote-property
    """

    __slots__ = ("_name", "_stub")

    def __init__(self, stub: DurableObjectStub, name: str) -> None:
        self._stub = stub
        self._name = name

    def __call__(self, *arguments: Any, **options: Any) -> Promise[Any]:
        try:
            serialized = structured_serialize((list(arguments), options))
        except DOMException as error:
            return a_promise_rejected_with(error)
        return deliver(self._stub, partial(call_a_method, self._name, serialized))

    def __await__(self) -> Generator[Any, None, Any]:
        return deliver(self._stub, partial(read_a_property, self._name)).__await__()


def deliver(stub: DurableObjectStub, event: Callable[[Any], object]) -> Promise[Any]:
    """Deliver an event through a stub, when it may leave the object that has the stub.

    SPEC_NOTES.md#deliver-through-a-stub
    """
    return let_out(partial(deliver_now, stub, event))


def deliver_now(stub: DurableObjectStub, event: Callable[[Any], object]) -> Promise[Any]:
    """When its object was reset, a stub has only that error.

    Part of SPEC_NOTES.md#deliver-through-a-stub
    """
    container = stub._container
    if container is None or (container.broken is not None and container.ended_in_order):
        container = stub._space.container(stub._id)
        object.__setattr__(stub, "_container", container)
    if container.broken is not None:
        return a_promise_rejected_with(container.broken)
    return container.deliver(event)


async def call_a_method(name: str, serialized: Any, instance: Any) -> Any:
    """SPEC_NOTES.md#call-a-method"""
    if name in RESERVED_METHODS:
        raise TypeError(f"'{name}' is a reserved method and cannot be called over RPC.")
    member = getattr(type(instance), name, None)
    if not callable(member):
        raise TypeError(f'The RPC receiver does not implement the method "{name}".')
    arguments, options = structured_deserialize(serialized)
    try:
        result = getattr(instance, name)(*arguments, **options)
        if hasattr(result, "__await__"):
            result = await result
        return structured_deserialize(structured_serialize(result))
    except Exception as error:
        raise error_over_rpc(error) from None


async def read_a_property(name: str, instance: Any) -> Any:
    """SPEC_NOTES.md#read-a-property"""
    member = getattr(type(instance), name, None)
    if not isinstance(member, (property, types.MemberDescriptorType)) or name in RESERVED_METHODS:
        raise TypeError(f'The RPC receiver does not implement the method "{name}".')
    try:
        value = getattr(instance, name)
        return structured_deserialize(structured_serialize(value))
    except Exception as error:
        raise error_over_rpc(error) from None


def error_over_rpc(error: Exception) -> Exception:
    """A copy of an error, as the caller gets it: one of its own class if that can be cloned, else
    an Exception with its message.

    SPEC_NOTES.md#error-over-rpc
    """
    try:
        copy: Any = structured_deserialize(structured_serialize(error))
    except Exception:
        copy = Exception(str(error))
    copy.remote = True
    result: Exception = copy
    return result


def durable_object_namespace(host: Host, unique_key: str) -> DurableObjectNamespace:
    """The namespace of a class in a host: the binding of `serve --durable`.

    SPEC_NOTES.md#namespace-of-a-host
    """
    namespace: DurableObjectNamespace = new(DurableObjectNamespace)
    namespace._space = host.record(DurableObjects).space(unique_key)
    namespace._jurisdiction = None
    return namespace
