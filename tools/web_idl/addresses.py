"""Addresses: where a standard defines what a difference is about, as far as the scope lists of
tools/trace.py know it.

The ids say what they are of: `dom-request-mode` or, in some standards, `dfn-Request-attribute-mode`
is that of Request.mode.
"""

from __future__ import annotations

from collections.abc import Iterable

from tools.traceability.scope import Scope


def addresses_by_id(scopes: Iterable[Scope]) -> dict[str, dict[str, str]]:
    """For each standard, by the name of its file of Web IDL in lower case, the URL of every id in
    lower case.
    """
    return {
        scope.name.lower(): {
            id.lower(): scope.address(id, section.page)
            for section in scope.sections
            for entry in section.entries
            for id in entry.ids
        }
        for scope in scopes
    }


def address_of(standard: str, name: str, addresses: dict[str, dict[str, str]]) -> str | None:
    """The URL for the name of a difference: of the member, or else of what it is a member of; None
    if no list has one.
    """
    owner, _, member = name.lower().partition("(")[0].partition(".")
    ids = [owner, f"dfn-{owner}", f"dictdef-{owner}", f"enumdef-{owner}"]
    if member:
        ids = [
            f"dom-{owner}-{member}",
            f"dfn-{owner}-method-{member}",
            f"dfn-{owner}-attribute-{member}",
            *ids,
        ]
    known = addresses.get(standard.lower(), {})
    return next((known[id] for id in ids if id in known), None)
