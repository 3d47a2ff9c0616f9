"""Network partition keys: a client's site."""

from __future__ import annotations

import pytest

from worker_runtime.fetch.network_partition_keys import (
    determine_the_network_partition_key,
    determine_the_network_partition_key_of_a_request,
)
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.url.origins import TupleOrigin

spec = pytest.mark.spec

CLIENT = EnvironmentSettingsObject(origin=TupleOrigin("https", "a.example", 8443))


@spec("https://fetch.spec.whatwg.org/#determine-the-network-partition-key")
class TestDetermineTheNetworkPartitionKey:
    def test_is_the_site_of_the_client(self) -> None:
        assert determine_the_network_partition_key(CLIENT) == (("https", "a.example"), None)

    def test_no_two_opaque_origins_share_one(self) -> None:
        one, other = EnvironmentSettingsObject(), EnvironmentSettingsObject()
        assert determine_the_network_partition_key(one) == determine_the_network_partition_key(one)
        assert determine_the_network_partition_key(one) != determine_the_network_partition_key(
            other
        )


@spec("https://fetch.spec.whatwg.org/#request-determine-the-network-partition-key")
class TestDetermineTheNetworkPartitionKeyOfARequest:
    def test_is_that_of_its_client(self) -> None:
        request = RequestRecord("http://b.example/")
        assert determine_the_network_partition_key_of_a_request(request) is None
        request.client = EnvironmentSettingsObject()
        request.reserved_client = CLIENT
        assert determine_the_network_partition_key_of_a_request(
            request
        ) == determine_the_network_partition_key(CLIENT)
        request.reserved_client, request.client = None, CLIENT
        assert determine_the_network_partition_key_of_a_request(
            request
        ) == determine_the_network_partition_key(CLIENT)
