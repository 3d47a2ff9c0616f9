"""Compression: streams through deflate and gzip.

https://compression.spec.whatwg.org/, read at f249ddb74c (2025-04-22).
"""
