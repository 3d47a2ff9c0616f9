"""Worker scripts: from a URL to a module that is run afresh.

HTML Standard, 8.1.4.2: https://html.spec.whatwg.org/multipage/webappapis.html#fetching-scripts

A script is Python, in a file, a Blob or a data: URL; its MIME type is not looked at.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import CodeType, ModuleType

from ...fetch.data_urls import data_url_processor
from ...file_api.blob import byte_sequence
from ...file_api.blob_url import BlobURLEntry
from ...host.console import PACKAGE_FOLDER
from ...url.percent_encoded_bytes import percent_decode_string
from ...url.url_parsing import url_parser
from ...url.url_representation import URLRecord
from ...url.url_serializing import url_path_serializer, url_serializer
from ...url.writing import URLFailure
from ...webidl.exceptions import DOMException
from ...webidl.type_mapping import to_usv_string
from ..settings_objects import current_settings_object

_numbers = count(1)


class ScriptFailure(Exception):
    """There is no script, or it is no Python.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree.
    """


def worker_url(script_url: str | os.PathLike[str]) -> URLRecord:
    """The URL of a worker: relative to the file of the code that asks for it, or else to the base
    URL of the scope. "SyntaxError" if it is not one.

    Part of https://html.spec.whatwg.org/multipage/workers.html#dom-worker.
    """
    if isinstance(script_url, os.PathLike):
        script_url = Path(script_url).absolute().as_uri()
    try:
        return url_parser(to_usv_string(script_url), _base_url())
    except URLFailure as failure:
        raise DOMException(f"Invalid URL: {script_url!r} ({failure})", "SyntaxError") from None


def _base_url() -> URLRecord | None:
    frame = sys._getframe(2)
    while frame.f_code.co_filename.startswith(PACKAGE_FOLDER) and frame.f_back is not None:
        frame = frame.f_back
    file = frame.f_globals.get("__file__")
    if isinstance(file, str):
        return url_parser(Path(file).absolute().as_uri())
    return current_settings_object().api_base_url


def fetch_a_module_worker_script(url: URLRecord) -> tuple[CodeType, str | None]:
    """The code, and the name of the file that it is in, if it is in one. ScriptFailure if there is
    none.

    https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree
    """
    file = None
    if url.scheme == "data":
        data_url_struct = data_url_processor(url)
        if data_url_struct is None:
            raise ScriptFailure("The data: URL has no data")
        source = data_url_struct.body
    elif url.scheme == "blob":
        if not isinstance(url.blob_url_entry, BlobURLEntry):
            raise ScriptFailure("The blob: URL has been revoked, or is of another host")
        source = byte_sequence(url.blob_url_entry.object)
    elif url.scheme == "file":
        file = os.fsdecode(percent_decode_string(url_path_serializer(url)))
        try:
            source = Path(file).read_bytes()
        except (OSError, ValueError) as error:
            raise ScriptFailure(str(error)) from error
    else:
        raise ScriptFailure(f"A worker comes from a file:, blob: or data: URL, not {url.scheme}:")
    name = file or url_serializer(url)
    try:
        return compile(source, name, "exec", dont_inherit=True), file
    except (SyntaxError, ValueError) as error:
        raise ScriptFailure(str(error)) from error


def new_module(file: str | None) -> tuple[ModuleType, Callable[[], object]]:
    """A module for a script, and what takes it out of `sys.modules` again.

    https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-javascript-module-script
    """
    module = ModuleType(f"__worker_{next(_numbers)}__")
    if file is not None:
        module.__file__ = file
        folder = os.path.dirname(file)
        if folder not in sys.path:
            sys.path.insert(0, folder)  # it imports its neighbours
    # Python looks for a module there that it knows by name, as for the annotations of a dataclass.
    sys.modules[module.__name__] = module
    return module, lambda: sys.modules.pop(module.__name__, None)
