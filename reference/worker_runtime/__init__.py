"""The platform: every interface and global function of Worker Runtimes by name, grouped by
standard. A name is loaded when it is first asked for.
"""

from importlib import import_module
from sys import modules
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # ECMA-262 and Web IDL
    from .webidl.exceptions import DOMException as DOMException
    from .webidl.exceptions import QuotaExceededError as QuotaExceededError
    from .webidl.exceptions import RangeError as RangeError
    from .webidl.exceptions import Thrown as Thrown
    from .webidl.promises import Promise as Promise

    # DOM Standard
    from .dom.aborting_ongoing_activities import AbortController as AbortController
    from .dom.aborting_ongoing_activities import AbortSignal as AbortSignal
    from .dom.event import CustomEvent as CustomEvent
    from .dom.event import Event as Event
    from .dom.event_target import EventTarget as EventTarget

    # Console Standard
    from .console.console_namespace import console as console

    # Encoding Standard
    from .encoding.streams.text_decoder_stream import TextDecoderStream as TextDecoderStream
    from .encoding.streams.text_encoder_stream import TextEncoderStream as TextEncoderStream
    from .encoding.text_decoder import TextDecoder as TextDecoder
    from .encoding.text_encoder import TextEncoder as TextEncoder

    # URL Standard and URL Pattern Standard
    from .global_scope.url import URL as URL
    from .url.url_search_params import URLSearchParams as URLSearchParams
    from .urlpattern.url_pattern_class import URLPattern as URLPattern

    # Streams Standard and Compression Standard
    from .compression.compression_stream import CompressionStream as CompressionStream
    from .compression.decompression_stream import DecompressionStream as DecompressionStream
    from .streams.byte_controller import (
        ReadableByteStreamController as ReadableByteStreamController,
    )
    from .streams.byte_controller import ReadableStreamBYOBRequest as ReadableStreamBYOBRequest
    from .streams.default_controller import (
        ReadableStreamDefaultController as ReadableStreamDefaultController,
    )
    from .streams.queuing_strategies import ByteLengthQueuingStrategy as ByteLengthQueuingStrategy
    from .streams.queuing_strategies import CountQueuingStrategy as CountQueuingStrategy
    from .streams.readable_stream import ReadableStream as ReadableStream
    from .streams.readers import ReadableStreamBYOBReader as ReadableStreamBYOBReader
    from .streams.readers import ReadableStreamDefaultReader as ReadableStreamDefaultReader
    from .streams.transform_controller import (
        TransformStreamDefaultController as TransformStreamDefaultController,
    )
    from .streams.transform_stream import TransformStream as TransformStream
    from .streams.writable_controller import (
        WritableStreamDefaultController as WritableStreamDefaultController,
    )
    from .streams.writable_stream import WritableStream as WritableStream
    from .streams.writers import WritableStreamDefaultWriter as WritableStreamDefaultWriter

    # File API and XMLHttpRequest Standard
    from .file_api.blob import Blob as Blob
    from .file_api.file import File as File
    from .file_api.file_reader import FileReader as FileReader
    from .file_api.file_reader import FileReaderSync as FileReaderSync
    from .xhr.form_data import FormData as FormData
    from .xhr.progress_event import ProgressEvent as ProgressEvent

    # Fetch Standard
    from .fetch.fetch_method import fetch as fetch
    from .fetch.headers_class import Headers as Headers
    from .fetch.request_class import Request as Request
    from .global_scope.response import Response as Response

    # WebSockets Standard
    from .websockets.close_event import CloseEvent as CloseEvent
    from .websockets.web_socket import WebSocket as WebSocket
    from .websockets.web_socket_error import WebSocketError as WebSocketError
    from .websockets.web_socket_stream import WebSocketStream as WebSocketStream

    # Sockets API and Direct Sockets
    from .direct_sockets.tcp_server_socket import TCPServerSocket as TCPServerSocket
    from .direct_sockets.tcp_socket import TCPSocket as TCPSocket
    from .direct_sockets.udp_socket import UDPSocket as UDPSocket
    from .sockets_api.connect import connect as connect
    from .sockets_api.socket_class import Socket as Socket
    from .sockets_api.socket_error import SocketError as SocketError

    # Web Cryptography
    from .global_scope.crypto import Crypto as Crypto
    from .global_scope.crypto import SubtleCrypto as SubtleCrypto
    from .global_scope.crypto import crypto as crypto
    from .webcrypto.crypto_key import CryptoKey as CryptoKey

    # HTML Standard
    from .global_scope.dedicated_worker_global_scope import (
        DedicatedWorkerGlobalScope as DedicatedWorkerGlobalScope,
    )
    from .global_scope.dedicated_worker_global_scope import close as close
    from .global_scope.dedicated_worker_global_scope import postMessage as postMessage
    from .global_scope.shared_worker_global_scope import (
        SharedWorkerGlobalScope as SharedWorkerGlobalScope,
    )
    from .global_scope.worker_global_scope import WorkerGlobalScope as WorkerGlobalScope
    from .global_scope.worker_global_scope import addEventListener as addEventListener
    from .global_scope.worker_global_scope import dispatchEvent as dispatchEvent
    from .global_scope.worker_global_scope import globalThis as globalThis
    from .global_scope.worker_global_scope import removeEventListener as removeEventListener
    from .global_scope.worker_locations import WorkerLocation as WorkerLocation
    from .global_scope.worker_locations import location as location
    from .global_scope.worker_navigator import WorkerNavigator as WorkerNavigator
    from .global_scope.worker_navigator import navigator as navigator
    from .html.base64_utility_methods import atob as atob
    from .html.base64_utility_methods import btoa as btoa
    from .html.message_event import MessageEvent as MessageEvent
    from .html.microtask_queuing import queueMicrotask as queueMicrotask
    from .html.runtime_script_errors import ErrorEvent as ErrorEvent
    from .html.runtime_script_errors import reportError as reportError
    from .html.server_sent_events.event_source import EventSource as EventSource
    from .html.structured_data.structured_clone import structuredClone as structuredClone
    from .html.timers import clearInterval as clearInterval
    from .html.timers import clearTimeout as clearTimeout
    from .html.timers import setInterval as setInterval
    from .html.timers import setTimeout as setTimeout
    from .html.unhandled_promise_rejections import PromiseRejectionEvent as PromiseRejectionEvent
    from .html.web_messaging.broadcasting import BroadcastChannel as BroadcastChannel
    from .html.web_messaging.message_channels import MessageChannel as MessageChannel
    from .html.web_messaging.message_ports import MessagePort as MessagePort
    from .html.workers.dedicated_workers import Worker as Worker
    from .html.workers.shared_workers import SharedWorker as SharedWorker

    # High Resolution Time and the performance standards
    from .global_scope.performance import Performance as Performance
    from .global_scope.performance import performance as performance
    from .performance_timeline.performance_entry import PerformanceEntry as PerformanceEntry
    from .performance_timeline.performance_observer import (
        PerformanceObserver as PerformanceObserver,
    )
    from .performance_timeline.performance_observer_entry_list import (
        PerformanceObserverEntryList as PerformanceObserverEntryList,
    )
    from .global_scope.performance_resource_timing import (
        PerformanceResourceTiming as PerformanceResourceTiming,
    )
    from .server_timing.performance_server_timing import (
        PerformanceServerTiming as PerformanceServerTiming,
    )
    from .user_timing.performance_mark import PerformanceMark as PerformanceMark
    from .user_timing.performance_measure import PerformanceMeasure as PerformanceMeasure

    # Service Workers
    from .global_scope.service_worker_global_scope import (
        ServiceWorkerGlobalScope as ServiceWorkerGlobalScope,
    )
    from .global_scope.service_worker_global_scope import skipWaiting as skipWaiting
    from .global_scope.service_worker_registration import (
        ServiceWorkerRegistration as ServiceWorkerRegistration,
    )
    from .service_workers.cache import Cache as Cache
    from .global_scope.cache_storage import CacheStorage as CacheStorage
    from .global_scope.cache_storage import caches as caches
    from .service_workers.client import Client as Client
    from .service_workers.clients import Clients as Clients
    from .service_workers.extendable_event import ExtendableEvent as ExtendableEvent
    from .service_workers.extendable_event import InstallEvent as InstallEvent
    from .service_workers.extendable_message_event import (
        ExtendableMessageEvent as ExtendableMessageEvent,
    )
    from .service_workers.fetch_event import FetchEvent as FetchEvent
    from .service_workers.service_worker import ServiceWorker as ServiceWorker
    from .service_workers.service_worker_container import (
        ServiceWorkerContainer as ServiceWorkerContainer,
    )

    # Storage Standard, KV Storage, File System, Cookie Store, Web Locks
    from .cookiestore.cookie_store import CookieStore as CookieStore
    from .cookiestore.cookie_store import cookieStore as cookieStore
    from .cookiestore.cookie_store_manager import CookieStoreManager as CookieStoreManager
    from .cookiestore.event_interfaces import CookieChangeEvent as CookieChangeEvent
    from .cookiestore.event_interfaces import (
        ExtendableCookieChangeEvent as ExtendableCookieChangeEvent,
    )
    from .fs.file_system_directory_handle import (
        FileSystemDirectoryHandle as FileSystemDirectoryHandle,
    )
    from .fs.file_system_file_handle import FileSystemFileHandle as FileSystemFileHandle
    from .fs.file_system_handle import FileSystemHandle as FileSystemHandle
    from .fs.file_system_sync_access_handle import (
        FileSystemSyncAccessHandle as FileSystemSyncAccessHandle,
    )
    from .fs.file_system_writable_file_stream import (
        FileSystemWritableFileStream as FileSystemWritableFileStream,
    )
    from .global_scope.storage_manager import StorageManager as StorageManager
    from .kv_storage.kv_storage_area import KVStorageArea as KVStorageArea
    from .kv_storage.kv_storage_area import kvStorage as kvStorage
    from .web_locks.lock_class import Lock as Lock
    from .web_locks.lock_manager_class import LockManager as LockManager

    # What no standard defines: SPEC_NOTES.md
    from .cloudflare.durable_objects.hibernation import (
        WebSocketRequestResponsePair as WebSocketRequestResponsePair,
    )
    from .cloudflare.durable_objects.ids import DurableObjectId as DurableObjectId
    from .cloudflare.durable_objects.namespace import (
        DurableObjectNamespace as DurableObjectNamespace,
    )
    from .cloudflare.durable_objects.namespace import DurableObjectStub as DurableObjectStub
    from .cloudflare.durable_objects.object_state import DurableObject as DurableObject
    from .cloudflare.durable_objects.object_state import DurableObjectState as DurableObjectState
    from .cloudflare.durable_objects.storage import DurableObjectStorage as DurableObjectStorage
    from .cloudflare.durable_objects.storage import (
        DurableObjectTransaction as DurableObjectTransaction,
    )
    from .cloudflare.environment import Env as Env
    from .cloudflare.kv_namespace import KVNamespace as KVNamespace
    from .cloudflare.module_worker import ExecutionContext as ExecutionContext
    from .cloudflare.module_worker import WorkerEntrypoint as WorkerEntrypoint
    from .cloudflare.connect_event import ConnectEvent as ConnectEvent
    from .cloudflare.scheduled_event import ScheduledController as ScheduledController
    from .cloudflare.scheduled_event import ScheduledEvent as ScheduledEvent
    from .cloudflare.web_socket_pair import WebSocketPair as WebSocketPair
    from .cloudflare.web_socket_pair import upgradeWebSocket as upgradeWebSocket
    from .cookiestore.encrypted_cookie_store import EncryptedCookieStore as EncryptedCookieStore
    from .cookiestore.request_cookie_store import RequestCookieStore as RequestCookieStore
    from .cookiestore.signed_cookie_store import SignedCookieStore as SignedCookieStore
    from .html.server_sent_events.server_sent_event_stream import (
        ServerSentEventStream as ServerSentEventStream,
    )
    from .server_timing.serialize_server_timing import (
        serialize_server_timing as serialize_server_timing,
    )

# Where each name is: what the imports above say to those who read the code without running it.
PLACES = {
    # ECMA-262 and Web IDL
    "webidl.exceptions": "DOMException QuotaExceededError RangeError Thrown",
    "webidl.promises": "Promise",
    # DOM Standard
    "dom.aborting_ongoing_activities": "AbortController AbortSignal",
    "dom.event": "CustomEvent Event",
    "dom.event_target": "EventTarget",
    # Console Standard
    "console.console_namespace": "console",
    # Encoding Standard
    "encoding.streams.text_decoder_stream": "TextDecoderStream",
    "encoding.streams.text_encoder_stream": "TextEncoderStream",
    "encoding.text_decoder": "TextDecoder",
    "encoding.text_encoder": "TextEncoder",
    # URL Standard and URL Pattern Standard
    "global_scope.url": "URL",
    "url.url_search_params": "URLSearchParams",
    "urlpattern.url_pattern_class": "URLPattern",
    # Streams Standard and Compression Standard
    "compression.compression_stream": "CompressionStream",
    "compression.decompression_stream": "DecompressionStream",
    "streams.byte_controller": "ReadableByteStreamController ReadableStreamBYOBRequest",
    "streams.default_controller": "ReadableStreamDefaultController",
    "streams.queuing_strategies": "ByteLengthQueuingStrategy CountQueuingStrategy",
    "streams.readable_stream": "ReadableStream",
    "streams.readers": "ReadableStreamBYOBReader ReadableStreamDefaultReader",
    "streams.transform_controller": "TransformStreamDefaultController",
    "streams.transform_stream": "TransformStream",
    "streams.writable_controller": "WritableStreamDefaultController",
    "streams.writable_stream": "WritableStream",
    "streams.writers": "WritableStreamDefaultWriter",
    # File API and XMLHttpRequest Standard
    "file_api.blob": "Blob",
    "file_api.file": "File",
    "file_api.file_reader": "FileReader FileReaderSync",
    "xhr.form_data": "FormData",
    "xhr.progress_event": "ProgressEvent",
    # Fetch Standard
    "fetch.fetch_method": "fetch",
    "fetch.headers_class": "Headers",
    "fetch.request_class": "Request",
    "global_scope.response": "Response",
    # WebSockets Standard
    "websockets.close_event": "CloseEvent",
    "websockets.web_socket": "WebSocket",
    "websockets.web_socket_error": "WebSocketError",
    "websockets.web_socket_stream": "WebSocketStream",
    # Sockets API and Direct Sockets
    "direct_sockets.tcp_server_socket": "TCPServerSocket",
    "direct_sockets.tcp_socket": "TCPSocket",
    "direct_sockets.udp_socket": "UDPSocket",
    "sockets_api.connect": "connect",
    "sockets_api.socket_class": "Socket",
    "sockets_api.socket_error": "SocketError",
    # Web Cryptography
    "global_scope.crypto": "Crypto SubtleCrypto crypto",
    "webcrypto.crypto_key": "CryptoKey",
    # HTML Standard
    "global_scope.dedicated_worker_global_scope": "DedicatedWorkerGlobalScope close postMessage",
    "global_scope.shared_worker_global_scope": "SharedWorkerGlobalScope",
    "global_scope.worker_global_scope": (
        "WorkerGlobalScope addEventListener dispatchEvent globalThis removeEventListener"
    ),
    "global_scope.worker_locations": "WorkerLocation location",
    "global_scope.worker_navigator": "WorkerNavigator navigator",
    "html.base64_utility_methods": "atob btoa",
    "html.message_event": "MessageEvent",
    "html.microtask_queuing": "queueMicrotask",
    "html.runtime_script_errors": "ErrorEvent reportError",
    "html.server_sent_events.event_source": "EventSource",
    "html.structured_data.structured_clone": "structuredClone",
    "html.timers": "clearInterval clearTimeout setInterval setTimeout",
    "html.unhandled_promise_rejections": "PromiseRejectionEvent",
    "html.web_messaging.broadcasting": "BroadcastChannel",
    "html.web_messaging.message_channels": "MessageChannel",
    "html.web_messaging.message_ports": "MessagePort",
    "html.workers.dedicated_workers": "Worker",
    "html.workers.shared_workers": "SharedWorker",
    # High Resolution Time and the performance standards
    "global_scope.performance": "Performance performance",
    "performance_timeline.performance_entry": "PerformanceEntry",
    "performance_timeline.performance_observer": "PerformanceObserver",
    "performance_timeline.performance_observer_entry_list": "PerformanceObserverEntryList",
    "global_scope.performance_resource_timing": "PerformanceResourceTiming",
    "server_timing.performance_server_timing": "PerformanceServerTiming",
    "user_timing.performance_mark": "PerformanceMark",
    "user_timing.performance_measure": "PerformanceMeasure",
    # Service Workers
    "global_scope.service_worker_global_scope": "ServiceWorkerGlobalScope skipWaiting",
    "global_scope.service_worker_registration": "ServiceWorkerRegistration",
    "service_workers.cache": "Cache",
    "global_scope.cache_storage": "CacheStorage caches",
    "service_workers.client": "Client",
    "service_workers.clients": "Clients",
    "service_workers.extendable_event": "ExtendableEvent InstallEvent",
    "service_workers.extendable_message_event": "ExtendableMessageEvent",
    "service_workers.fetch_event": "FetchEvent",
    "service_workers.service_worker": "ServiceWorker",
    "service_workers.service_worker_container": "ServiceWorkerContainer",
    # Storage Standard, KV Storage, File System, Cookie Store, Web Locks
    "cookiestore.cookie_store": "CookieStore cookieStore",
    "cookiestore.cookie_store_manager": "CookieStoreManager",
    "cookiestore.event_interfaces": "CookieChangeEvent ExtendableCookieChangeEvent",
    "fs.file_system_directory_handle": "FileSystemDirectoryHandle",
    "fs.file_system_file_handle": "FileSystemFileHandle",
    "fs.file_system_handle": "FileSystemHandle",
    "fs.file_system_sync_access_handle": "FileSystemSyncAccessHandle",
    "fs.file_system_writable_file_stream": "FileSystemWritableFileStream",
    "global_scope.storage_manager": "StorageManager",
    "kv_storage.kv_storage_area": "KVStorageArea kvStorage",
    "web_locks.lock_class": "Lock",
    "web_locks.lock_manager_class": "LockManager",
    # What no standard defines: SPEC_NOTES.md
    "cloudflare.durable_objects.hibernation": "WebSocketRequestResponsePair",
    "cloudflare.connect_event": "ConnectEvent",
    "cloudflare.durable_objects.ids": "DurableObjectId",
    "cloudflare.durable_objects.namespace": "DurableObjectNamespace DurableObjectStub",
    "cloudflare.durable_objects.object_state": "DurableObject DurableObjectState",
    "cloudflare.durable_objects.storage": "DurableObjectStorage DurableObjectTransaction",
    "cloudflare.environment": "Env",
    "cloudflare.kv_namespace": "KVNamespace",
    "cloudflare.module_worker": "ExecutionContext WorkerEntrypoint",
    "cloudflare.scheduled_event": "ScheduledController ScheduledEvent",
    "cloudflare.web_socket_pair": "WebSocketPair upgradeWebSocket",
    "cookiestore.encrypted_cookie_store": "EncryptedCookieStore",
    "cookiestore.request_cookie_store": "RequestCookieStore",
    "cookiestore.signed_cookie_store": "SignedCookieStore",
    "html.server_sent_events.server_sent_event_stream": "ServerSentEventStream",
    "server_timing.serialize_server_timing": "serialize_server_timing",
}
MODULE_OF_NAME = {name: module for module, names in PLACES.items() for name in names.split()}

__all__ = sorted(MODULE_OF_NAME)


def names_by_standard() -> str:
    """The names of the platform, below the first line of the room that each is in: its standard."""
    from textwrap import wrap

    names_of_room: dict[str, list[str]] = {}
    for module, names in PLACES.items():
        names_of_room.setdefault(module.partition(".")[0], []).extend(names.split())
    lines = []
    for room, all_names in names_of_room.items():
        title = str(import_module(f".{room}", __name__).__doc__).partition("\n\n")[0]
        lines += ["", *wrap(title, 92)]
        lines += wrap(", ".join(all_names), 92, initial_indent="    ", subsequent_indent="    ")
    return "\n".join(lines)


class Platform(ModuleType):
    """This package: it loads what is asked for.

    Two rooms have the name of a thing that is in them, `console` and `fetch`. Python would set
    either name to the room when the room is imported; here it stands for the thing.
    """

    @property
    def __doc__(self) -> str:  # type: ignore[override]
        """What `help` shows: the text above, and what there is by standard."""
        return f"{self.__dict__['__doc__']}{names_by_standard()}\n"

    def __getattr__(self, name: str) -> object:
        module = MODULE_OF_NAME.get(name)
        if module is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        thing = getattr(import_module(f".{module}", self.__name__), name)
        self.__dict__[name] = thing
        return thing

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in MODULE_OF_NAME and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *__all__]


modules[__name__].__class__ = Platform
import_module(".global_scope.host_hooks", __name__)  # lower rooms are told what higher ones do
