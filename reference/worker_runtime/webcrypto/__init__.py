"""Web Cryptography Level 2: digests, signatures, encryption, key agreement and the keys for them.

https://w3c.github.io/webcrypto/, read at 851575b9f5 (2026-04-29).
"""
