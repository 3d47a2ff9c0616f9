"""Open files: bytes at positions, in memory or on a disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from worker_runtime.host.open_files import (
    MOST_BUFFERS,
    DescriptorFile,
    MemoryContent,
    MemoryFile,
    OpenFile,
    state_of,
)


@pytest.fixture(params=["memory", "disk", "a system without pread"])
def file(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[OpenFile]:
    if request.param == "a system without pread":
        for name in ("pread", "preadv", "pwrite", "pwritev"):
            monkeypatch.delattr(os, name, raising=False)
    file: OpenFile = (
        MemoryFile(MemoryContent())
        if request.param == "memory"
        else DescriptorFile(os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT))
    )
    yield file
    file.close()


class TestOpenFile:
    def test_bytes_are_where_they_were_written(self, file: OpenFile) -> None:
        assert file.write(0, memoryview(b"12345")) == 5
        assert file.write(7, memoryview(b"x")) == 1
        file.write_all(1, [b"a", b"bc"])
        assert file.read(0, 100) == b"1abc5\0\0x"
        assert file.read(2, 2) == b"bc"
        assert file.read(8, 1) == file.read(100, 1) == b""
        assert file.size() == 8

    def test_reads_into_a_buffer(self, file: OpenFile) -> None:
        file.write_all(0, [b"12345"])
        buffer = bytearray(4)
        assert file.read_into(3, memoryview(buffer)) == 2
        assert buffer == b"45\0\0"
        assert file.read_into(9, memoryview(buffer)) == 0

    def test_truncate_cuts_and_fills_up(self, file: OpenFile) -> None:
        file.write_all(0, [b"12345"])
        file.truncate(2)
        file.truncate(4)
        assert file.read(0, 10) == b"12\0\0"

    def test_the_state_changes_with_the_bytes(self, file: OpenFile) -> None:
        state = file.state()
        assert file.state() == state
        file.write_all(0, [b"1"])
        assert file.state() != state
        state = file.state()
        file.truncate(0)
        assert file.state() != state
        file.flush()

    @pytest.mark.parametrize("count", [1, 2, MOST_BUFFERS, MOST_BUFFERS + 1, 2000])
    def test_writes_any_number_of_buffers(self, file: OpenFile, count: int) -> None:
        file.write_all(3, [bytes([number % 256]) * 3 for number in range(count)])
        expected = bytes(3) + b"".join(bytes([number % 256]) * 3 for number in range(count))
        assert file.read(0, 10_000) == expected

    def test_is_as_a_bytearray_would_be(self, file: OpenFile) -> None:
        random, model = Random(5), bytearray()
        for _ in range(300):
            position, length = random.randrange(200), random.randrange(50)
            match random.randrange(3):
                case 0:
                    data = random.randbytes(length + 1)
                    model.extend(bytes(max(0, position - len(model))))
                    model[position : position + len(data)] = data
                    file.write(position, memoryview(data))
                case 1:
                    assert file.read(position, length) == model[position : position + length]
                case 2:
                    del model[position:]
                    model.extend(bytes(position - len(model)))
                    file.truncate(position)
            assert file.size() == len(model)


class TestDescriptorFile:
    def test_is_closed_once(self, tmp_path: Path) -> None:
        file = DescriptorFile(os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT))
        descriptor = file.descriptor
        file.close()
        file.close()
        with pytest.raises(OSError):
            os.fstat(descriptor)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full disk")
    def test_a_full_disk_is_an_error(self) -> None:
        file = DescriptorFile(os.open("/dev/full", os.O_RDWR))
        for write in (
            lambda: file.write(0, memoryview(b"x")),
            lambda: file.write_all(0, [b"x"]),
            lambda: file.write_all(0, [b"x", b"y"]),
        ):
            with pytest.raises(OSError, match="No space"):
                write()
        file.close()

    def test_what_could_be_written_is_counted(self, monkeypatch: pytest.MonkeyPatch) -> None:
        written = bytearray()

        def pwrite(descriptor: int, data: bytes, position: int) -> int:
            if len(written) >= 4:
                raise OSError(28, "No space left on device")
            written.extend(data[:2])
            return len(data[:2])

        monkeypatch.setattr(os, "pwrite", pwrite)
        file = DescriptorFile(os.open(os.devnull, os.O_RDWR))
        assert file.write(0, memoryview(b"123456")) == 4
        with pytest.raises(OSError, match="No space"):
            file.write(4, memoryview(b"56"))
        file.close()

    def test_a_read_that_ends_early_goes_on(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = b"123456"
        monkeypatch.setattr(os, "pread", lambda _, length, at: data[at : at + min(length, 4)])
        file = DescriptorFile(os.open(os.devnull, os.O_RDONLY))
        assert file.read(0, 6) == data
        assert file.read(0, 100) == data
        file.close()


class TestStateOf:
    def test_tells_one_file_from_another(self, tmp_path: Path) -> None:
        for name in ("a", "b"):
            (tmp_path / name).write_text("x")
            os.utime(tmp_path / name, (1, 1))
        assert state_of((tmp_path / "a").stat()) == state_of((tmp_path / "a").stat())
        assert state_of((tmp_path / "a").stat()) != state_of((tmp_path / "b").stat())
