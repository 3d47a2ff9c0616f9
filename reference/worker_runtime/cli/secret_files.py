"""Secret files: a folder in which each file is a secret, as containers mount them.

The name of a file is that of the member of `env`, its content in UTF-8 the value, without the line
end that editors put at the end. Folders, and files whose name begins with a dot, are left out. So a
secret stands neither on the command line nor in the environment, where other processes see it.
"""

from __future__ import annotations

from pathlib import Path


class SecretFileError(ValueError):
    """A file is not text; the message begins with its name."""


def read_secret_files(folder: Path) -> dict[str, str]:
    """The secrets in a folder, by name. SecretFileError, or OSError."""
    secrets = {}
    for file in sorted(folder.iterdir()):
        if file.name.startswith(".") or not file.is_file():
            continue
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError as error:
            raise SecretFileError(f"{file}: not UTF-8 at byte {error.start}") from None
        secrets[file.name] = text.removesuffix("\n").removesuffix("\r")
    return secrets
