"""Calls of methods, on the instance: what may be called, and what comes back.

SPEC_NOTES.md#call-a-method
"""

from __future__ import annotations

import types
from collections.abc import Awaitable
from typing import Any

from ...fetch.request_class import Request
from ...fetch.response_class import Response
from ...html.structured_data.structured_deserialize import structured_deserialize
from ...html.structured_data.structured_serialize import structured_serialize
from .input_gate import section_that_runs

RESERVED_METHODS = frozenset(
    "alarm webSocketMessage webSocketClose webSocketError fetch connect dup constructor".split()
)


async def call_a_method(name: str, serialized: Any, instance: Any) -> Any:
    """SPEC_NOTES.md#call-a-method"""
    if name in RESERVED_METHODS:
        raise TypeError(f"'{name}' is a reserved method and cannot be called over RPC.")
    member = getattr(type(instance), name, None)
    if isinstance(member, (property, types.MemberDescriptorType)):
        raise TypeError(f'"{name}" is not a function.')
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


async def call_fetch(request: Request, instance: Any) -> Any:
    """The object stays while the response that it makes is read.

    SPEC_NOTES.md#call-fetch
    """
    response = instance.fetch(request)
    if isinstance(response, Awaitable):
        response = await response
    section = section_that_runs()
    body = response._response.body if isinstance(response, Response) else None
    if section is not None and body is not None and body.source is None:
        section.gate.bodies.add(body.stream)
    return response


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
