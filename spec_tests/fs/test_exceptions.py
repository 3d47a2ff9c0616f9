"""Errors: what an author gets where a disk refuses something."""

from __future__ import annotations

import errno
import os

import pytest

from worker_runtime.fs.exceptions import exception_for, name_of, not_found
from worker_runtime.webidl.exceptions import DOMException, QuotaExceededError

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#file-system-exceptions")
class TestExceptionFor:
    @pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
    def test_no_room_is_a_quota_exceeded_error(self, number: int) -> None:
        error = OSError(number, os.strerror(number))
        exception = exception_for(error)
        assert isinstance(exception, QuotaExceededError)
        assert exception.__cause__ is error

    @pytest.mark.parametrize("number", [errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL])
    def test_a_name_that_is_refused_is_a_type_error(self, number: int) -> None:
        assert isinstance(exception_for(OSError(number, "no")), TypeError)

    def test_says_no_path(self) -> None:
        exception = exception_for(OSError(errno.EACCES, "Permission denied", "/secret/place"))
        assert str(exception) == "NotAllowedError: Permission denied"

    def test_any_other_exception_is_itself(self) -> None:
        error = ValueError()
        assert exception_for(error) is error


@spec("SPEC_NOTES.md#file-system-exception-names")
class TestNameOf:
    @pytest.mark.parametrize(
        "number, name",
        [
            (errno.ENOENT, "NotFoundError"),
            (errno.ENOTDIR, "NotFoundError"),
            (errno.EISDIR, "TypeMismatchError"),
            (errno.ELOOP, "TypeMismatchError"),
            (errno.EACCES, "NotAllowedError"),
            (errno.EROFS, "NotAllowedError"),
            (errno.ENOTEMPTY, "InvalidModificationError"),
            (errno.EIO, "UnknownError"),
            (errno.EMFILE, "UnknownError"),
            (None, "UnknownError"),
        ],
    )
    def test_is_the_one_of_the_notes(self, number: int | None, name: str) -> None:
        assert name_of(number) == name


@spec("SPEC_NOTES.md#not-found")
class TestNotFound:
    def test_is_a_not_found_error(self) -> None:
        exception = not_found("The file 'a'")
        assert isinstance(exception, DOMException)
        assert (exception.name, exception.message) == ("NotFoundError", "The file 'a' is not there")
