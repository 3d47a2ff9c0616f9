"""Cookie Store, 4.4: what it adds to the ServiceWorkerRegistration interface."""

from __future__ import annotations

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import CookieStoreManager, ServiceWorkerGlobalScope

spec = pytest.mark.spec


@spec("https://cookiestore.spec.whatwg.org/#dom-serviceworkerregistration-cookies")
async def test_a_registration_has_one_manager() -> None:
    scopes: list[ServiceWorkerGlobalScope] = []
    await site_with(scopes.append)
    cookies = scopes[0].registration.cookies
    assert isinstance(cookies, CookieStoreManager) and cookies is scopes[0].registration.cookies
