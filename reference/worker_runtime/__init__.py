"""The platform: every interface and global function of Worker Runtimes by name, grouped by
standard.
"""

# the lower rooms are told what the higher ones do
# Web Cryptography's, with what Cloudflare Workers add to it
from .cloudflare.crypto_extensions import Crypto as Crypto
from .cloudflare.crypto_extensions import SubtleCrypto as SubtleCrypto
from .cloudflare.crypto_extensions import crypto as crypto
from .cloudflare.environment import Env as Env
from .cloudflare.module_worker import ExecutionContext as ExecutionContext
from .cloudflare.module_worker import WorkerEntrypoint as WorkerEntrypoint
from .cloudflare.web_socket_pair import WebSocketPair as WebSocketPair
from .cloudflare.web_socket_pair import upgradeWebSocket as upgradeWebSocket
from .compression.compression_stream import CompressionStream as CompressionStream
from .compression.decompression_stream import DecompressionStream as DecompressionStream
from .console.console_namespace import console as console
from .dom.aborting_ongoing_activities import AbortController as AbortController
from .dom.aborting_ongoing_activities import AbortSignal as AbortSignal
from .dom.event import CustomEvent as CustomEvent
from .dom.event import Event as Event
from .dom.event_target import EventTarget as EventTarget
from .encoding.streams.text_decoder_stream import TextDecoderStream as TextDecoderStream
from .encoding.streams.text_encoder_stream import TextEncoderStream as TextEncoderStream
from .encoding.text_decoder import TextDecoder as TextDecoder
from .encoding.text_encoder import TextEncoder as TextEncoder
from .fetch.fetch_method import fetch as fetch
from .fetch.headers_class import Headers as Headers
from .fetch.request_class import Request as Request
from .fetch.response_class import Response as Response
from .file_api.blob import Blob as Blob
from .file_api.blob_url import (
    URL as URL,  # the URL Standard's, with what the File API adds to it
)
from .file_api.file import File as File
from .file_api.file_reader import FileReader as FileReader
from .file_api.file_reader import FileReaderSync as FileReaderSync
from .global_scope import host_hooks as _host_hooks
from .global_scope.dedicated_worker_global_scope import (
    DedicatedWorkerGlobalScope as DedicatedWorkerGlobalScope,
)
from .global_scope.dedicated_worker_global_scope import close as close
from .global_scope.dedicated_worker_global_scope import postMessage as postMessage
from .global_scope.service_worker_global_scope import (
    ServiceWorkerGlobalScope as ServiceWorkerGlobalScope,
)
from .global_scope.service_worker_global_scope import skipWaiting as skipWaiting
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
from .hr_time.performance import Performance as Performance
from .hr_time.performance import performance as performance
from .html.base64_utility_methods import atob as atob
from .html.base64_utility_methods import btoa as btoa
from .html.message_event import MessageEvent as MessageEvent
from .html.microtask_queuing import queueMicrotask as queueMicrotask
from .html.runtime_script_errors import ErrorEvent as ErrorEvent
from .html.runtime_script_errors import reportError as reportError
from .html.structured_data.structured_clone import structuredClone as structuredClone
from .html.timers import clearInterval as clearInterval
from .html.timers import clearTimeout as clearTimeout
from .html.timers import setInterval as setInterval
from .html.timers import setTimeout as setTimeout
from .html.unhandled_promise_rejections import (
    PromiseRejectionEvent as PromiseRejectionEvent,
)
from .html.web_messaging.broadcasting import BroadcastChannel as BroadcastChannel
from .html.web_messaging.message_channels import MessageChannel as MessageChannel
from .html.web_messaging.message_ports import MessagePort as MessagePort
from .kv_storage.kv_storage_area import KVStorageArea as KVStorageArea
from .kv_storage.kv_storage_area import kvStorage as kvStorage
from .html.workers.dedicated_workers import Worker as Worker
from .html.workers.shared_workers import SharedWorker as SharedWorker
from .service_workers.cache import Cache as Cache
from .service_workers.cache_storage import CacheStorage as CacheStorage
from .service_workers.cache_storage import caches as caches
from .service_workers.clients import Clients as Clients
from .service_workers.extendable_event import ExtendableEvent as ExtendableEvent
from .service_workers.extendable_event import InstallEvent as InstallEvent
from .service_workers.fetch_event import FetchEvent as FetchEvent
from .storage.storage_manager import StorageManager as StorageManager
from .streams.byte_controller import (
    ReadableByteStreamController as ReadableByteStreamController,
)
from .streams.byte_controller import (
    ReadableStreamBYOBRequest as ReadableStreamBYOBRequest,
)
from .streams.default_controller import (
    ReadableStreamDefaultController as ReadableStreamDefaultController,
)
from .streams.queuing_strategies import (
    ByteLengthQueuingStrategy as ByteLengthQueuingStrategy,
)
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
from .url.url_search_params import URLSearchParams as URLSearchParams
from .urlpattern.url_pattern_class import URLPattern as URLPattern
from .webcrypto.crypto_key import CryptoKey as CryptoKey
from .webidl.exceptions import DOMException as DOMException
from .webidl.exceptions import QuotaExceededError as QuotaExceededError
from .webidl.exceptions import RangeError as RangeError
from .webidl.exceptions import Thrown as Thrown
from .webidl.promises import Promise as Promise
from .websockets.close_event import CloseEvent as CloseEvent
from .websockets.web_socket import WebSocket as WebSocket
from .websockets.web_socket_error import WebSocketError as WebSocketError
from .websockets.web_socket_stream import WebSocketStream as WebSocketStream
from .xhr.form_data import FormData as FormData
from .xhr.progress_event import ProgressEvent as ProgressEvent
