"""Worker options: what the commands that start a worker have in common: its `env`, its storage."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .arguments import dir_binding, durable_binding, kv_binding, variable
from .serving import StartFailure

DOT_ENV = Path(".env")
MEMBERS = ("env", "kv", "dir", "durable")
"""The options that are members of `env`."""


def add_worker_options(parser: Any) -> None:
    """The options."""
    add = parser.add_argument
    add(
        "--storage", type=Path, metavar="DIR",
        help="keep what workers store in this folder (default: in memory)",
    )  # fmt: skip
    add(
        "--env", type=variable, action="append", default=[], metavar="NAME=VALUE",
        help="a member of `env`; repeatable",
    )  # fmt: skip
    add(
        "--env-file", type=Path, metavar="FILE",
        help="lines of NAME=VALUE for `env`; .env in this folder is read before it",
    )  # fmt: skip
    add(
        "--secrets", type=Path, metavar="DIR",
        help="a folder whose files are members of `env`, such as /run/secrets",
    )  # fmt: skip
    add(
        "--kv", type=kv_binding, action="append", default=[], metavar="NAME",
        help="a member of `env` that is a KV namespace, which is kept in the storage; repeatable",
    )  # fmt: skip
    add(
        "--dir", type=dir_binding, action="append", default=[], metavar="NAME=DIR[:ro]",
        help="a member of `env` that is a folder, a FileSystemDirectoryHandle; with :ro it is not "
        "written to; repeatable",
    )  # fmt: skip
    add(
        "--durable", type=durable_binding, action="append", default=[], metavar="NAME=CLASS",
        help="a member of `env` that is a namespace of Durable Objects of a class of the worker; "
        "repeatable",
    )  # fmt: skip


def environment_of(options: argparse.Namespace) -> dict[str, object]:
    """The `env` that the options say. StartFailure if a file cannot be read."""
    return {name: value for name, (value, _) in sources_of(options).items()}


def sources_of(options: argparse.Namespace) -> dict[str, tuple[object, str]]:
    """Each member of the `env`, with what has said so; the last one counts."""
    sources: dict[str, tuple[object, str]] = {}
    if DOT_ENV.is_file():
        sources |= in_a_file(DOT_ENV, "it has lines of NAME=VALUE")
    if options.env_file:
        sources |= in_a_file(options.env_file, "--env-file names a file with lines of NAME=VALUE")
    if options.secrets:
        sources |= in_a_folder(options.secrets)
    for name in MEMBERS:
        sources |= {member: (value, f"--{name}") for member, value in getattr(options, name)}
    return sources


def in_a_file(file: Path, advice: str) -> dict[str, tuple[object, str]]:
    """The variables of an env file. StartFailure if it is not an env file."""
    from .env_files import EnvFileError, read_env_file

    try:
        return {name: (value, str(file)) for name, value in read_env_file(file).items()}
    except OSError as error:
        raise StartFailure(f"{file}: {error.strerror}; {advice}") from None
    except EnvFileError as error:
        raise StartFailure(str(error)) from None


def in_a_folder(folder: Path) -> dict[str, tuple[object, str]]:
    """The secrets in a folder. StartFailure if it has none."""
    from .secret_files import SecretFileError, read_secret_files

    try:
        return {name: (value, str(folder)) for name, value in read_secret_files(folder).items()}
    except OSError as error:
        raise StartFailure(
            f"{folder}: {error.strerror}; --secrets names a folder with a file for each"
        ) from None
    except SecretFileError as error:
        raise StartFailure(str(error)) from None
