"""Structured deserialization: a value, made anew from its serialization.

HTML Standard, 2.7.6:
https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize

What can change is made first and filled then, so that it may contain itself. What cannot (a tuple,
a frozenset, an object of the platform) is made after what it holds. Nothing here recurses, but for
objects of the platform within the data of others.
"""

from __future__ import annotations

from array import array
from typing import Any, TypeAlias

from ...webidl.exceptions import DOMException, Thrown, exception_of
from .records import Record, data_clone_error
from .serializable_objects import is_serializable

# the value of each record that has one so far
Memory: TypeAlias = "dict[Record, Any]"

RECORDS = frozenset({Record})
# How many tuples may lie within each other where they are hashed: Python recurses there.
DEEPEST_HASHABLE_TUPLE = 500


def structured_deserialize(serialized: Any, memory: Memory | None = None) -> Any:
    """A new value in the realm that runs. DataCloneError if a record does not describe one.

    https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize
    """
    if type(serialized) is not Record:
        return serialized
    return _Deserialization({} if memory is None else memory).value_of(serialized)


class _MadeLater:
    """Stands for a value that is made after what it holds."""

    __slots__ = ()


MADE_LATER = _MadeLater()


class _Deserialization:
    """The deserializations of all that one record holds.

    Part of https://html.spec.whatwg.org/multipage/structured-data.html#sub-deserialization
    """

    __slots__ = ("depths", "made_later", "memory", "pending", "with_hashes")

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        # containers, and keys with the records of what goes there
        self.pending: list[tuple[Any, Any]] = []
        self.made_later: list[Record] = []
        # sets and dicts that hash values of records
        self.with_hashes: list[Record] = []
        self.depths: dict[Record, int] = {}

    def value_of(self, serialized: Record) -> Any:
        memory, pending, made_later = self.memory, self.pending, self.made_later
        filled_later: list[tuple[Any, Any, Record]] = []
        if serialized not in memory:
            self.begin(serialized)
        while pending or made_later:
            while pending:
                container, items = pending.pop()
                for key, item in items:
                    if type(item) is Record:
                        value = memory.get(item)
                        if value is None:
                            value = self.begin(item)
                        if value is MADE_LATER:
                            filled_later.append((container, key, item))
                        else:
                            container[key] = value
            if made_later:
                self.make(made_later.pop())
        for container, key, item in filled_later:
            container[key] = memory[item]
        for record in self.with_hashes:
            self.fill(record)
        return memory[serialized]

    def begin(self, record: Record) -> Any:
        """A value that can change, to be filled; or MADE_LATER."""
        kind, data = record.type, record.data
        value: Any
        if kind is dict:
            keys, values = data
            if record.is_flat or RECORDS.isdisjoint(map(type, keys)):
                value = dict(zip(keys, values))
                if not record.is_flat:
                    self.pending.append((value, zip(keys, values)))
            else:
                value = {}
                self.with_hashes.append(record)
                self.pending.append((list(keys), enumerate(keys)))
                self.pending.append((list(values), enumerate(values)))
        elif kind is list:
            value = data.copy()
            if not record.is_flat:
                self.pending.append((value, enumerate(data)))
        elif kind is set:
            if record.is_flat or RECORDS.isdisjoint(map(type, data)):
                value = set(data)
            else:
                value = set()
                self.with_hashes.append(record)
                self.pending.append((list(data), enumerate(data)))
        elif kind is bytearray or kind is array:
            value = data[:]
        elif kind is memoryview:
            contents, format, shape = data
            view = memoryview(bytearray(contents))
            value = view.cast(format, shape) if len(shape) > 1 else view.cast(format)
        elif kind is Thrown:
            value = Thrown(data[0])
            self.pending.append((_ValueOf(value), enumerate(data)))
        elif issubclass(kind, BaseException) and not is_serializable(kind):
            value = self.begin_an_exception(kind, *data)
        else:
            self.made_later.append(record)
            return MADE_LATER
        self.memory[record] = value
        return value

    def begin_an_exception(
        self, kind: type[BaseException], arguments: tuple[Any, ...], cause: list[Any]
    ) -> BaseException:
        """One that nobody has raised; its cause is pending."""
        try:
            exception = kind(*arguments)
        except Exception:  # the arguments come from elsewhere
            exception = kind.__new__(kind, *arguments)
            exception.args = arguments
        if cause:
            exception.__cause__ = exception_of(cause[0])
            self.pending.append((_CauseOf(exception), enumerate(cause)))
        return exception

    def make(self, record: Record) -> None:
        """Make what cannot change, and before it whatever it holds of that kind."""
        memory = self.memory
        stack, waiting = [record], set()
        while stack:
            record = stack[-1]
            if record in memory:
                stack.pop()
            elif record.type is not tuple and record.type is not frozenset:
                memory[record] = self.object_of(record)
            elif missing := [
                item
                for item in record.data
                if type(item) is Record and item not in memory and self.begin(item) is MADE_LATER
            ]:
                if record in waiting:
                    raise data_clone_error("What cannot change cannot contain itself")
                waiting.add(record)
                stack.extend(missing)
            else:
                items = [memory[item] if type(item) is Record else item for item in record.data]
                if record.type is tuple:
                    depths = self.depths
                    depths[record] = 1 + max(
                        (depths.get(item, 0) for item in record.data), default=0
                    )
                    memory[record] = tuple(items)
                else:
                    self.check_that_it_is_hashable(record.data)
                    try:
                        memory[record] = frozenset(items)
                    except (TypeError, ValueError, RecursionError) as error:
                        raise data_clone_error(f"An item of a set has no hash: {error}") from None

    def object_of(self, record: Record) -> Any:
        """An object of the platform. Its interface knows what data it takes."""
        interface: Any = record.type
        try:
            data = structured_deserialize(record.data[0], self.memory)
            return interface._deserialization_steps(data)
        except Exception as error:
            if isinstance(error, DOMException) and error.name == "DataCloneError":
                raise
            message = f"The data is not that of a {interface.__name__}: {error}"
            raise data_clone_error(message) from error

    def fill(self, record: Record) -> None:
        """Put items into a set or a dict, each of which has its hash by now."""
        memory, value = self.memory, self.memory[record]
        keys = record.data[0] if record.type is dict else record.data
        self.check_that_it_is_hashable(keys)
        keys = [memory[item] if type(item) is Record else item for item in keys]
        try:
            if record.type is dict:
                values = [memory[i] if type(i) is Record else i for i in record.data[1]]
                value.update(zip(keys, values))
            else:
                value.update(keys)
        except (TypeError, ValueError, RecursionError) as error:
            raise data_clone_error(f"A key or an item of a set has no hash: {error}") from None

    def check_that_it_is_hashable(self, items: list[Any]) -> None:
        depths = self.depths
        if depths and max(depths.get(item, 0) for item in items) > DEEPEST_HASHABLE_TUPLE:
            raise data_clone_error("A key is a tuple that is nested too deeply")


class _ValueOf:
    """What is put into it, becomes the value that an exception carries."""

    __slots__ = ("exception",)

    def __init__(self, exception: Thrown) -> None:
        self.exception = exception

    def __setitem__(self, key: int, value: object) -> None:
        self.exception.value = value
        self.exception.args = (value,)


class _CauseOf:
    """What is put into it, becomes the cause of an exception."""

    __slots__ = ("exception",)

    def __init__(self, exception: BaseException) -> None:
        self.exception = exception

    def __setitem__(self, key: int, value: object) -> None:
        self.exception.__cause__ = exception_of(value)
