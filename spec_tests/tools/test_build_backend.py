"""The wheel that `pip install .` makes; spec_tests/cli/test_first_hour.py installs it."""

from __future__ import annotations

import tarfile
from email import message_from_bytes
from pathlib import Path
from zipfile import ZipFile

from tools.build_backend import build_editable, build_sdist, build_wheel, digest, project


class TestBuildWheel:
    def test_it_has_the_package_and_says_what_is_in_it(self, tmp_path: Path) -> None:
        name = build_wheel(str(tmp_path))
        with ZipFile(tmp_path / name) as wheel:
            names = wheel.namelist()
            about = f"worker_runtime-{project()['version']}.dist-info"
            assert "worker_runtime/py.typed" in names and "worker_runtime/__init__.py" in names
            assert not any(".pyc" in each or "__pycache__" in each for each in names)
            assert b"worker-runtime = worker_runtime.cli.main:main" in wheel.read(
                f"{about}/entry_points.txt"
            )
            metadata = message_from_bytes(wheel.read(f"{about}/METADATA"))
            assert (metadata["Name"], metadata["Requires-Python"]) == ("worker-runtime", ">=3.11")
            assert metadata.get_all("Requires-Dist") == [
                'pytest; extra == "dev"', 'mypy; extra == "dev"',
            ]  # fmt: skip
            record = wheel.read(f"{about}/RECORD").decode().splitlines()
            assert [line.partition(",")[0] for line in record] == names
            for line in record[:-1]:
                file, hash, size = line.split(",")
                data = wheel.read(file)
                assert (digest(data), str(len(data))) == (hash, size)

    def test_the_same_sources_make_the_same_bytes(self, tmp_path: Path) -> None:
        first = (tmp_path / build_wheel(str(tmp_path))).read_bytes()
        assert (tmp_path / build_wheel(str(tmp_path))).read_bytes() == first


def test_an_editable_one_leads_to_the_sources(tmp_path: Path) -> None:
    with ZipFile(tmp_path / build_editable(str(tmp_path))) as wheel:
        place = Path(wheel.read("worker_runtime.pth").decode().strip())
    assert (place / "worker_runtime" / "__init__.py").is_file()


def test_a_source_distribution_can_be_built_from(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / build_sdist(str(tmp_path))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {
        "PKG-INFO", "pyproject.toml", "tools/build_backend.py",
        "reference/worker_runtime/__init__.py",
    } <= names  # fmt: skip
