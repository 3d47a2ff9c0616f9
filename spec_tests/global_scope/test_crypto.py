"""Crypto as a worker sees it."""

from __future__ import annotations

import pytest

from worker_runtime import Crypto, SubtleCrypto, crypto
from worker_runtime.webcrypto import crypto as web_crypto
from worker_runtime.webcrypto import subtle_crypto

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#crypto")
class TestCrypto:
    def test_there_is_one_interface_with_the_members_of_both(self) -> None:
        assert (web_crypto.Crypto, subtle_crypto.SubtleCrypto) == (Crypto, SubtleCrypto)
        assert isinstance(crypto, Crypto) and isinstance(crypto.subtle, SubtleCrypto)
        assert crypto.subtle.timingSafeEqual(b"a", b"a")
        assert callable(crypto.DigestStream)
