"""Encodings, encoders and decoders: how bytes become scalar values and back.

Encoding Standard, 4 and 4.1: https://encoding.spec.whatwg.org/#encodings
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Final, Generic, Literal, NamedTuple, TypeAlias, TypeVar

from .terminology import EndOfQueue, IOQueue

In = TypeVar("In", bytes, str)
Out = TypeVar("Out", str, bytes)

# The first two are a decoder's, the last two an encoder's:
# https://encoding.spec.whatwg.org/#error-mode
ErrorMode: TypeAlias = Literal["replacement", "fatal", "html"]


class Status(Enum):
    """What a handler returns that is neither items nor an error.

    Part of https://encoding.spec.whatwg.org/#finished
    """

    FINISHED = "finished"
    CONTINUE = "continue"


Finished: TypeAlias = Literal[Status.FINISHED]
Continue: TypeAlias = Literal[Status.CONTINUE]
FINISHED: Final = Status.FINISHED
CONTINUE: Final = Status.CONTINUE


class Error(Generic[Out]):
    """An error, with the code point that could not be encoded, and what stands for it unless the
    error mode is "fatal".

    https://encoding.spec.whatwg.org/#error
    """

    __slots__ = ("code_point", "items")

    def __init__(self, items: Out, code_point: int | None = None) -> None:
        self.items: Out = items
        self.code_point = code_point

    @staticmethod
    def with_code_point(code_point: int) -> Error[bytes]:
        """An encoder's error; "html" puts a decimal reference in its place."""
        return Error(b"&#%d;" % code_point, code_point)


Result: TypeAlias = "Out | Finished | Continue | Error[Out]"
ERROR: Final = Error("\ufffd")  # a decoder's error; "replacement" puts U+FFFD in its place


class Handler(Generic[In, Out]):
    """An instance of an encoding's decoder (bytes in, str out) or encoder (str in, bytes out), with
    its state.

    https://encoding.spec.whatwg.org/#handler
    """

    __slots__ = ()

    def handler(
        self, io_queue: IOQueue[In], item: int | EndOfQueue, mode: ErrorMode
    ) -> Result[Out]:
        """Handle an item that was read from the queue, and as many behind it as go with it.

        The mode is for these alone: a codec either replaces errors itself or stops at the first. In
        the mode "fatal" an error may come without the items before it, which nobody gets to see.
        """
        raise NotImplementedError


Decoder: TypeAlias = Handler[bytes, str]  # https://encoding.spec.whatwg.org/#decoder
Encoder: TypeAlias = Handler[str, bytes]  # https://encoding.spec.whatwg.org/#encoder


class Encoding(NamedTuple):
    """An encoding: its name, its labels with spaces between them, and what makes its decoder and
    its encoder, if it has one.

    https://encoding.spec.whatwg.org/#encoding
    """

    name: str
    labels: str
    decoder: Callable[[], Decoder]
    encoder: Callable[[], Encoder] | None


def process_a_queue(
    encoder_decoder: Handler[In, Out], input: IOQueue[In], output: list[Out], mode: ErrorMode
) -> Finished | Error[Out]:
    """https://encoding.spec.whatwg.org/#concept-encoding-run"""
    while True:
        result = process_an_item(input.read(), encoder_decoder, input, output, mode)
        if result is not CONTINUE:
            return result


def process_an_item(
    item: int | EndOfQueue,
    encoder_decoder: Handler[In, Out],
    input: IOQueue[In],
    output: list[Out],
    mode: ErrorMode,
) -> Finished | Continue | Error[Out]:
    """https://encoding.spec.whatwg.org/#concept-encoding-process"""
    result = encoder_decoder.handler(input, item, mode)
    if result is FINISHED:
        return result
    if isinstance(result, Error):
        if mode == "fatal":
            return result
        output.append(result.items)
    elif result is not CONTINUE:
        output.append(result)
    return CONTINUE
