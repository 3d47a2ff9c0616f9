"""Crypto as a worker sees it: Web Cryptography's, with what Cloudflare Workers add to it.

Web Cryptography, 10: https://w3c.github.io/webcrypto/#crypto-interface
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..cloudflare.crypto_extensions import CryptoForWorkers, SubtleCryptoForWorkers
from ..webcrypto import crypto as web_crypto
from ..webcrypto import subtle_crypto
from ..webidl.interfaces import add_the_partial_interface, new

if TYPE_CHECKING:

    class SubtleCrypto(subtle_crypto.SubtleCrypto, SubtleCryptoForWorkers):
        """For type checkers: Python's types have no partial interfaces."""

    class Crypto(web_crypto.Crypto, CryptoForWorkers):
        """For type checkers: Python's types have no partial interfaces."""

        @property
        def subtle(self) -> SubtleCrypto:
            """The same object, as one that has all members."""

else:
    SubtleCrypto = add_the_partial_interface(subtle_crypto.SubtleCrypto, SubtleCryptoForWorkers)
    Crypto = add_the_partial_interface(web_crypto.Crypto, CryptoForWorkers)

crypto: Crypto = new(Crypto)
