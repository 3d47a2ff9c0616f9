"""Folders: no name and no link leads out of one."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import pytest

from spec_tests.host.path_attacks import NO_NAMES, STRANGE_NAMES, stays_in_the_test
from worker_runtime.host.folders import (
    SECONDS_OF_A_SWAP_FILE,
    DescriptorFolder,
    Folder,
    check_names,
    folder_at,
    is_visible,
    kind_of,
)
from worker_runtime.host.windows_folders import PathFolder

pytestmark = pytest.mark.skipif(os.name != "posix", reason="links and modes are those of POSIX")

SECRET = "what nobody may see"


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder with a secret, beside the one that is given away."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_text(SECRET)
    return outside


@pytest.fixture
def path(tmp_path: Path, outside: Path) -> Path:
    path = tmp_path / "folder"
    (path / "inside").mkdir(parents=True)
    (path / "file").write_text("text")
    (path / "inside" / "file").write_text("inner")
    return path


@pytest.fixture(params=[DescriptorFolder, PathFolder])
def folder(request: pytest.FixtureRequest, path: Path) -> Iterator[Folder]:
    yield request.param(path)


@pytest.fixture
def descriptors(path: Path) -> DescriptorFolder:
    return DescriptorFolder(path)


def everything_that_can_be_done(folder: Folder, path: Path, *names: str) -> Iterator[object]:
    """What each operation gives for an entry of the folder at a path, or the OSError that it
    raises.
    """
    looks: list[Callable[[], object]] = [
        lambda: folder.look(names),
        lambda: folder.children(names),
        lambda: folder.open(names).read(0, 1000),
    ]
    changes: list[Callable[[], object]] = [
        lambda: folder.replace(names).commit(),
        lambda: folder.make_file(names),
        lambda: folder.make_directory(names),
        lambda: folder.move(("file",), names),
        lambda: folder.move(names, ("moved",)),
        lambda: folder.remove(names, recursive=False),
        lambda: folder.remove(names, recursive=True),
    ]
    for operation in looks + changes if stays_in_the_test(path, *names) else looks:
        try:
            yield operation()
        except OSError as error:
            yield error


def state_of(path: Path) -> dict[str, str]:
    """All that is below a path."""
    return {
        str(each.relative_to(path)): each.read_text() if each.is_file() else "directory"
        for each in sorted(path.rglob("*"))
    }


class TestFolder:
    def test_looks_at_what_is_there(self, folder: Folder) -> None:
        entry = folder.look(("file",))
        assert entry is not None and (entry.kind, entry.size) == ("file", 4)
        assert time.time() - entry.modified < 60
        kinds = [
            found and found.kind
            for found in map(
                folder.look, [(), ("inside",), ("inside", "file"), ("x",), ("file", "x")]
            )
        ]
        assert kinds == ["directory", "directory", "file", None, None]

    def test_lists_children(self, folder: Folder) -> None:
        assert sorted(folder.children(())) == [("file", "file"), ("inside", "directory")]
        assert folder.children(("inside",)) == [("file", "file")]
        for names in (("file",), ("x",), ("inside", "x")):
            with pytest.raises(OSError):
                folder.children(names)

    def test_reads_and_makes(self, folder: Folder, path: Path) -> None:
        file = folder.open(("inside", "file"))
        assert file.read(0, 100) == b"inner"
        entry = folder.look(("inside", "file"))
        assert entry is not None and file.state() == entry.state
        file.close()
        folder.make_directory(("d",))
        folder.make_file(("d", "a"))
        assert (path / "d" / "a").read_text() == ""
        for make in (folder.make_file, folder.make_directory):
            with pytest.raises(FileExistsError):
                make(("d",))
            with pytest.raises(FileNotFoundError):
                make(("x", "y"))
        with pytest.raises(OSError):
            folder.open(("inside",))

    def test_replaces_at_once(self, folder: Folder, path: Path) -> None:
        (path / "file").chmod(0o640)
        replacement = folder.replace(("file",))
        replacement.file.write_all(0, [b"other"])
        assert (path / "file").read_text() == "text"
        assert sorted(folder.children(())) == [("file", "file"), ("inside", "directory")]
        replacement.commit()
        replacement.discard()
        assert (path / "file").read_text() == "other"
        discarded = folder.replace(("inside", "file"))
        discarded.file.write_all(0, [b"other"])
        discarded.discard()
        discarded.discard()
        assert state_of(path) == {"file": "other", "inside": "directory", "inside/file": "inner"}
        for names in (("x",), ("inside",), ("x", "y")):
            with pytest.raises(OSError):
                folder.replace(names)

    def test_removes_and_moves(self, folder: Folder, path: Path) -> None:
        folder.move(("file",), ("inside", "moved"))
        assert state_of(path / "inside") == {"file": "inner", "moved": "text"}
        with pytest.raises(OSError):
            folder.remove(("inside",), recursive=False)
        folder.remove(("inside", "moved"), recursive=False)
        folder.remove(("inside",), recursive=True)
        folder.make_directory(("empty",))
        folder.remove(("empty",), recursive=False)
        assert state_of(path) == {}
        with pytest.raises(PermissionError):
            folder.remove((), recursive=True)

    @pytest.mark.parametrize(
        "name", [*NO_NAMES, "{outside}", "{outside}/secret", "{outside}/.."], ids=ascii
    )
    def test_what_is_no_name_leads_nowhere(
        self, folder: Folder, path: Path, outside: Path, name: str
    ) -> None:
        name = name.replace("{outside}", str(outside))
        before = state_of(path)
        try:
            name.encode()
        except UnicodeEncodeError:
            return  # no str that authors get here has lone surrogates
        done = list(everything_that_can_be_done(folder, path, name))
        assert SECRET.encode() not in done
        assert state_of(outside) == {"secret": SECRET}
        assert [
            each for each in outside.parent.iterdir() if each.name not in ("outside", "folder")
        ] == []
        if "/" in name or "\0" in name or name in ("", ".", ".."):
            assert all(isinstance(each, OSError) or each is None for each in done)
            assert state_of(path) == before

    @pytest.mark.parametrize("name", STRANGE_NAMES, ids=ascii)
    def test_a_strange_name_is_one_of_the_folder(
        self, descriptors: DescriptorFolder, path: Path, outside: Path, name: str
    ) -> None:
        descriptors.make_file((name,))
        replacement = descriptors.replace((name,))
        replacement.file.write_all(0, [b"x"])
        replacement.commit()
        assert (name, "file") in descriptors.children(())
        assert (path / name).read_text() == "x"
        descriptors.remove((name,), recursive=False)
        assert len(descriptors.children(())) == 2
        assert state_of(outside) == {"secret": SECRET}

    @pytest.mark.parametrize(
        "target",
        ["{outside}", "{outside}/secret", "../outside", "../outside/secret", "{outside}/..",
         "/dev/zero", "file", "inside", ".", "..", "nowhere", "link"],
    )  # fmt: skip
    def test_no_link_is_followed(
        self, folder: Folder, path: Path, outside: Path, target: str
    ) -> None:
        (path / "link").symlink_to(target.format(outside=outside))
        (path / "inside" / "link").symlink_to(target.format(outside=outside))
        before, inner_before = os.lstat(path / "link"), state_of(outside)
        entry = folder.look(("link",))
        assert entry is not None and entry.kind == "other"
        for names in (("link", "secret"), ("link",), ("inside", "link"), ("link", "file", "x")):
            for done in everything_that_can_be_done(folder, path, *names):
                assert (
                    isinstance(done, OSError) or done is None or getattr(done, "kind", 0) == "other"
                )
            if not (path / "link").is_symlink():  # it was moved, or replaced, as an entry may be
                break
        assert state_of(outside) == inner_before
        assert before.st_nlink == 1

    def test_a_directory_with_links_is_removed_without_what_they_lead_to(
        self, folder: Folder, path: Path, outside: Path
    ) -> None:
        (path / "inside" / "link").symlink_to(outside)
        folder.remove(("inside",), recursive=True)
        assert not (path / "inside").exists()
        assert state_of(outside) == {"secret": SECRET}

    def test_devices_and_the_like_are_not_opened(self, folder: Folder, path: Path) -> None:
        os.mkfifo(path / "pipe")  # whose opening would wait for a writer
        server = socket.socket(socket.AF_UNIX)
        server.bind(str(path / "socket")[-100:] if len(str(path)) > 80 else str(path / "socket"))
        for name in ("pipe", "socket"):
            if (path / name).exists():
                for done in everything_that_can_be_done(folder, path, name):
                    assert isinstance(done, OSError) or done is None or getattr(done, "kind", None)
        server.close()


class TestDescriptorFolder:
    def test_stays_the_same_one_wherever_it_is_moved(
        self, descriptors: DescriptorFolder, path: Path, outside: Path
    ) -> None:
        path.rename(path.with_name("moved"))
        outside.rename(path)  # in its place
        assert descriptors.look(("secret",)) is None
        descriptors.make_file(("new",))
        assert path.with_name("moved").joinpath("new").exists()
        assert state_of(path) == {"secret": SECRET}

    def test_the_path_of_the_folder_itself_may_lead_through_links(
        self, path: Path, outside: Path
    ) -> None:
        (outside / "way").symlink_to(path)
        assert DescriptorFolder(outside / "way").look(("file",)) is not None

    def test_a_link_put_there_between_two_steps_leads_nowhere(
        self,
        descriptors: DescriptorFolder,
        path: Path,
        outside: Path,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Before any call of the operating system, a directory and a file may be exchanged for
        links to the outside, or come back. Both directories have a file of the same name.
        """
        (outside / "file").write_text(SECRET)
        (path / "link of inside").symlink_to(outside)
        (path / "link of file").symlink_to(outside / "secret")
        random, rename, are_links = Random(1), os.rename, False

        def exchange() -> None:
            nonlocal are_links
            away, back = ("link of", "real") if are_links else ("real", "link of")
            for name in ("inside", "file"):
                rename(path / name, path / f"{away} {name}")
                rename(path / f"{back} {name}", path / name)
            are_links = not are_links

        def hostile(call: Callable[..., object]) -> Callable[..., object]:
            def exchange_and_call(*args: object, **kwargs: object) -> object:
                if random.random() < 0.4:
                    exchange()
                return call(*args, **kwargs)

            return exchange_and_call

        for name in ("open", "stat", "lstat", "mkdir", "unlink", "rmdir", "rename", "scandir"):
            monkeypatch.setattr(os, name, hostile(getattr(os, name)))
        monkeypatch.setattr(os, "supports_dir_fd", {os.open, os.stat, os.unlink, os.rmdir})
        seen: set[object] = set()
        for number in range(3_000):
            with suppress(OSError):
                match number % 7:
                    case 6:
                        seen.add(descriptors.open(("file",)).read(0, 100))
                    case 0:
                        seen.add(descriptors.open(("inside", "file")).read(0, 100))
                    case 1:
                        descriptors.make_file(("inside", f"new {number}"))
                    case 2:
                        replacement = descriptors.replace(("inside", "file"))
                        replacement.file.write_all(0, [b"inner"])
                        replacement.commit()
                    case 3:
                        seen.update(name for name, _ in descriptors.children(("inside",)))
                    case 4:
                        descriptors.move(("inside", f"new {number - 3}"), ("inside", "moved"))
                        descriptors.make_directory(("inside", "d"))
                    case 5:
                        for name in ("secret", "moved", "d"):
                            descriptors.remove(("inside", name), recursive=True)
        monkeypatch.undo()
        assert {b"inner", b"text", "file", "moved"} <= seen
        assert {SECRET.encode(), "secret"} & seen == set()
        assert state_of(outside) == {"file": SECRET, "secret": SECRET}

    def test_a_pipe_put_there_between_two_steps_is_not_waited_for(
        self, descriptors: DescriptorFolder, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real_open = os.open

        def open_after_an_exchange(name: str, flags: int, mode: int = 0o777, **where: int) -> int:
            if name == "file":
                (path / "file").unlink()
                os.mkfifo(path / "file")
            return real_open(name, flags, mode, **where)

        monkeypatch.setattr(os, "open", open_after_an_exchange)
        with pytest.raises(OSError, match="no regular file"):
            descriptors.open(("file",))

    def test_the_disk_has_the_bytes_before_they_have_the_place(
        self, folder: Folder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        order: list[str] = []
        for name in ("fsync", "rename", "replace"):
            real = getattr(os, name)

            def call(*args: Any, name: str = name, real: Any = real, **kwargs: Any) -> None:
                order.append(name)
                real(*args, **kwargs)

            monkeypatch.setattr(os, name, call)
        folder.replace(("file",)).commit()
        assert order[0] == "fsync" and len(order) == 2

    def test_a_file_keeps_its_permissions(self, descriptors: DescriptorFolder, path: Path) -> None:
        (path / "file").chmod(0o640)
        descriptors.replace(("file",)).commit()
        assert stat.S_IMODE((path / "file").stat().st_mode) == 0o640
        os.chmod(path / "file", 0o4755)
        descriptors.replace(("file",)).commit()
        assert stat.S_IMODE((path / "file").stat().st_mode) == 0o755

    def test_what_a_dead_process_has_left_is_removed(self, path: Path) -> None:
        old, new = path / f".{'a' * 32}.swap", path / f".{'b' * 32}.swap"
        elsewhere = path / f".{'c' * 32}.swap.txt"
        for each in (old, new, elsewhere):
            each.write_text("x")
        os.utime(old, (0, time.time() - SECONDS_OF_A_SWAP_FILE - 1))
        used = DescriptorFolder(path).replace(("file",))
        assert not old.exists()
        assert new.exists() and elsewhere.exists()
        swap = next(each for each in path.glob(".*.swap") if each not in (new, elsewhere))
        os.utime(swap, (0, 0))
        DescriptorFolder(path).replace(("file",)).discard()
        assert swap.exists()  # somebody has it open
        used.discard()
        assert not swap.exists()

    def test_our_own_files_have_no_names(self, descriptors: DescriptorFolder, path: Path) -> None:
        name = f".{'a' * 32}.swap"
        (path / name).write_text("x")
        assert name not in dict(descriptors.children(()))
        assert all(
            isinstance(each, OSError)
            for each in everything_that_can_be_done(descriptors, path, name)
        )
        assert (path / name).exists()

    def test_bytes_that_are_no_text_are_not_listed(
        self, descriptors: DescriptorFolder, path: Path
    ) -> None:
        try:
            (path / os.fsdecode(b"\xff\xfe")).write_text("x")
        except OSError:
            pytest.skip("the file system takes no such name")
        assert len(descriptors.children(())) == 2

    def test_leaves_no_descriptor_open(self, path: Path) -> None:
        if not Path("/proc/self/fd").exists():
            pytest.skip("descriptors cannot be counted here")
        before = len(os.listdir("/proc/self/fd"))
        folder = DescriptorFolder(path)
        for names in (("file",), ("inside", "file"), ("x", "y"), ("file", "x"), ()):
            list(everything_that_can_be_done(folder, path, *names))
        del folder
        assert len(os.listdir("/proc/self/fd")) == before

    def test_there_has_to_be_a_folder(self, path: Path) -> None:
        for name in ("file", "nowhere"):
            for make in (DescriptorFolder, PathFolder):
                with pytest.raises(OSError):
                    make(path / name)

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may all")
    def test_permission_that_is_taken_away(self, descriptors: DescriptorFolder, path: Path) -> None:
        path.chmod(0o500)
        with pytest.raises(PermissionError):
            descriptors.make_file(("new",))
        path.chmod(0o700)
        descriptors.make_file(("new",))


class TestFolderAt:
    def test_is_by_descriptor_where_that_can_be(
        self, path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert isinstance(folder_at(path), DescriptorFolder)
        monkeypatch.setattr(os, "supports_dir_fd", set())
        assert isinstance(folder_at(path), PathFolder)


class TestNames:
    def test_check_names(self) -> None:
        check_names(["a", "...", "a\\b"])
        for name in ("..", "a/b", "a\0", "", "."):
            with pytest.raises(OSError, match="Invalid argument"):
                check_names(["a", name])

    def test_is_visible(self) -> None:
        assert is_visible("a") and is_visible(".swap") and is_visible("\n")
        assert not is_visible(f".{'0' * 32}.swap") and not is_visible("\udcff")

    def test_kind_of(self) -> None:
        kinds = [kind_of(mode) for mode in (stat.S_IFREG, stat.S_IFDIR, stat.S_IFLNK, stat.S_IFCHR)]
        assert kinds == ["file", "directory", "other", "other"]
