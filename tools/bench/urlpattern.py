"""URLPattern: 50 routes, beside the PyPI package `urlpattern` (Rust) where that is installed.

A ratio above 1 means that ours is the faster. "hit" asks each route about a URL of its own,
"router" asks the routes in order about each URL until one matches, and "new" makes the patterns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib import import_module
from statistics import median
from time import perf_counter
from typing import Any

from worker_runtime import URLPattern

ROUNDS = 15
ORIGIN = "https://api.example.com"

# a pathname pattern, and a URL that it matches
ROUTES = [
    ("/", "/"),
    ("/about", "/about"),
    ("/login", "/login?next=%2Fhome"),
    ("/logout", "/logout"),
    ("/assets/*", "/assets/css/site.css?v=12"),
    ("/users", "/users?page=2&per_page=100"),
    ("/users/:username", "/users/octocat"),
    ("/users/:username/repos", "/users/octocat/repos?sort=updated"),
    ("/users/:username/orgs", "/users/octocat/orgs"),
    ("/users/:username/followers", "/users/octocat/followers"),
    ("/users/:username/following/:target", "/users/octocat/following/hubot"),
    ("/users/:username/gists", "/users/octocat/gists?since=2025-01-01"),
    ("/users/:username/keys", "/users/octocat/keys"),
    ("/users/:username/received_events/public", "/users/octocat/received_events/public"),
    ("/orgs/:org", "/orgs/github"),
    ("/orgs/:org/members", "/orgs/github/members"),
    ("/orgs/:org/members/:user", "/orgs/github/members/octocat"),
    ("/orgs/:org/teams/:team", "/orgs/github/teams/engineering"),
    (
        "/orgs/:org/teams/:team/repos/:owner/:repo",
        "/orgs/github/teams/engineering/repos/octocat/hello-world",
    ),
    ("/repos/:owner/:repo", "/repos/octocat/hello-world"),
    ("/repos/:owner/:repo/tags", "/repos/octocat/hello-world/tags"),
    ("/repos/:owner/:repo/branches", "/repos/octocat/hello-world/branches"),
    ("/repos/:owner/:repo/branches/:branch", "/repos/octocat/hello-world/branches/main"),
    ("/repos/:owner/:repo/commits", "/repos/octocat/hello-world/commits?sha=main&path=README.md"),
    (
        "/repos/:owner/:repo/commits/:sha([0-9a-f]{7,40})",
        "/repos/octocat/hello-world/commits/6dcb09b5b57875f334f61aebed69",
    ),
    (
        "/repos/:owner/:repo/commits/:sha/comments",
        "/repos/octocat/hello-world/commits/6dcb09b/comments",
    ),
    (
        "/repos/:owner/:repo/compare/:base...:head",
        "/repos/octocat/hello-world/compare/main...topic",
    ),
    (
        "/repos/:owner/:repo/contents/*",
        "/repos/octocat/hello-world/contents/src/lib/deep/file.py?ref=main",
    ),
    ("/repos/:owner/:repo/forks", "/repos/octocat/hello-world/forks"),
    (
        "/repos/:owner/:repo/git/blobs/:sha",
        "/repos/octocat/hello-world/git/blobs/44b4fc6d56897b048c772eb4087f854f46256132",
    ),
    (
        "/repos/:owner/:repo/git/trees/:sha",
        "/repos/octocat/hello-world/git/trees/44b4fc6d56897b048c772eb4087f854f46256132",
    ),
    ("/repos/:owner/:repo/hooks/:id(\\d+)", "/repos/octocat/hello-world/hooks/12345678"),
    ("/repos/:owner/:repo/issues", "/repos/octocat/hello-world/issues?state=open&labels=bug,ui"),
    ("/repos/:owner/:repo/issues/:number(\\d+)", "/repos/octocat/hello-world/issues/1347"),
    (
        "/repos/:owner/:repo/issues/:number(\\d+)/comments",
        "/repos/octocat/hello-world/issues/1347/comments",
    ),
    (
        "/repos/:owner/:repo/issues/comments/:id(\\d+)",
        "/repos/octocat/hello-world/issues/comments/42",
    ),
    ("/repos/:owner/:repo/labels/:name", "/repos/octocat/hello-world/labels/good%20first%20issue"),
    ("/repos/:owner/:repo/pulls/:number(\\d+)", "/repos/octocat/hello-world/pulls/1347"),
    (
        "/repos/:owner/:repo/pulls/:number(\\d+)/files",
        "/repos/octocat/hello-world/pulls/1347/files",
    ),
    (
        "/repos/:owner/:repo/pulls/:number(\\d+)/merge",
        "/repos/octocat/hello-world/pulls/1347/merge",
    ),
    ("/repos/:owner/:repo/releases/:id(\\d+|latest)", "/repos/octocat/hello-world/releases/latest"),
    (
        "/repos/:owner/:repo/stats/:kind(contributors|punch_card)",
        "/repos/octocat/hello-world/stats/punch_card",
    ),
    ("/gists/:id", "/gists/aa5a315d61ae9438b18d"),
    ("/gists/:id/star", "/gists/aa5a315d61ae9438b18d/star"),
    (
        "/search/:kind(code|issues|repositories)",
        "/search/repositories?q=tetris+language:assembly&sort=stars",
    ),
    (
        "/blog/:year(\\d{4})/:month(\\d{2})/:slug",
        "/blog/2025/09/a-post-with-a-rather-long-title#comments",
    ),
    ("/files/:path+", "/files/a/b/c/d.txt"),
    ("/:lang(en|de|fr)?/help", "/de/help"),
    ("/feeds/:name.:format(atom|rss)", "/feeds/news.atom"),
    ("/*", "/nothing/else/matches?this=one"),
]

Pattern = Any  # of either package


def main() -> None:
    """Print a row for each task: the medians of interleaved rounds, per call."""
    try:
        theirs = import_module("urlpattern").URLPattern
    except ImportError:
        theirs = None
        print("The package urlpattern is not installed: pip install urlpattern")
    urls = [ORIGIN + url for _, url in ROUTES]
    forms: dict[str, list[Any]] = {
        "{pathname}": [{"pathname": pathname} for pathname, _ in ROUTES],
        "https://...": [ORIGIN + pathname for pathname, _ in ROUTES],
    }
    for form, inputs in forms.items():
        ours_list = [URLPattern(input) for input in inputs]
        theirs_list = [theirs(input) for input in inputs] if theirs else []
        tasks: list[tuple[str, Callable[[list[Pattern], Callable[[Any], Pattern]], int]]] = [
            (
                "exec, hit",
                lambda patterns, new: sum(
                    pattern.exec(url) is not None for pattern, url in zip(patterns, urls)
                ),
            ),
            (
                "test, hit",
                lambda patterns, new: sum(
                    pattern.test(url) for pattern, url in zip(patterns, urls)
                ),
            ),
            ("exec, router", lambda patterns, new: sum(route(patterns, url) for url in urls)),
            ("new", lambda patterns, new: len([new(input) for input in inputs])),
        ]
        for name, task in tasks:
            calls = task(ours_list, URLPattern)
            assert not theirs or task(theirs_list, theirs) == calls
            ours_times, theirs_times = [], []
            for _ in range(ROUNDS):
                ours_times.append(time_of(task, ours_list, URLPattern))
                if theirs:
                    theirs_times.append(time_of(task, theirs_list, theirs))
            line = f"{form:12} {name:13} {median(ours_times) / calls * 1e6:8.2f} us"
            if theirs:
                line += (
                    f" {median(theirs_times) / calls * 1e6:8.2f} us "
                    f"{median(theirs_times) / median(ours_times):6.2f}"
                )
            print(line)


def route(patterns: Iterable[Pattern], url: str) -> int:
    """How many patterns have to be asked until one matches."""
    for count, pattern in enumerate(patterns, 1):
        if pattern.exec(url) is not None:
            return count
    raise AssertionError(url)


def time_of(task: Callable[[list[Pattern], Any], int], patterns: list[Pattern], new: Any) -> float:
    """The seconds that a task takes."""
    start = perf_counter()
    task(patterns, new)
    return perf_counter() - start
