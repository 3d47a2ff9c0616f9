"""Fetch: requests, responses, their headers and bodies, and how one is turned into the other.

https://fetch.spec.whatwg.org/, read at 586cd2a44c (2026-07-02).
"""
