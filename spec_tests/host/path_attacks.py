"""Names that somebody may try, to get out of a folder. What each may do is said there where it is
tried.
"""

from __future__ import annotations

import os
from pathlib import Path

# Refused everywhere, before any folder is asked: TypeError.
NO_NAMES = [
    "", ".", "..", "/", "//", "\\", "\\\\", "\0", "a\0", "\0a", "a\0.txt", "../", "./", "/.", "/..",
    "../outside", "../../outside", "../../../../../../etc/passwd", "a/../../outside",
    "./../outside", "..\\outside", "..\\..\\outside", "..//outside", "a/..", "a\\..", "/etc/passwd",
    "//etc/passwd", "/proc/self/environ", "/dev/null", "\\etc\\passwd", "C:\\Windows", "C:/Windows",
    "\\\\server\\share", "//server/share", "\\\\?\\C:\\", "\\\\.\\PhysicalDrive0", "link/secret",
    "inside/../../outside", "file://etc/passwd", "a/b", "a\\b", "dir/", "\ud800/..", "x" * 256,
    "ä" * 128, "😀" * 64, "../" * 50, "x" * 5000,
]  # fmt: skip

# Names like any other where there are no drives: whatever is made under them is in the folder.
STRANGE_NAMES = [
    "...", "....", ". .", " ..", ".. ", "..\u200b", "..\n", "%2e%2e", "%2e%2e%2f", "..%2f",
    "..%5c..%5c", "%00", "..%c0%af", "..%u2215", "\u2025", "\uff0e\uff0e", "\uff0e\uff0e\uff0f",
    "\u2215", "\u2044", "\uff0f", "\u29f5", "~", "~root", "$HOME", "${PATH}", "`id`", "$(id)", "*",
    "?", "[a-z]", "{a,b}", "-rf", "--", "C:", "C:file", "con", "NUL", "aux.txt", "COM1", "a:stream",
    "file.", "file ", "\x01", "\x7f", "\r\n", "\u202egnp.exe", "e\u0301", "é", "Å", "\u212b",
    "\ufeffa", "\ufffd", "ﬀ", "İ", "ß", "..;", ";", "|", "&", "'", '"', "<", ">", "#", "x" * 255,
]  # fmt: skip

# What Windows takes for something else than a file of that name.
WINDOWS_NAMES = [
    "con", "CON", "Con.txt", "prn", "PRN.", "aux", "AUX.h", "nul", "NUL.tar.gz", "nul:", "COM1",
    "com9.txt", "COM0", "com¹", "LPT1", "lpt9", "LPT³.x", "CONIN$", "conout$", "CLOCK$", "con ",
    "CON .txt", "C:", "c:file", "a:b", "file::$DATA", "a:$i30", "a.", "a..", "a ", "a. ", "a\t",
    "a<", "a>", 'a"b', "a|b", "a?", "a*", "\x01", "\x1f", "a\n",
]  # fmt: skip


def stays_in_the_test(folder: Path, *names: str) -> bool:
    """Whether the names lead to something beside the folder or in it if nobody refuses them. What
    makes, moves or removes is tried only then: a guard that is missing costs a test its own files,
    and never those of the machine.
    """
    try:
        way = os.path.realpath(os.path.join(folder, *names))
    except ValueError:  # no system takes such a name
        return True
    return Path(way).is_relative_to(folder.parent.resolve())
