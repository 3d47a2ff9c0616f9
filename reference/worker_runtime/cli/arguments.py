"""Arguments: what the words of a command line mean.

Each function has what an argument stands for, or says in an ArgumentTypeError what it should be.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from ..host.addresses import TCPAddress
from ..host.host import Host
from ..runtime.bindings import Binding, DurableBinding, folder_binding
from ..url.url_parsing import url_parser
from ..url.writing import URLFailure

if TYPE_CHECKING:
    from ..host.network_policy import Listening


def entry_types(argument: str) -> frozenset[str]:
    """Types of entries, as `PerformanceObserver` has them."""
    types = frozenset(argument.split(","))
    if not types <= {"mark", "measure", "resource"}:
        raise argparse.ArgumentTypeError(
            f"expected mark, measure, resource, or several with commas, not {argument!r}"
        )
    return types


def count(argument: str) -> int:
    """A number that is not negative."""
    if not argument.isdecimal() or len(argument) > 4:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 9999, not {argument!r}")
    return int(argument)


def worker_file(argument: str) -> Path:
    """A worker's file, or the folder of one, that is there."""
    path = Path(argument)
    if path.is_dir() and not (path / "__init__.py").is_file():
        raise argparse.ArgumentTypeError(
            f"the folder {argument!r} has no __init__.py: name a file in it"
        )
    if not path.exists():
        raise argparse.ArgumentTypeError(f"there is no file {argument!r}{near_file(path)}")
    return path


def near_file(path: Path) -> str:
    """A file beside one that is not there that may be meant, as the end of a sentence."""
    from difflib import get_close_matches

    try:
        names = [each.name for each in path.parent.iterdir() if each.suffix == ".py"]
    except OSError:
        return ""
    near = get_close_matches(path.name, names, n=1)
    return f": did you mean {path.with_name(near[0])}?" if near else ""


def folder(argument: str) -> Path:
    """A folder that is there."""
    path = Path(argument)
    if not path.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {argument!r}")
    return path


def positive(argument: str) -> int:
    """A number from 1 up."""
    if not (argument.isascii() and argument.isdecimal() and 0 < len(argument) < 19):
        raise argparse.ArgumentTypeError(f"expected a number from 1 up, not {argument!r}")
    if int(argument) == 0:
        raise argparse.ArgumentTypeError(f"expected a number from 1 up, not {argument!r}")
    return int(argument)


def size(argument: str) -> int:
    """A number of bytes, or of what else there is a limit of."""
    if not (argument.isascii() and argument.isdecimal() and len(argument) < 19):
        raise argparse.ArgumentTypeError(f"expected a number from 0 up, not {argument!r}")
    return int(argument)


def duration(argument: str) -> float:
    """A length of time, which may be none."""
    return 0.0 if argument in ("0", "0.0") else seconds(argument)


def seconds(argument: str) -> float:
    """A length of time."""
    try:
        number = float(argument)
    except ValueError:
        number = -1.0
    if not 0 < number < 1e9:
        raise argparse.ArgumentTypeError(f"expected a number of seconds, not {argument!r}")
    return number


def moment(argument: str) -> float:
    """A time in milliseconds since 1970."""
    try:
        number = float(argument)
    except ValueError:
        number = float("nan")
    if not 0 <= number < 1e15:
        raise argparse.ArgumentTypeError(
            f"a time is a number of milliseconds since 1970, not {argument!r}"
        )
    return number


def port(argument: str) -> int:
    """A port number."""
    if not argument.isdecimal() or int(argument) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {argument!r}")
    return int(argument)


def url(argument: str) -> str:
    """An absolute URL."""
    try:
        url_parser(argument)
    except URLFailure:
        raise argparse.ArgumentTypeError(
            f"{argument!r} is not an absolute URL, such as https://a.example/"
        ) from None
    return argument


def path(argument: str) -> str:
    """The path of a URL."""
    if not argument.startswith("/"):
        raise argparse.ArgumentTypeError(f"a path begins with /, as in {'/' + argument!r}")
    return argument


def http_url(argument: str) -> str:
    """The absolute URL of an HTTP server."""
    if url_parser(url(argument)).scheme not in ("http", "https"):
        raise argparse.ArgumentTypeError(f"{argument!r} is neither an http nor an https URL")
    return argument


def hosts(argument: str) -> tuple[str, ...]:
    """Hosts between commas, each with or without a port, as they stand in a serialized URL."""
    try:
        return tuple(host_of_a_url(name.strip()) for name in argument.split(",") if name.strip())
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def host_of_a_url(text: str) -> str:
    """The same host, with its port, as the URL parser writes it; "*." is for those below it."""
    from ..host.restricted_network import host_and_port
    from ..url.host_parsing import host_parser
    from ..url.host_serializing import host_serializer

    host, port = host_and_port(text)
    wildcard = "*." if host.startswith("*.") else ""
    host = host.removeprefix("*.")
    try:
        host = host_serializer(host_parser(f"[{host}]" if ":" in host else host))
    except URLFailure as failure:
        raise ValueError(f"Not a host with or without a port: {text!r} ({failure})") from None
    return f"{wildcard}{host}" if port is None else f"{wildcard}{host}:{port}"


def tcp_place(argument: str) -> TCPAddress:
    """A port, of this machine alone if there is no host before it."""
    host, port = place_of(argument)
    return TCPAddress("127.0.0.1" if host is None else host, port)


def places_to_listen(argument: str) -> tuple[str, ...]:
    """Ports between commas, each with or without a host."""
    places = tuple(place.strip() for place in argument.split(",") if place.strip())
    for place in places:
        place_of(place)
    return places


def place_of(text: str) -> Listening:
    """A host, if there is one, and a port."""
    from ..host.restricted_network import place_to_listen

    try:
        return place_to_listen(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def variable(argument: str) -> tuple[str, str]:
    """A name and a value."""
    name, equals, value = argument.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"a variable is NAME=VALUE, not {argument!r}")
    return name, value


def kv_binding(argument: str) -> tuple[str, Binding]:
    """A name, and the KV namespace with that name."""
    if not argument.isidentifier():
        raise argparse.ArgumentTypeError(
            f"a member of `env` has a name such as {'NAME'!r}, not {argument!r}"
        )

    def namespace(host: Host) -> object:
        from ..cloudflare.kv_namespace import kv_namespace

        return kv_namespace(host, argument)

    return argument, Binding(namespace)


def dir_binding(argument: str) -> tuple[str, Binding]:
    """A name, and the folder at a path, which may end with ":ro"."""
    name, _, path = argument.partition("=")
    if not name.isidentifier() or not path:
        raise argparse.ArgumentTypeError(f"a folder is NAME=DIR or NAME=DIR:ro, not {argument!r}")
    place = folder(path.removesuffix(":ro")).absolute()
    return name, folder_binding(name, place, path.endswith(":ro"))


def durable_binding(argument: str) -> tuple[str, DurableBinding]:
    """A name, and the namespace of a class."""
    name, _, class_name = argument.partition("=")
    if not name.isidentifier() or not class_name.isidentifier():
        raise argparse.ArgumentTypeError(f"Durable Objects are NAME=CLASS, not {argument!r}")
    return name, DurableBinding(class_name)


def cron(argument: str) -> str:
    """A cron expression."""
    from ..cloudflare.cron_expressions import CronFailure, parse_a_cron_expression

    try:
        return parse_a_cron_expression(argument).text
    except CronFailure as failure:
        raise argparse.ArgumentTypeError(str(failure)) from None
