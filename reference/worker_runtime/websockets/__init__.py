"""WebSockets Standard: https://websockets.spec.whatwg.org/

Read against commit 1b3525cb24f58240581b06b7681ba46849dae182 of 2025-07-14.
"""
