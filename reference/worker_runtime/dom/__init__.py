"""DOM: events and their targets, and signals that abort what is going on. Its trees are not part of
a worker.

https://dom.spec.whatwg.org/, read at 8a5f57c61c (2026-07-18).
"""
