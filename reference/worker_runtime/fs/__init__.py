"""File System Standard: https://fs.spec.whatwg.org/

Read at commit cd55e5582e (2026-03-15). Files of scopes, and folders of an operator.
"""
