"""Make worker-runtime.pyz: the runtime in one file, with the bytecode of the Python that makes it.

    python3 tools/make_pyz.py                   # worker-runtime.pyz in this folder
    python3 tools/make_pyz.py -o FILE
    python3 worker-runtime.pyz serve worker.py

Another version of Python runs it, too, but compiles what it imports at each start. The same sources
and the same Python make the same bytes.
"""

from __future__ import annotations

import argparse
import importlib.util
import marshal
import os
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

REFERENCE = Path(__file__).resolve().parent.parent / "reference"
SHEBANG = b"#!/usr/bin/env python3\n"
UNCHECKED = (0b01).to_bytes(4, "little")
"""PEP 552: the bytecode goes with its source, which is not looked at. The eight bytes behind it
would be the hash of the source.
"""


def main(arguments: list[str]) -> int:
    """Write the file, and say how large it is."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("worker-runtime.pyz"))
    options = parser.parse_args(arguments)
    make_pyz(options.output)
    print(f"{options.output}: {options.output.stat().st_size / 2**20:.1f} MiB")
    return 0


def make_pyz(output: Path, folder: Path = REFERENCE) -> None:
    """An archive of a folder that has a __main__.py."""
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and is_wanted(file)]
    beside = output.with_name(output.name + ".new")
    with open(beside, "wb") as stream:
        stream.write(SHEBANG)
        with ZipFile(stream, "w") as archive:
            for file in files:
                name, data = file.relative_to(folder).as_posix(), file.read_bytes()
                if file.suffix == ".py":
                    archive.writestr(entry(f"{name}c", ZIP_STORED), bytecode(name, data))
                archive.writestr(entry(name, ZIP_DEFLATED), data)
    beside.chmod(0o755)
    os.replace(beside, output)


def is_wanted(file: Path) -> bool:
    """Whether it is a source, or what goes with the sources."""
    return "__pycache__" not in file.parts and file.suffix != ".pyc"


def entry(name: str, compression: int) -> ZipInfo:
    """A place in the archive, at the beginning of ZIP's time."""
    info = ZipInfo(name)
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    return info


def bytecode(name: str, source: bytes) -> bytes:
    """What Python would keep in __pycache__."""
    code = compile(source, name, "exec", dont_inherit=True, optimize=0)
    return importlib.util.MAGIC_NUMBER + UNCHECKED + bytes(8) + marshal.dumps(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
