"""File API: bytes with a type, bytes with a name, and URLs for them.

https://w3c.github.io/FileAPI/, read at 13757c259f (2025-12-03).
"""
