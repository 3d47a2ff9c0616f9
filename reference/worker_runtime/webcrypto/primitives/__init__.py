"""The arithmetic behind Web Crypto: each file beside the standard that it transcribes.

Reference arithmetic on Python's integers and bytes, not constant-time: not for secrets that an
attacker on the same machine could time.
"""
