"""User Timing: moments that a worker marks, and how long it was from one to the other.

https://w3c.github.io/user-timing/, read at fcbfeb3630 (2026-04-23).
"""
