"""Server Timing: what a server tells of the time that its work took.

https://w3c.github.io/server-timing/, read at 573ee35b45 (2026-04-07).
"""
