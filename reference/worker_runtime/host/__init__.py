"""The outside of the runtime: time, chance, the network and storage, each as a Protocol with its
stock implementation.

Nothing here knows a web type. Another host (a test with a clock of its own, an embedder) brings
objects of the same shape.
"""
