"""The platform by name."""

from __future__ import annotations

import ast
import pydoc
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import worker_runtime

PLAIN: pydoc.TextDoc = getattr(pydoc, "plaintext")
PACKAGE = Path(worker_runtime.__path__[0])


def run(code: str) -> str:
    """What a Python process prints that runs this beside the package."""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, cwd=PACKAGE.parent, capture_output=True, text=True, check=True)
    return result.stdout.strip()


class TestPlatform:
    def test_what_type_checkers_see_is_what_is_loaded(self) -> None:
        tree = ast.parse((PACKAGE / "__init__.py").read_text("utf-8"))
        seen = {
            alias.asname: node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.level
            for alias in node.names
        }
        assert seen == worker_runtime.MODULE_OF_NAME

    def test_every_name_is_there_and_no_room_stands_in_its_place(self) -> None:
        for name in worker_runtime.__all__:
            assert not isinstance(getattr(worker_runtime, name), ModuleType), name
        assert set(worker_runtime.__all__) <= set(dir(worker_runtime))

    def test_help_lists_every_name_below_its_standard(self) -> None:
        text = pydoc.render_doc(worker_runtime, renderer=PLAIN)
        description = text.partition("DESCRIPTION")[2].partition("PACKAGE CONTENTS")[0]
        assert "DOM: events and their targets" in description
        assert "File API: " in description.partition("    Blob, File,")[0]
        words = set(re.findall(r"\w+", description))
        assert set(worker_runtime.__all__) <= words

    def test_help_shows_an_operation_of_the_scope_as_a_function(self) -> None:
        text = pydoc.render_doc(worker_runtime.addEventListener, renderer=PLAIN)
        assert re.search(r"\naddEventListener\(\s*type: 'str',\s*callback: ", text)
        assert "self" not in text
        assert '\n    addEventListener("fetch", handle)\n' in text
        text = pydoc.render_doc(worker_runtime.postMessage, renderer=PLAIN)
        assert re.search(r"\npostMessage\(\s*message: ", text)
        assert "GlobalOperation(" not in text

    def test_a_name_that_is_not_there_is_an_attribute_error(self) -> None:
        assert not hasattr(worker_runtime, "Respond")

    def test_a_room_that_is_imported_first_hides_no_function(self) -> None:
        code = (
            "import worker_runtime.fetch.headers, worker_runtime.console.table\n"
            "from worker_runtime import console, fetch\n"
            "print(callable(fetch), callable(console.log))"
        )
        assert run(code) == "True True"

    def test_a_response_brings_no_cryptography_and_no_database(self) -> None:
        code = (
            "import sys\nfrom worker_runtime import Response\n"
            "rooms = {name.split('.')[1] for name in sys.modules if "
            "name.startswith('worker_runtime.')}\n"
            "print(rooms & {'webcrypto', 'brotli', 'zstandard', 'websockets', 'service_workers',"
            " 'kv_storage', 'server'}, 'sqlite3' in sys.modules, 'ssl' in sys.modules)"
        )
        assert run(code) == "set() False True"  # asyncio imports ssl
