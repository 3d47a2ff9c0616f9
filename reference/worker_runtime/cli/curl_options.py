"""curl's options: those of `fetch` have curl's names and meanings.

https://curl.se/docs/manpage.html
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from ..fetch.headers import is_header_name, is_header_value
from ..host.timeouts import Timeouts
from ..infra.byte_sequences import isomorphic_decode
from .arguments import seconds

NO_VALUE = {
    "-L --location": "follow redirects",
    "-I --head": "ask for status and headers alone",
    "-G --get": "the data of -d is the query of the URL",
    "-i --include": "write status and headers before the body",
    "-O --remote-name": "write the body to a file with the last part of the URL's path as its name",
    "-f --fail": "a status from 400 up is a failure, without output",
    "-v --verbose": "tell of the connection, of what is sent and of what comes",
    "-s --silent": "neither progress nor errors",
    "-S --show-error": "errors even so",
    "-k --insecure": "do not verify certificates",
    "--compressed": "ask for compressed content, and undo that; without it content is as it comes",
}
"""The options without a value, and what they are for."""

WITH_A_VALUE = {
    "-X --request": ("METHOD", "default: GET, or POST if there is data, or PUT if there is a file"),
    "-u --user": ("USER:PASSWORD", "credentials for Basic; without a password it is asked for"),
    "-T --upload-file": ("FILE", "send a file as it is read, with PUT; - is standard input"),
    "-c --cookie-jar": ("FILE", "write the cookies that there are at the end to a file"),
}


def add_curl_options(parser: argparse.ArgumentParser) -> None:
    """The options, and how long is waited."""
    add = parser.add_argument
    for names, purpose in NO_VALUE.items():
        add(*names.split(), action="store_true", help=purpose)
    for names, (value, purpose) in WITH_A_VALUE.items():
        add(*names.split(), metavar=value, help=purpose)
    add("-A", "--user-agent", type=header_value, metavar="NAME", help="how the client names itself")
    add(
        "-H", "--header", type=header, action="append", default=[], metavar="NAME: VALUE",
        help='repeatable; "NAME:" leaves one out, "NAME;" has no value',
    )  # fmt: skip
    add(
        "-b", "--cookie", type=header_value, action="append", default=[], metavar="NAME=VALUE|FILE",
        help="cookies to send, or a file of them; what servers set is then sent back",
    )  # fmt: skip
    data = parser.add_argument_group("data", "repeatable: joined by &, or the parts of a form")
    kinds = {
        "-d --data": ("DATA", "text, @FILE for that of a file without line ends, @- for input"),
        "--data-raw": ("DATA", "text, also if it begins with @"),
        "--data-binary": ("DATA", "text, or @FILE as it is"),
        "--data-urlencode": ("NAME=TEXT", "percent-encoded; NAME@FILE is the text of a file"),
        "--json": ("DATA", "like --data-binary, as application/json"),
        "-F --form": ("NAME=VALUE", "multipart: NAME=TEXT, NAME=@FILE;type=...;filename=..."),
        "--form-string": ("NAME=TEXT", "multipart, also if TEXT begins with @"),
    }
    for names, (value, purpose) in kinds.items():
        data.add_argument(
            *names.split(), action=Data, dest="data", default=[], metavar=value, help=purpose
        )
    add("-o", "--output", metavar="FILE", help="where the body goes")
    limits = parser.add_argument_group("limits", "in seconds")
    connect, head, content = Timeouts()
    limits.add_argument(
        "-m", "--max-time", type=seconds, metavar="N", help="for all of it (default: no limit)"
    )
    limits.add_argument(
        "--connect-timeout", type=seconds, metavar="N",
        help=f"for a connection (default: {connect:g})",
    )  # fmt: skip
    limits.add_argument(
        "--timeout", type=seconds, metavar="N",
        help=f"for the server to answer (default: {head:g}), and then to send or to take more "
        f"(default: {content:g})",
    )  # fmt: skip


class Data(argparse.Action):
    """Collects the name of each option for data with its value, in their order."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        """Add one."""
        name = self.option_strings[-1].removeprefix("--")
        namespace.data = [*namespace.data, (name, values)]


def header(argument: str) -> tuple[str, str | None]:
    """A name, and a value: None where the header is to be left out."""
    name, colon, value = argument.partition(":")
    is_empty = not colon and argument.endswith(";")
    if not colon and not is_empty:
        raise argparse.ArgumentTypeError(f"a header is NAME: VALUE, not {argument!r}")
    name = name.removesuffix(";").strip() if is_empty else name.strip()
    text = isomorphic_decode(value.strip().encode("utf-8", "surrogateescape"))
    if not is_header_name(name) or not is_header_value(text):
        raise argparse.ArgumentTypeError(f"a header is NAME: VALUE, not {argument!r}")
    return name, text if text or is_empty else None


def header_value(argument: str) -> str:
    """The value of a header that has an option of its own."""
    return header(f"X:{argument}")[1] or ""


def in_full(parser: argparse.ArgumentParser, arguments: Sequence[str]) -> list[str]:
    """The arguments as argparse wants them: `-sSLo x` is four options, and what follows an option
    with a value is that value, also if it begins with a hyphen.
    """
    long_names: dict[str, str] = {}
    with_a_value: set[str] = set()
    for action in parser._actions:
        for name in action.option_strings:
            long_names[name] = action.option_strings[-1]
            if action.nargs != 0:
                with_a_value.add(name)
    full: list[str] = []
    rest = list(arguments)
    while rest and rest[0] != "--":
        argument = rest.pop(0)
        if argument == "-" or not argument.startswith("-"):
            full.append(argument)
            continue
        names, value = [argument], ""
        if not argument.startswith("--"):
            names, value = letters_of(argument, with_a_value)
        *flags, last = (long_names.get(name, name) for name in names)
        full += flags
        if names[-1] in with_a_value and (value or rest):
            last = f"{last}={value or rest.pop(0)}"
        full.append(last)
    return full + rest


def letters_of(argument: str, with_a_value: set[str]) -> tuple[list[str], str]:
    """The options of one letter in an argument, and the value of the last of them if it is there,
    too.
    """
    names: list[str] = []
    for position, letter in enumerate(argument[1:], 2):
        names.append(f"-{letter}")
        if names[-1] in with_a_value:
            return names, argument[position:]
    return names, ""
