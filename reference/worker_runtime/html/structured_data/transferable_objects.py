"""Transferable objects: what the platform's own objects do to be moved.

HTML Standard, 2.7.2:
https://html.spec.whatwg.org/multipage/structured-data.html#transferable-objects
"""

from __future__ import annotations

from typing import Any, Protocol

from ...webidl.host_hooks import hooks
from .serializable_objects import PACKAGE


class Transferable(Protocol):
    """An object of the platform that can be moved: what it held is in another object then, and it
    is detached.

    https://html.spec.whatwg.org/multipage/structured-data.html#transferable
    """

    # https://html.spec.whatwg.org/multipage/structured-data.html#detached
    _is_detached: bool

    def _transfer_steps(self) -> Any:
        """What it held, taken from it.

        https://html.spec.whatwg.org/multipage/structured-data.html#transfer-steps
        """

    @classmethod
    def _transfer_receiving_steps(cls, data: Any) -> Any:
        """A new object that holds it.

        https://html.spec.whatwg.org/multipage/structured-data.html#transfer-receiving-steps
        """


def is_transferable(type: type) -> bool:
    """Whether its objects are transferable.

    https://html.spec.whatwg.org/multipage/structured-data.html#transferable-objects
    """
    for interface in type.__mro__:
        if interface.__module__.startswith(PACKAGE):
            if "_transfer_steps" not in vars(interface):
                hooks.interface_identified_by(interface.__name__)  # which makes it whole
            # One that derives from a transferable one is none by that: what else it has would stay.
            return "_transfer_steps" in vars(interface)
    return hasattr(type, "_transfer_steps")
