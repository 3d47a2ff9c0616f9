"""Namespaces and stubs: how code reaches an object.

SPEC_NOTES.md#durable-object-namespace
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, Unpack

from ...fetch.request_class import Request, RequestInit
from ...fetch.response_class import Response
from ...host.host import Host
from ...host.letting_out import let_out
from ...html.structured_data.byte_format_writing import record_to_bytes
from ...html.structured_data.structured_serialize import structured_serialize
from ...webidl.exceptions import DOMException
from ...webidl.interfaces import illegal_constructor, missing_attribute, new
from ...webidl.promises import Promise, a_promise_rejected_with, react
from .ids import DurableObjectId, id_from_name, id_from_string, new_unique_id
from .life_cycle import Container, DurableObjects, Space
from .pipelining import PipelinedProperty, pipelined, remote_promise
from .rpc import call_a_method, call_fetch, read_a_property

CallKind: TypeAlias = Literal["call", "get", "fetch"]


class Target(Protocol):
    """What a stub has reached last.

    Part of SPEC_NOTES.md#deliver-through-a-stub
    """

    @property
    def broken(self) -> BaseException | None:
        """Why it was reset, if it was."""

    @property
    def ended_in_order(self) -> bool:
        """If so, whether nobody has lost anything."""


# A namespace is not an object.
OTHER_NAMES = {"fetch": "namespace.getByName(name).fetch(...)"}


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
        if not isinstance(id, DurableObjectId):
            raise TypeError(f"get() takes a DurableObjectId, not {id!r}: write getByName(name)")
        id_from_string(self._space.key, str(id))
        stub: DurableObjectStub = new(DurableObjectStub)
        object.__setattr__(stub, "_id", id)
        object.__setattr__(stub, "_space", self._space)
        object.__setattr__(stub, "_target", None)
        return stub

    def getByName(self, name: str, options: object = None, **members: Any) -> DurableObjectStub:
        """SPEC_NOTES.md#namespace-get-by-name"""
        return self.get(self.idFromName(name))

    def jurisdiction(self, jurisdiction: str) -> DurableObjectNamespace:
        """SPEC_NOTES.md#namespace-jurisdiction"""
        namespace: DurableObjectNamespace = new(DurableObjectNamespace)
        namespace._space, namespace._jurisdiction = self._space, jurisdiction
        return namespace

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, OTHER_NAMES)


class DurableObjectStub:
    """SPEC_NOTES.md#durable-object-stub"""

    __slots__ = ("_target", "_id", "_space")

    _target: Target | None
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

    def fetch(
        self,
        input: Request | str,
        init: RequestInit | Request | None = None,
        **members: Unpack[RequestInit],
    ) -> Promise[Response]:
        """A promise of what the object's `fetch` answers.

        SPEC_NOTES.md#stub-fetch
        """
        request = Request(input, init, **members)
        return deliver(self, partial(call_fetch, request), "fetch", "", request)

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
            return remote_promise(a_promise_rejected_with(error))
        event = partial(call_a_method, self._name, serialized)
        return remote_promise(deliver(self._stub, event, "call", self._name, serialized))

    def __getattr__(self, name: str) -> PipelinedProperty:
        return pipelined(self._read, name)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._read().__await__()

    def _read(self) -> Promise[Any]:
        return deliver(self._stub, partial(read_a_property, self._name), "get", self._name)


def deliver(
    stub: DurableObjectStub,
    event: Callable[[Any], object],
    kind: CallKind,
    operation: str,
    argument: Any = None,
) -> Promise[Any]:
    """Deliver an event through a stub, when it may leave the object that has the stub.

    What the event is, if another process has the object, say the kind of call, the name of what is
    called, and a request or serialized arguments.

    SPEC_NOTES.md#deliver-through-a-stub
    """
    return let_out(partial(deliver_now, stub, event, kind, operation, argument))


def deliver_now(
    stub: DurableObjectStub,
    event: Callable[[Any], object],
    kind: CallKind,
    operation: str,
    argument: Any,
) -> Promise[Any]:
    """When its object was reset, a stub has only that error.

    Part of SPEC_NOTES.md#deliver-through-a-stub
    """
    space = stub._space
    if space.killed is not None:
        return a_promise_rejected_with(space.killed)
    if space.settings_object is None:  # its worker has not started yet
        return react(space.is_in_use, lambda _: deliver_now(stub, event, kind, operation, argument))
    target = stub._target
    if target is not None and target.broken is not None:
        if not target.ended_in_order:
            return a_promise_rejected_with(target.broken)
        target = None
    if stub._space.host.bus.is_shared:
        return deliver_over_processes(stub, event, kind, operation, argument)
    if target is None:
        target = stub._space.container(stub._id)
        object.__setattr__(stub, "_target", target)
    assert isinstance(target, Container)
    return target.deliver(event)


def deliver_over_processes(
    stub: DurableObjectStub,
    event: Callable[[Any], object],
    kind: CallKind,
    operation: str,
    argument: Any,
) -> Promise[Any]:
    """Part of SPEC_NOTES.md#deliver-over-processes"""
    from .ownership import Ownership, RoutedCall
    from .remote_fetch import OutgoingFetch

    fetch = OutgoingFetch(argument) if kind == "fetch" else None
    payload: Callable[[], bytes] = bytes
    if fetch is not None:
        payload = fetch.head
    elif kind == "call":
        payload = partial(record_to_bytes, argument)
    on_target = partial(object.__setattr__, stub, "_target")
    call = RoutedCall(kind, event, operation, payload, fetch, on_target)
    return stub._space.host.record(Ownership).deliver(stub._space, stub._id, call)


def durable_object_namespace(host: Host, unique_key: str) -> DurableObjectNamespace:
    """The namespace of a class in a host: the binding of `serve --durable`.

    SPEC_NOTES.md#namespace-of-a-host
    """
    namespace: DurableObjectNamespace = new(DurableObjectNamespace)
    namespace._space = space = host.record(DurableObjects).space(unique_key)
    namespace._jurisdiction = None
    if host.bus.is_shared:
        from .sharing import share

        share(space)
    return namespace
