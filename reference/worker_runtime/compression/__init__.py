"""Compression: streams through deflate, gzip and brotli.

https://compression.spec.whatwg.org/, read at f249ddb74c (2025-04-22).
"""
