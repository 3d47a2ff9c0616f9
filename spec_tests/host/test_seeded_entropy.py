"""Entropy that is the same each time."""

from __future__ import annotations

from worker_runtime.host.seeded_entropy import SeededEntropy


class TestSeededEntropy:
    def test_a_seed_decides(self) -> None:
        one, other = SeededEntropy(1), SeededEntropy(1)
        assert one.random_bytes(8) == other.random_bytes(8) != one.random_bytes(8)
        assert SeededEntropy(2).random_bytes(8) != SeededEntropy(1).random_bytes(8)

    def test_it_has_the_length_that_is_asked_for(self) -> None:
        assert len(SeededEntropy(1).random_bytes(33)) == 33
