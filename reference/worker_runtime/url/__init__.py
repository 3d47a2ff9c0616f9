"""URL: URLs, domains, IP addresses, the application/x-www-form-urlencoded format, and their API.

https://url.spec.whatwg.org/, read at 6ae84860d1 (2026-07-02).
"""
