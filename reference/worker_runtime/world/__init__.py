"""The world that a test holds in its hand: time, chance, network, storage. `worker_runtime.testing`
is its front door, and SPEC_NOTES.md#testing says what it promises.
"""
