"""Console: what a script says to the people who run it.

https://console.spec.whatwg.org/, read at 6f299db3a4 (2025-08-12).
"""
