"""Mixed content: what a page that came over TLS must not fetch without it.

Mixed Content, 4: https://w3c.github.io/webappsec-mixed-content/#algorithms
Secure Contexts, 3: https://w3c.github.io/webappsec-secure-contexts/#algorithms
"""

from __future__ import annotations

from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..url.host_serializing import host_serializer
from ..url.origins import OpaqueOrigin, Origin
from ..url.url_representation import URLRecord
from ..url.url_serializing import origin, url_path_serializer
from .http_extensions import Verdict
from .requests import RequestRecord
from .responses import ResponseRecord


def should_fetching_request_be_blocked_as_mixed_content(request: RequestRecord) -> Verdict:
    """https://w3c.github.io/webappsec-mixed-content/#should-block-fetch"""
    # DEVIATION: in the profile "server" nothing is blocked: there is no page whose user could be
    # misled.
    if current_settings_object().host.profile == "server" or not prohibits_mixed_security_contexts(
        request.client or current_settings_object()
    ):
        return "allowed"
    return "allowed" if is_url_potentially_trustworthy(request.current_url) else "blocked"


def should_response_to_request_be_blocked_as_mixed_content(
    response: ResponseRecord, request: RequestRecord
) -> Verdict:
    """https://w3c.github.io/webappsec-mixed-content/#should-block-response"""
    # DEVIATION: in the profile "server" nothing is blocked.
    if current_settings_object().host.profile == "server" or not prohibits_mixed_security_contexts(
        request.client or current_settings_object()
    ):
        return "allowed"
    assert response.url is not None
    return "allowed" if is_url_potentially_trustworthy(response.url) else "blocked"


def prohibits_mixed_security_contexts(settings: EnvironmentSettingsObject) -> bool:
    """Whether what a scope fetches has to come as safely as the scope itself.

    https://w3c.github.io/webappsec-mixed-content/#categorize-settings-object
    """
    return is_origin_potentially_trustworthy(settings.origin)


def is_origin_potentially_trustworthy(origin: Origin) -> bool:
    """https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy"""
    if isinstance(origin, OpaqueOrigin):
        return False
    if origin.scheme in ("https", "wss", "file"):
        return True
    host = host_serializer(origin.host)
    return (
        host == "[::1]"
        or host in ("localhost", "localhost.")
        or host.endswith((".localhost", ".localhost."))
        or is_ipv4_loopback(host)
    )


def is_ipv4_loopback(host: str) -> bool:
    """Part of https://w3c.github.io/webappsec-secure-contexts/#is-origin-trustworthy"""
    return host.startswith("127.") and host.replace(".", "").isdecimal()


def is_url_potentially_trustworthy(url: URLRecord) -> bool:
    """https://w3c.github.io/webappsec-secure-contexts/#is-url-trustworthy"""
    if url.scheme == "about" and url_path_serializer(url) in ("blank", "srcdoc"):
        return True
    return url.scheme == "data" or is_origin_potentially_trustworthy(origin(url))
