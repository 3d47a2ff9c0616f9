"""URL as a worker sees it: the URL Standard's, with what the File API adds to it.

URL Standard, 6.1: https://url.spec.whatwg.org/#url-class
File API, 8.4: https://w3c.github.io/FileAPI/#creating-revoking
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..file_api.blob_url import URLForBlobs
from ..url import url_class
from ..webidl.interfaces import add_the_partial_interface

if TYPE_CHECKING:

    class URL(url_class.URL, URLForBlobs):
        """For type checkers: Python's types have no partial interfaces."""

else:
    URL = add_the_partial_interface(url_class.URL, URLForBlobs)
