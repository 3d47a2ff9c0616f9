"""The interfaces whose objects structured data finds by their names.

Web IDL, 3.3.7: https://webidl.spec.whatwg.org/#Exposed
"""

from __future__ import annotations

from importlib import import_module

ROOT = __name__.rpartition(".global_scope")[0]

# each with the file that makes it whole, which is loaded when it is first asked for
SERIALIZABLE_INTERFACES = {
    "Blob": "file_api.blob",
    "CryptoKey": "webcrypto.methods_and_parameters",
    "DOMException": "webidl.exceptions",
    "File": "file_api.file",
    "QuotaExceededError": "webidl.exceptions",
    "WebSocketError": "websockets.web_socket_error",
}


def interface_identified_by(name: str) -> type | None:
    """The interface that workers know by that name, if its objects are serializable.

    https://webidl.spec.whatwg.org/#dfn-exposed
    """
    if name not in SERIALIZABLE_INTERFACES:
        return None
    interface: type = getattr(import_module(f"{ROOT}.{SERIALIZABLE_INTERFACES[name]}"), name)
    return interface
