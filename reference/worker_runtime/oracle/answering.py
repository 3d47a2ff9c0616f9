"""Answering: from a line of JSON to another. Whatever the line is, it has an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from json import JSONDecodeError, JSONEncoder
from typing import Any

from ..fetch.headers import HeaderFailure
from ..fetch.http_extensions import LengthFailure
from ..http.fields import MessageFailure
from ..infra.json import parse_a_json_string_to_a_javascript_value
from ..url.writing import URLFailure
from ..webidl.exceptions import DOMException, RangeError
from .argument_types import BadQuestion, from_bytes, shown
from .operation import Failure, Operation
from .operations import OPERATIONS

LONGEST_LINE = 64 * 1024 * 1024  # bytes
BLOCK_SIZE = 256 * 1024  # bytes that are read at once, at most
LONGEST_MESSAGE = 500
MEMBERS = {"op", "args", "id"}
# What stands for a standard's "return failure".
FAILURES = (Failure, HeaderFailure, LengthFailure, MessageFailure, URLFailure)


def answers(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The answers to all questions that a call of `read` has completed, again and again until it
    returns no bytes.
    """
    rest = bytearray()
    while block := read(BLOCK_SIZE):
        *lines, begin = block.split(b"\n")
        if lines:
            lines[0] = bytes(rest) + lines[0]
            rest.clear()
            yield b"".join([answer(line) for line in lines])
        if len(rest) <= LONGEST_LINE:  # of what is too long, so much is kept that it is seen to be
            rest += begin
    if rest:
        yield answer(bytes(rest))


def answer(line: bytes) -> bytes:
    """The line that answers one, in ASCII, with its LF."""
    reply: dict[str, Any] = {}
    try:
        question = question_in(line)
        if "id" in question:
            reply["id"] = id_in(question)
        operation = operation_in(question)
        text = encoded(
            {**reply, "result": operation.run(*operation.convert(arguments_in(question)))}
        )
    except Exception as error:
        text = encoded({**reply, "error": named(error)})
    return text.encode("ascii") + b"\n"


# ---- questions -----------------------------------------------------------------------------------


def question_in(line: bytes) -> dict[str, Any]:
    """What a line asks."""
    if len(line) > LONGEST_LINE:
        raise BadQuestion(f"the line is longer than {LONGEST_LINE} bytes")
    if not line.strip():
        raise BadQuestion(
            'the line is blank; a question is a line such as {"op": "url.parse", "args": '
            '["https://a/"]}'
        )
    try:
        question = parse_a_json_string_to_a_javascript_value(line.decode())
    except UnicodeDecodeError as error:
        raise BadQuestion(f"the line is not UTF-8: {error.reason} at byte {error.start}") from None
    except JSONDecodeError as error:
        raise BadQuestion(f"the line is not JSON: {error.msg} at character {error.pos}") from None
    if not isinstance(question, dict):
        raise BadQuestion(f"a question is an object, not {shown(question)}")
    return question


def id_in(question: dict[str, Any]) -> str | int:
    """What the answer repeats."""
    id = question["id"]
    if not isinstance(id, (str, int)):
        raise BadQuestion(f"an id is a string or an integer, not {shown(id)}")
    return id


def operation_in(question: dict[str, Any]) -> Operation:
    """What is asked for."""
    if not question.keys() <= MEMBERS:
        raise BadQuestion(
            f"a question has the members op, args and id, not "
            f"{shown(min(question.keys() - MEMBERS))}"
        )
    name = question.get("op")
    operation = OPERATIONS.get(name) if isinstance(name, str) else None
    if operation is None:
        near = (
            get_close_matches(name, OPERATIONS, 1)
            if isinstance(name, str) and len(name) < 80
            else []
        )
        hint = f"did you mean {near[0]!r}?" if near else "--list has them all"
        raise BadQuestion(
            f"there is no operation {shown(name)}; {hint}"
            if "op" in question
            else 'the question has no "op"'
        )
    return operation


def arguments_in(question: dict[str, Any]) -> list[Any]:
    """What it is asked of."""
    arguments = question.get("args", [])
    if not isinstance(arguments, list):
        raise BadQuestion(f"args is a list, not {shown(arguments)}")
    return arguments


# ---- answers -------------------------------------------------------------------------------------


def bytes_or_refusal(value: object) -> dict[str, str]:
    """Bytes are all that a result may have and JSON has not."""
    assert isinstance(value, bytes), f"{value!r} is in a result"
    return from_bytes(value)


json_encoder = JSONEncoder(
    allow_nan=False, separators=(",", ":"), default=bytes_or_refusal, check_circular=False
)


def encoded(reply: dict[str, Any]) -> str:
    """A reply as JSON in ASCII; RangeError for a number of the result that JSON has not."""
    try:
        return json_encoder.encode(reply)
    except ValueError:
        raise RangeError("the result has a number that JSON has not") from None


def named(error: Exception) -> dict[str, Any]:
    """The name of an error, what it says, and the status with which a server answers, if that is
    defined.
    """
    match error:
        case BadQuestion():
            name, message = "BadQuestion", str(error)
        case DOMException():
            name, message = error.name, error.message
        case MessageFailure():
            return {"name": "failure", "message": shortened(str(error)), "status": error.status}
        case _ if isinstance(error, FAILURES):
            name, message = "failure", str(error)
        case RangeError():
            name, message = "RangeError", str(error)
        case JSONDecodeError():
            name, message = "SyntaxError", str(error)
        case RecursionError():
            name, message = "RangeError", "nested too deeply"
        case TypeError():
            name, message = "TypeError", str(error)
        case _:
            name, message = "InternalError", f"{type(error).__name__}: {error}"
    return {"name": name, "message": shortened(message)}


def shortened(message: str) -> str:
    """What an input is quoted in does not grow with it."""
    return message if len(message) <= LONGEST_MESSAGE else message[:LONGEST_MESSAGE] + "..."
