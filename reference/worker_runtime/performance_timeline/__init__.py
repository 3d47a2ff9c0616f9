"""Performance Timeline: what took how long, kept in a scope, and told to those who observe it.

https://w3c.github.io/performance-timeline/, read at 8aa7b1db60 (2026-03-24).
"""
