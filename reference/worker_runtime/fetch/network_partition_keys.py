"""Network partition keys: what keeps apart those who must not learn of each other through what they
share.

Fetch Standard, 2.7: https://fetch.spec.whatwg.org/#network-partition-keys
"""

from __future__ import annotations

from typing import TypeAlias

from ..html.origins import Site, obtain_a_site
from ..html.settings_objects import EnvironmentSettingsObject
from .requests import RequestRecord

# https://fetch.spec.whatwg.org/#network-partition-key
NetworkPartitionKey: TypeAlias = tuple[Site, None]


def determine_the_network_partition_key(
    environment: EnvironmentSettingsObject,
) -> NetworkPartitionKey:
    """A worker on a server has nobody above it, so its own origin is the top-level one.

    https://fetch.spec.whatwg.org/#determine-the-network-partition-key
    """
    return obtain_a_site(environment.origin), None


def determine_the_network_partition_key_of_a_request(
    request: RequestRecord,
) -> NetworkPartitionKey | None:
    """https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key"""
    client = request.reserved_client or request.client
    return None if client is None else determine_the_network_partition_key(client)
