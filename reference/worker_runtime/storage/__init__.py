"""Storage Standard: https://storage.spec.whatwg.org/

Read at commit b3c0fa95d2 (2025-03-26). What scopes store, for whom, and how much of it.
"""
