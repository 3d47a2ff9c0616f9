"""Resource Timing: what a worker fetched, and how long each part of that took.

https://w3c.github.io/resource-timing/, read at 316a0479fc (2026-04-20).
"""
