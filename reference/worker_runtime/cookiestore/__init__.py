"""Cookie Store API Standard: https://cookiestore.spec.whatwg.org/

Read at commit 08e5829a19 (2026-01-15). The cookies of a user agent, as scripts see them, and those
of one request, which no standard defines: SPEC_NOTES.md#request-cookies
"""
