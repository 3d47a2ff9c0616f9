"""HTML: what a worker's scope, its event loop, its timers and its messages are.

https://html.spec.whatwg.org/multipage/, read as of 2026-06-28.
"""
