"""Serializable objects: what the platform's own objects do to be copied.

HTML Standard, 2.7.1:
https://html.spec.whatwg.org/multipage/structured-data.html#serializable-objects
"""

from __future__ import annotations

from typing import Any, Protocol

PACKAGE = __name__.partition(".")[0] + "."


class Serializable(Protocol):
    """An object of the platform that can be copied; its class has both kinds of steps.

    https://html.spec.whatwg.org/multipage/structured-data.html#serializable
    """

    def _serialization_steps(self, for_storage: bool) -> Any:
        """Data that is structured itself.

        https://html.spec.whatwg.org/multipage/structured-data.html#serialization-steps
        """

    @classmethod
    def _deserialization_steps(cls, data: Any) -> Any:
        """A new object from such data, which may come from anywhere: any exception says that it is
        not such data.

        https://html.spec.whatwg.org/multipage/structured-data.html#deserialization-steps
        """


def is_serializable(type: type) -> bool:
    """Whether its objects are serializable.

    https://html.spec.whatwg.org/multipage/structured-data.html#serializable-objects
    """
    # OPTIMIZATION: `isinstance` with a protocol takes a hundred times as long.
    return hasattr(type, "_serialization_steps")


def primary_interface(type: type) -> Any:
    """The interface of an object: its class, or the one of this package that an author's class
    derives from.

    https://webidl.spec.whatwg.org/#dfn-primary-interface
    """
    return next(cls for cls in type.__mro__ if cls.__module__.startswith(PACKAGE))
