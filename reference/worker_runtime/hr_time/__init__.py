"""High Resolution Time: clocks that never go back, and the moment from which a worker counts.

https://w3c.github.io/hr-time/, read at 7573248f43 (2026-03-02).
"""
