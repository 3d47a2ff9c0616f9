"""A worker whose Durable Objects perform the operations of `answers.json`, as those of
`tools/durable_answers.mjs` do.
"""

from __future__ import annotations

import builtins
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

from worker_runtime import (
    DOMException,
    DurableObject,
    RangeError,
    WebSocket,
    WebSocketPair,
    WebSocketRequestResponsePair,
)

# The classes of errors that are not called as in JavaScript.
ERRORS: dict[str, type[Exception]] = {
    "Error": Exception, "RangeError": RangeError, "ReferenceError": NameError,
}  # fmt: skip
NAMES = {each: name for name, each in ERRORS.items()} | {
    RuntimeError: "Error",
    ValueError: "RangeError",
}


def value_of(data: Any) -> Any:
    """What an operation says in JSON."""
    match data:
        case list():
            return [value_of(each) for each in data]
        case {"repeat": [text, count]}:
            return text * count
        case {"bytes": text}:
            return bytes.fromhex(text)
        case {"date": milliseconds}:
            return datetime.fromtimestamp(milliseconds / 1000, UTC)
        case {"set": members}:
            return {value_of(each) for each in members}
        case {"map": pairs}:
            return {key: value_of(each) for key, each in pairs}
        case {"function": _} | {"symbol": _}:
            return lambda: 1
        case {"error": name, "message": message}:
            return (ERRORS.get(name) or getattr(builtins, name))(message)
        case {"now": milliseconds}:
            return datetime.now(UTC).timestamp() * 1000 + milliseconds
        case dict():
            return {key: value_of(each) for key, each in data.items()}
    return data


def shortened(text: str) -> Any:
    return text if len(text) <= 300 else {"long": [len(text), text[:9], text[-9:]]}


def data_of(value: Any) -> Any:
    """An answer in JSON. A dict is written as an object."""
    match value:
        case str():
            return shortened(value)
        case bytes():
            return {"bytes": shortened(value.hex())}
        case datetime():
            return {"date": value.timestamp() * 1000}
        case set():
            return {"set": [data_of(each) for each in value]}
        case DOMException():
            return {"error": value.name, "message": value.message}
        case Exception():
            return {"error": name_of(value), "message": str(value)}
        case WebSocket():
            return {"socket": data_of(value.deserializeAttachment())}  # type: ignore[attr-defined]
        case list():
            return [data_of(each) for each in value]
        case dict():
            return {str(key): data_of(each) for key, each in value.items()}
        case tuple() if hasattr(value, "_asdict"):
            return data_of(value._asdict())
        case tuple():
            return [data_of(each) for each in value]
    return value


def name_of(error: Exception) -> str:
    return NAMES.get(type(error)) or type(error).__name__


async def answer_of(operation: Any) -> dict[str, Any]:
    """What an operation answers."""
    try:
        value = operation()
        return {"value": data_of(await value if isinstance(value, Awaitable) else value)}
    except Exception as error:
        described: dict[str, Any] = data_of(error)
        return described


class Subject(DurableObject):
    """Performs operations inside an object."""

    own = None

    def __init__(self, ctx: Any, env: Any) -> None:
        super().__init__(ctx, env)
        self.sockets: dict[str, Any] = {}
        self.pairs: list[Any] = []  # an end that nobody has is lost
        self.own = "of the instance"

    async def perform(self, operation: Any) -> Any:
        return await answer_of(lambda: self.run(operation, self.ctx.storage))

    def run(self, operation: Any, storage: Any) -> Any:
        call, steps = operation["call"], operation.get("steps", [])
        arguments = value_of(operation.get("args", []))
        end, ctx = operation.get("end"), self.ctx

        async def all_steps(txn: Any = None) -> Any:
            seen = []
            for step in steps:
                value = self.run(step, txn or storage)
                seen.append(await value if isinstance(value, Awaitable) else value)
            if end == "throw":
                raise RangeError("thrown")
            if end == "rollback":
                txn.rollback()
            return seen

        def all_now() -> Any:
            seen = [self.run(step, storage) for step in steps]
            if end == "throw":
                raise RangeError("thrown")
            return seen

        async def leak(txn: Any) -> None:
            self.txn = txn

        async def after_rollback(txn: Any) -> Any:
            txn.rollback()
            return await getattr(txn, arguments[0])(*arguments[1:])

        async def outer_rollback(outer: Any) -> Any:
            async def inner(txn: Any) -> None:
                outer.rollback()

            return await storage.transaction(inner)

        async def rollback_twice(txn: Any) -> str:
            txn.rollback()
            txn.rollback()
            return "ok"

        match call:
            case "transaction":
                return storage.transaction(all_steps)
            case "leak":
                return storage.transaction(leak)
            case "leaked":
                return getattr(self.txn, arguments[0])(*arguments[1:])
            case "after rollback":
                return storage.transaction(after_rollback)
            case "outer rollback":
                return storage.transaction(outer_rollback)
            case "rollback twice":
                return storage.transaction(rollback_twice)
            case "transactionSync":
                return storage.transactionSync(all_now)
            case "block":
                return ctx.blockConcurrencyWhile(all_steps)
            case "sql":
                return self.sql(arguments, operation.get("take"))
            case "kv list":
                return [list(pair) for pair in ctx.storage.kv.list(*arguments)]
            case "kv lists":
                first = ctx.storage.kv.list()
                next(first)
                ctx.storage.kv.list()
                return next(first)
            case "socket":
                return self.socket(*arguments)
            case "auto response":
                return ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair(*arguments))
            case "auto response pair":
                pair = ctx.getWebSocketAutoResponse()
                return pair and [pair.request, pair.response]
            case "id":
                return [ctx.id.name, len(str(ctx.id))]
        if call.startswith("kv."):
            return getattr(ctx.storage.kv, call[3:])(*arguments)
        if call.startswith("ctx."):
            return getattr(ctx, call[4:])(*arguments)
        return getattr(storage, call)(*arguments)

    def sql(self, arguments: list[Any], take: str | None) -> Any:
        cursor = self.ctx.storage.sql.exec(*arguments)
        match take:
            case "columnNames" | "rowsWritten":
                return getattr(cursor, take)
            case "rows read":
                cursor.toArray()
                return cursor.rowsRead
            case "raw":
                return list(cursor.raw())
            case "iterate":
                return list(cursor)
            case "next twice":
                return [cursor.next(), cursor.next()]
            case "one":
                return cursor.one()
        return cursor.toArray()

    def socket(self, name: str, method: str, *others: Any) -> Any:
        match method:
            case "new":
                self.pairs.append(WebSocketPair())
                self.sockets[name] = self.pairs[-1][1]
                return None
            case "accept with its other end":
                other, self.sockets[name] = WebSocketPair()
                other.accept()
                return self.ctx.acceptWebSocket(self.sockets[name])
            case "ctx":
                return getattr(self.ctx, others[0])(self.sockets[name], *others[1:])
        return getattr(self.sockets[name], method)(*others)

    async def echo(self, value: Any) -> Any:
        return value

    async def throws(self, data: Any) -> None:
        raise value_of(data)

    @property
    def property(self) -> str:
        return "of the class"

    @builtins.property
    def data(self) -> Any:
        return {"a": {"b": 2}}

    async def alarm(self) -> None:
        pass


class WithoutAlarm(DurableObject):
    """An object without that handler."""

    async def perform(self, operation: Any) -> Any:
        method = getattr(self.ctx.storage, operation["call"])
        return await answer_of(lambda: method(*value_of(operation["args"])))


async def outside(operation: Any, subjects: Any, others: Any) -> Any:
    """An operation that is not inside an object."""
    call, stub = operation["call"], subjects.getByName("it")
    arguments = operation.get("args", [])
    if call == "throws":
        return await stub.throws(*arguments)
    arguments = value_of(arguments)
    if call.startswith("pipelined"):
        value, *path = arguments
        member: Any = stub.data if value is None else stub.echo(value)
        for name in path:
            member = getattr(member, name)
        return await (member if call == "pipelined" else member())
    match call:
        case "stub":
            return await getattr(stub, arguments[0])(*arguments[1:])
        case "property":
            return await getattr(stub, arguments[0])
        case "echo":
            return await stub.echo(*arguments)
        case "without alarm":
            name, *rest = arguments
            return await others.getByName("it").perform({"call": name, "args": rest})
        case "ids":
            one, same, other = map(subjects.idFromName, "aab")
            unique = subjects.newUniqueId()
            return [
                one.equals(same), one.equals(other), one.name, unique.name,
                subjects.idFromString(str(one)).equals(one), len(str(one)),
                subjects.idFromString(str(one)).name,
                subjects.get(one).name, subjects.get(one).id.equals(one),
            ]  # fmt: skip
        case "long name":
            return await subjects.getByName("n" * arguments[0]).perform({"call": "id"})
        case "foreign id":
            return subjects.get(others.idFromName("x"))
    return getattr(subjects, call)(*arguments)


async def fetch(request: Any, env: Any, ctx: Any) -> None:
    """It only has objects."""
