"""Exceptions: what an author gets where a disk, or its owner, refuses something.

SPEC_NOTES.md#file-system-exceptions
"""

from __future__ import annotations

import errno
import os

from ..storage.usage_and_quota import exception_for as exception_of_a_storage
from ..webidl.exceptions import DOMException, QuotaExceededError

NOT_FOUND = {errno.ENOENT, errno.ENOTDIR, errno.ESTALE, errno.ENXIO}
NO_FILE_OR_DIRECTORY = {errno.EISDIR, errno.ELOOP}
NOT_ALLOWED = {errno.EACCES, errno.EPERM, errno.EROFS}
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
NO_NAME = {errno.ENAMETOOLONG, errno.EILSEQ, errno.EINVAL}


def exception_for(error: Exception) -> Exception:
    """What an author gets instead of an error of a disk or a storage; any other exception as it is.

    SPEC_NOTES.md#file-system-exceptions
    """
    if isinstance(error, OverflowError):  # a position that no disk has
        error = OSError(errno.EFBIG, os.strerror(errno.EFBIG))
    if not isinstance(error, OSError):
        return exception_of_a_storage(error)
    if error.errno in NO_NAME:
        exception: Exception = TypeError(f"The file system takes no such name: {error.strerror}")
    elif error.errno in FULL:
        exception = QuotaExceededError(f"There is no room for it: {error.strerror}")
    else:
        exception = DOMException(error.strerror or str(error), name_of(error.errno))
    exception.__cause__ = error
    return exception


def name_of(number: int | None) -> str:
    """The name of the DOMException for an error of the operating system.

    SPEC_NOTES.md#file-system-exception-names
    """
    if number in NOT_FOUND:
        return "NotFoundError"
    if number in NO_FILE_OR_DIRECTORY:
        return "TypeMismatchError"
    if number in NOT_ALLOWED:
        return "NotAllowedError"
    if number == errno.ENOTEMPTY:
        return "InvalidModificationError"
    return "UnknownError"


def not_found(what: str) -> DOMException:
    """SPEC_NOTES.md#not-found"""
    return DOMException(f"{what} is not there", "NotFoundError")
