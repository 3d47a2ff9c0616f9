"""Build backend: what `pip install .` asks to make a wheel. It needs no package, and so no network.

PEP 517: https://peps.python.org/pep-0517/
PEP 660, for `pip install --editable .`: https://peps.python.org/pep-0660/
Wheels: https://packaging.python.org/en/latest/specifications/binary-distribution-format/
"""

from __future__ import annotations

import tarfile
import tomllib
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "reference"
PACKAGE = "worker_runtime"
BEGIN_OF_TIME = (1980, 1, 1, 0, 0, 0)  # of the format: the same sources make the same bytes
WHEEL = "Wheel-Version: 1.0\nGenerator: worker-runtime\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    table: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return table


def package_files() -> Iterator[tuple[str, bytes]]:
    """The files of the package, by their names in a wheel."""
    for file in sorted((SOURCES / PACKAGE).rglob("*")):
        if file.is_file() and file.suffix != ".pyc":
            yield file.relative_to(SOURCES).as_posix(), file.read_bytes()


def metadata() -> bytes:
    """https://packaging.python.org/en/latest/specifications/core-metadata/"""
    table = project()
    extras = table["optional-dependencies"]
    fields = [
        ("Metadata-Version", "2.1"),
        ("Name", table["name"]),
        ("Version", table["version"]),
        ("Summary", table["description"]),
        ("License", table["license"]["text"]),
        ("Requires-Python", table["requires-python"]),
        *(("Classifier", each) for each in table["classifiers"]),
        *(("Requires-Dist", each) for each in table["dependencies"]),
        *(("Provides-Extra", extra) for extra in extras),
        *(
            ("Requires-Dist", f'{each}; extra == "{extra}"')
            for extra, packages in extras.items()
            for each in packages
        ),
        ("Description-Content-Type", "text/markdown"),
    ]
    head = "".join(f"{name}: {value}\n" for name, value in fields)
    return f"{head}\n{(ROOT / table['readme']).read_text('utf-8')}".encode()


def entry_points() -> bytes:
    """https://packaging.python.org/en/latest/specifications/entry-points/"""
    scripts = "".join(f"{name} = {place}\n" for name, place in project()["scripts"].items())
    return f"[console_scripts]\n{scripts}".encode()


def write_wheel(folder: str, files: Iterator[tuple[str, bytes]]) -> str:
    """A wheel with these files; returns its name."""
    release = f"{PACKAGE}-{project()['version']}"
    about = f"{release}.dist-info"
    entries = [
        *files,
        (f"{about}/METADATA", metadata()),
        (f"{about}/WHEEL", WHEEL.encode()),
        (f"{about}/entry_points.txt", entry_points()),
        (f"{about}/LICENSE", (ROOT / "LICENSE").read_bytes()),
    ]
    record = "".join(f"{name},{digest(data)},{len(data)}\n" for name, data in entries)
    entries.append((f"{about}/RECORD", f"{record}{about}/RECORD,,\n".encode()))
    name = f"{release}-py3-none-any.whl"
    with ZipFile(Path(folder) / name, "w", ZIP_DEFLATED) as wheel:
        for file, data in entries:
            entry = ZipInfo(file, BEGIN_OF_TIME)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o100644 << 16
            wheel.writestr(entry, data)
    return name


def digest(data: bytes) -> str:
    """As RECORD has it."""
    return f"sha256={urlsafe_b64encode(sha256(data).digest()).rstrip(b'=').decode()}"


# ---- what pip calls ------------------------------------------------------------------------------


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """https://peps.python.org/pep-0517/#build-wheel"""
    return write_wheel(wheel_directory, package_files())


def build_editable(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """https://peps.python.org/pep-0660/#build-editable"""
    path = f"{SOURCES}\n".encode()
    return write_wheel(wheel_directory, iter([(f"{PACKAGE}.pth", path)]))


def build_sdist(sdist_directory: str, config_settings: dict[str, Any] | None = None) -> str:
    """https://peps.python.org/pep-0517/#build-sdist"""
    release = f"{PACKAGE}-{project()['version']}"
    own = [Path(__file__), *(ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))]
    files = [(file.relative_to(ROOT).as_posix(), file.read_bytes()) for file in own]
    files += [(f"{SOURCES.name}/{name}", data) for name, data in package_files()]
    with tarfile.open(
        Path(sdist_directory) / f"{release}.tar.gz", "w:gz", format=tarfile.PAX_FORMAT
    ) as archive:
        for name, data in [("PKG-INFO", metadata()), *files]:
            entry = tarfile.TarInfo(f"{release}/{name}")
            entry.size = len(data)
            archive.addfile(entry, BytesIO(data))
    return f"{release}.tar.gz"
