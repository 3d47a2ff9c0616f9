"""Infra: what the standards share. Its lists, maps and sets are Python's own.

https://infra.spec.whatwg.org/, read at 3f984adcd2 (2026-07-17).
"""
