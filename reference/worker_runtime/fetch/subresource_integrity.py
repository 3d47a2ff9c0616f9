"""Subresource integrity: whether bytes are those that were meant.

Subresource Integrity, 3.3:
https://w3c.github.io/webappsec-subresource-integrity/#verification-algorithms
"""

from __future__ import annotations

import hashlib
from base64 import b64encode

from ..infra.strings import ascii_lowercase, split_on_ascii_whitespace

# The stronger ones come later:
# https://w3c.github.io/webappsec-subresource-integrity/#valid-sri-hash-algorithm-token-set
ALGORITHMS = ("sha256", "sha384", "sha512")


def do_bytes_match_metadata_list(bytes: bytes, metadata_list: str) -> bool:
    """https://w3c.github.io/webappsec-subresource-integrity/#does-response-match-metadatalist"""
    parsed_metadata = parse_metadata(metadata_list)
    if not parsed_metadata:
        return True
    strongest = get_the_strongest_metadata(parsed_metadata)
    # DEVIATION: a digest in base64url, and one without padding, counts as well, as browsers have
    # it.
    digest = b64encode(hashlib.new(strongest[0][0], bytes).digest()).decode()
    return any(
        value.replace("-", "+").replace("_", "/").rstrip("=") == digest.rstrip("=")
        for _, value in strongest
    )


def parse_metadata(metadata: str) -> list[tuple[str, str]]:
    """The algorithm and the digest of each item whose algorithm is known. One without a digest
    matches nothing.

    https://w3c.github.io/webappsec-subresource-integrity/#parse-metadata
    """
    result = []
    for item in split_on_ascii_whitespace(metadata):
        algorithm, _, value = item.partition("?")[0].partition("-")
        if ascii_lowercase(algorithm) in ALGORITHMS:
            result.append((ascii_lowercase(algorithm), value))
    return result


def get_the_strongest_metadata(parsed_metadata: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """https://w3c.github.io/webappsec-subresource-integrity/#get-the-strongest-metadata"""
    strongest = max((algorithm for algorithm, _ in parsed_metadata), key=ALGORITHMS.index)
    return [item for item in parsed_metadata if item[0] == strongest]
