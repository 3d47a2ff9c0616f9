"""Caches on both kinds of storage."""

from spec_tests.fetch.conftest import clock, storage

__all__ = ["clock", "storage"]
