"""MIME Sniffing: what a MIME type is, and what the first bytes of a resource tell about it.

https://mimesniff.spec.whatwg.org/, read at 8a3b9185a9 (2026-01-20).
"""
