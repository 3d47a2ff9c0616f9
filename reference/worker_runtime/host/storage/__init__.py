"""Storage: keys and values in the order of the keys, kept in memory or in a file.

What lies in it, and under which keys, is the matter of those who use it: caches, key-value stores,
durable objects, files.
"""
