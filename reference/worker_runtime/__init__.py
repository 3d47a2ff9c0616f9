"""The platform: every interface and global function of Worker Runtimes by name, grouped by standard."""

from .console.console_namespace import console as console
from .encoding.text_decoder import TextDecoder as TextDecoder
from .encoding.text_encoder import TextEncoder as TextEncoder
from .html.base64_utility_methods import atob as atob
from .html.base64_utility_methods import btoa as btoa
from .html.event_loops import queue_a_microtask as queue_a_microtask
from .url.url_class import URL as URL
from .url.url_search_params import URLSearchParams as URLSearchParams
from .webidl.exceptions import DOMException as DOMException
from .webidl.exceptions import QuotaExceededError as QuotaExceededError
from .webidl.exceptions import RangeError as RangeError
from .webidl.exceptions import Thrown as Thrown
from .webidl.promises import Promise as Promise
