"""Drift: what became of a standard since it was read."""

from __future__ import annotations

from collections.abc import Iterator

from .scope import Entry, Scope
from .tracing import Project


def drift(project: Project, newer: Scope) -> Iterator[str]:
    """The differences between a scope list and a newer one of the same standard, a line each, with
    the code that they touch.
    """
    older = next((scope for scope in project.scopes if scope.name == newer.name), None)
    if older is None:
        yield f"{newer.name}: no scope list has it; make one with tools/make_scope.py"
        return
    code = {project.key_of(site.address or ""): site for site in project.code.with_addresses()}
    before, after = entries_of(older), entries_of(newer)
    vanished = [id for id in before if id not in newer.ids()]
    appeared = [id for id in after if id not in older.ids()]
    by_title = {after[id].title: id for id in appeared}
    renamed = {id: by_title[before[id].title] for id in vanished if before[id].title in by_title}

    def with_code(id: str) -> str:
        site = code.get(older.address(id))
        return f"{id}  {before[id].title}" + (f"  ({site.place} {site.name})" if site else "")

    for id in vanished:
        yield (
            f"  id is now {renamed[id]}: {with_code(id)}"
            if id in renamed
            else f"  vanished: {with_code(id)}"
        )
    for id in appeared:
        if id not in renamed.values():
            yield (
                f"  appeared: {id}  "
                f"{after[id].title}{'  (an algorithm)' if after[id].is_algorithm else ''}"
            )
    for id in before.keys() & after.keys():
        if before[id].title != after[id].title:
            yield f"  renamed to {after[id].title}: {with_code(id)}"
        elif before[id].is_algorithm != after[id].is_algorithm:
            what = "no longer an algorithm" if before[id].is_algorithm else "now an algorithm"
            yield f"  {what}: {with_code(id)}"


def entries_of(scope: Scope) -> dict[str, Entry]:
    """The headings and entries of a scope list by id, in its order."""
    found: dict[str, Entry] = {}
    for section in scope.sections:
        found[section.id] = Entry(section.id, section.title, is_algorithm=False)
        found |= {entry.id: entry for entry in section.entries}
    return found
