"""Encoding: from bytes to scalar values and back, and the interfaces that give scripts these
algorithms.

https://encoding.spec.whatwg.org/, read at a985b62a9b (2026-05-21).
"""
