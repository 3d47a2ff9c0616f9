"""Addresses of what a difference is about."""

from __future__ import annotations

import pytest

from tools.traceability.scope import Entry, Scope, Section
from tools.web_idl.addresses import address_of, addresses_by_id

ENTRIES = [
    Entry("pot", "Pot", False),
    Entry("dom-pot-pour", "Pot.pour()", True),
    Entry("x", "Pot.lid", True, ("dfn-Pot-attribute-lid",)),
    Entry("enumdef-kind", "Kind", False),
]


@pytest.mark.parametrize(
    ("standard", "name", "address"),
    [
        ("Tea", "Pot", "https://tea.example/making#pot"),
        ("Tea", "Pot.pour(cup)", "https://tea.example/making#dom-pot-pour"),
        ("Tea", "Pot.lid", "https://tea.example/making#dfn-Pot-attribute-lid"),
        ("Tea", "Pot.boil()", "https://tea.example/making#pot"),
        ("Tea", "Kind", "https://tea.example/making#enumdef-kind"),
        ("Tea", "Cup", None),
        ("coffee", "Pot", None),
    ],
)
def test_the_address_of_a_member_or_else_of_its_interface(
    standard: str, name: str, address: str | None
) -> None:
    section = Section("making", 2, "1", "Making", "making", ENTRIES)
    scope = Scope("tea", "Tea Standard", "https://tea.example/", "", "", "", [section])
    assert address_of(standard, name, addresses_by_id([scope])) == address
