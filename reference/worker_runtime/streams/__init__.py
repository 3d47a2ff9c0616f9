"""Streams: reading, writing and transforming data piece by piece, with backpressure.

https://streams.spec.whatwg.org/, read at b9ba9f49d9 (2026-08-18).
"""
