"""The entropy of the operating system."""

from __future__ import annotations

from worker_runtime.host.entropy import SystemEntropy


class TestSystemEntropy:
    def test_gives_so_many_bytes_and_never_the_same(self) -> None:
        entropy = SystemEntropy()
        assert len(entropy.random_bytes(32)) == 32
        assert entropy.random_bytes(32) != entropy.random_bytes(32)
