"""What to do about what has gone wrong. How it is told is in test_messages.py."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from worker_runtime.cli.advice import (
    advice_on,
    advice_on_a_folder,
    advice_on_a_name,
    advice_on_listening,
    advice_on_the_start,
)  # fmt: skip
from worker_runtime.host.console import Mistake


class TestAdviceOn:
    @pytest.mark.parametrize(
        "value", [None, "why", ValueError("x"), KeyError(), SyntaxError("bad"), ImportError(),
                  ImportError("x", name="worker_runtime"), ModuleNotFoundError(name="a.b")],
    )  # fmt: skip
    def test_it_is_a_sentence(self, value: object) -> None:
        assert advice_on(value).endswith((".", "?"))
        assert advice_on_the_start(value).endswith((".", "?"))

    def test_a_mistake_has_its_own(self) -> None:
        assert advice_on_the_start(Mistake("w.py:1: write this")).startswith("Mend that")

    def test_a_package_of_another_name_is_not_ours(self) -> None:
        error = ImportError("cannot import name 'x' from 'worker_runtimes'", name="worker_runtimes")
        assert "worker_runtime" not in advice_on(error)


class TestAdviceOnAName:
    @pytest.mark.parametrize(
        "name, advice",
        [("response", "Did you mean Response?"), 
         ("URLSearchParam", "Did you mean URLSearchParams?"),
         ("Headers", "Write `from worker_runtime import Headers`."),
         ("qqqq", "help(worker_runtime) has the names that there are.")],
    )  # fmt: skip
    def test_the_nearest_name(self, name: str, advice: str) -> None:
        import worker_runtime as worker_runtime

        assert advice_on_a_name(name) == advice


@pytest.mark.parametrize(
    "number, words",
    [(errno.EADDRINUSE, "another --port"), (errno.EACCES, "from 1024 up"),
     (errno.EADDRNOTAVAIL, "no such address"), (errno.ENOENT, "the folder"), (None, "--host")],
)  # fmt: skip
def test_an_address_that_cannot_be_had(number: int | None, words: str) -> None:
    assert words in advice_on_listening(OSError(number, "x"))


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "is a file" in advice_on_a_folder(tmp_path / "file")
    assert "may write" in advice_on_a_folder(tmp_path / "none" / "at" / "all")
