"""Statuses: the classes of them that steps ask for.

Fetch Standard, 2.2.3: https://fetch.spec.whatwg.org/#statuses
"""

from __future__ import annotations


def is_null_body_status(status: int) -> bool:
    """https://fetch.spec.whatwg.org/#null-body-status"""
    return status in (101, 103, 204, 205, 304)


def is_ok_status(status: int) -> bool:
    """https://fetch.spec.whatwg.org/#ok-status"""
    return 200 <= status <= 299


def is_range_status(status: int) -> bool:
    """https://fetch.spec.whatwg.org/#range-status"""
    return status in (206, 416)


def is_redirect_status(status: int) -> bool:
    """https://fetch.spec.whatwg.org/#redirect-status"""
    return status in (301, 302, 303, 307, 308)
