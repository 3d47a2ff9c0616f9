"""The interfaces whose objects structured data finds by their names.

Web IDL, 3.3.7: https://webidl.spec.whatwg.org/#Exposed
"""

from __future__ import annotations

from importlib import import_module

ROOT = __name__.rpartition(".global_scope")[0]

# each with the file that makes it whole, which is loaded when it is first asked for
INTERFACES_OF_STRUCTURED_DATA = {
    "Blob": "file_api.blob",
    "CryptoKey": "webcrypto.methods_and_parameters",
    "DOMException": "webidl.exceptions",
    "File": "file_api.file",
    "FileSystemDirectoryHandle": "fs.file_system_directory_handle",
    "FileSystemFileHandle": "fs.file_system_file_handle",
    "FileSystemHandle": "fs.file_system_handle",
    "QuotaExceededError": "webidl.exceptions",
    "ReadableStream": "streams.transferable_streams",
    "TransformStream": "streams.transferable_streams",
    "WebSocketError": "websockets.web_socket_error",
    "WritableStream": "streams.transferable_streams",
}


def interface_identified_by(name: str) -> type | None:
    """The interface that workers know by that name, if its objects are serializable or transferable
    by what another file says.

    https://webidl.spec.whatwg.org/#dfn-exposed
    """
    if name not in INTERFACES_OF_STRUCTURED_DATA:
        return None
    interface: type = getattr(import_module(f"{ROOT}.{INTERFACES_OF_STRUCTURED_DATA[name]}"), name)
    return interface
