"""The table of all operations, and the list of them that people and machines read."""

from __future__ import annotations

from typing import Any

from .argument_types import ARGUMENT_TYPES
from .content_operations import CONTENT_OPERATIONS
from .http_operations import HTTP_OPERATIONS
from .operation import Operation
from .url_operations import URL_OPERATIONS

OPERATIONS: dict[str, Operation] = {
    operation.name: operation
    for operation in (*URL_OPERATIONS, *CONTENT_OPERATIONS, *HTTP_OPERATIONS)
}


def listed_for_people() -> str:
    """Each operation with its address, and each type of an argument."""
    operations = [
        f"{operation.signature}\n    {operation.address}\n" for operation in OPERATIONS.values()
    ]
    width = max(map(len, ARGUMENT_TYPES))
    types = [f"{name:{width}}  {type.help}\n" for name, type in ARGUMENT_TYPES.items()]
    return "".join([*operations, "\n", *types])


def listed_for_machines() -> dict[str, Any]:
    """The same in JSON."""
    return {
        "operations": [
            {
                "op": operation.name,
                "args": [
                    {
                        "name": parameter.name,
                        "type": parameter.type,
                        "optional": parameter.is_optional,
                    }
                    for parameter in operation.parameters
                ],
                "result": operation.result,
                "address": operation.address,
            }
            for operation in OPERATIONS.values()
        ],
        "types": {name: type.help for name, type in ARGUMENT_TYPES.items()},
    }
