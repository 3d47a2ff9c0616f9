"""Web Locks: code that takes its turn by names, across scopes and threads.

https://w3c.github.io/web-locks/, read at commit a61a77307d (2025-09-24).
"""
