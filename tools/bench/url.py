"""URLs: URL(s) beside urllib.parse.urlsplit without its cache, and PyPI's whatwg-url where it is
installed.

About a thousand URLs, of which one in ten is not plain. A ratio above 1 means that URL(s) is the
faster.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from random import Random
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from worker_runtime import URL

ROUNDS = 25

WORDS = (
    "about account api article assets blog cart category checkout docs download en events "
    "feed help images index items"
)
WORDS += (
    " js lib login media news orders page posts product profile query release search "
    "settings static status tag team"
)
WORDS += " upload user users v1 v2 video wiki"
HOSTS = [
    "localhost",
    "example.com",
    "www.example.org",
    "api.example.net",
    "cdn-3.static.example.co.uk",
    "a.b.c.d.example.dev",
]

# Which have something to encode, to lowercase, to map or to resolve, or are no http: URLs.
NOT_PLAIN = [
    "HTTPS://WWW.Example.COM/Path", "http://192.168.0.1/admin", "http://[2001:db8::1]:8080/x",
    "https://b\xfccher.example/?\xe4",
    "https://example.com/a b/c d?q=x y#z", "https://example.com/a/./b/../c/%2e%2e/d",
    "https://user:secret@example.com/private", "file:///usr/share/doc/README.txt",
    "mailto:someone@example.com", "data:text/plain;base64,SGVsbG8=", "https://例え.テスト/道",
    "https://example.com./index.html", "http://0x7f.1/",
    "blob:https://example.com/9115d58c-bcda-ff47-86e5-083e9a215304",
    "https://example.com:65535/", "urn:isbn:9780307476463", "https://example.com/?q='x'",
    "https://example.com\\back\\slash",
]  # fmt: skip


def make_urls() -> list[str]:
    """The same thousand URLs each time."""
    random = Random(46)
    words = WORDS.split()

    def some(most: int) -> list[str]:
        return random.choices(words, k=random.randint(0, most))

    urls = []
    for number in range(1000):
        if number % 10 == 9:
            urls.append(random.choice(NOT_PLAIN))
            continue
        url = random.choices(["https://", "http://", "wss://", "ftp://"], [80, 16, 3, 1])[
            0
        ] + random.choice(HOSTS)
        url += (
            random.choice(["", "", "", ":8080", ":3000"])
            + "/"
            + "/".join([*some(5), random.choice(["", "index.html", "%20x", "7"])])
        )
        if random.random() < 0.4:
            url += "?" + "&".join(f"{name}={random.randrange(10**6)}" for name in some(4))
        if random.random() < 0.1:
            url += "#" + random.choice(words)
        urls.append(url)
    return urls


def main() -> None:
    """Print the medians of interleaved rounds in microseconds a URL, and the others' times over
    those of URL.
    """
    urls = make_urls()
    contestants: dict[str, Callable[[str], object]] = {
        "URL(s)": URL,
        "URL(s).href": lambda url: URL(url).href,
        "URL.canParse(s)": URL.canParse,
        "urlsplit(s)": getattr(urlsplit, "__wrapped__", urlsplit),  # what its cache wraps
    }
    try:
        contestants["whatwg_url.parse_url(s)"] = import_module("whatwg_url").parse_url
    except ImportError:
        print("whatwg-url is not installed: left out")
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, parse in contestants.items():
            times[name].append(time_of(parse, urls))
    medians = {name: median(rounds) for name, rounds in times.items()}
    for name, microseconds in medians.items():
        print(f"{name:24} {microseconds:8.2f} us {microseconds / medians['URL(s)']:8.2f}")


def time_of(parse: Callable[[str], object], urls: list[str]) -> float:
    """Microseconds a URL."""
    start = perf_counter()
    for url in urls:
        parse(url)
    return (perf_counter() - start) / len(urls) * 1e6
