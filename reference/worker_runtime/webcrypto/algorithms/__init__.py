"""The algorithms of Web Cryptography: for each, its parameters and operations, and the table in
which it registers them.

https://w3c.github.io/webcrypto/#algorithms
Ed448 and X448: https://wicg.github.io/webcrypto-secure-curves/, read at fdfd829f04 (2025-07-31).
SHA-3: https://wicg.github.io/webcrypto-modern-algos/, read at 2c82b93f38 (2026-03-29).
"""
