"""TLS: certificates, and what Python's ssl module makes of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ssl import SSLContext

# asyncio would count from the beginning of the end, however much the other side takes
NO_LIMIT_OF_ASYNCIO = {"ssl_shutdown_timeout": 24 * 60 * 60.0}


class ServerTLS(NamedTuple):
    """What a server needs for TLS: files in PEM format. The key may stand in the file of the
    certificate.
    """

    certificate: str
    key: str | None = None
    application_protocols: tuple[str, ...] = ()
    handshake_timeout: float = 30.0
    """Seconds for a client to do its part."""


class ClientTLS(NamedTuple):
    """What a client needs for TLS: the name that the certificate has to be for, and who vouches for
    it, if not the system.
    """

    server_name: str
    authorities: str | None = None
    application_protocols: tuple[str, ...] = ()
    verifies: bool = True
    """Whether the certificate is looked at."""


class TruncatedTLS(ConnectionAbortedError):
    """The other side has ended the connection, but not TLS: somebody else may have done it."""


def tls_context(tls: ClientTLS | ServerTLS) -> SSLContext:
    """What the ssl module makes of it. ValueError or OSError, with the file's name, if the files
    are of no use.
    """
    if isinstance(tls, ClientTLS):
        return client_context(tls.authorities, tls.application_protocols, tls.verifies)
    ssl = import_ssl()
    context: SSLContext = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(tls.certificate, tls.key)
    except OSError as error:  # which does not say what file it is about
        files = tls.certificate if tls.key is None else f"{tls.certificate} and {tls.key}"
        raise OSError(f"No certificate with its key can be read from {files}: {error}") from None
    if tls.application_protocols:
        context.set_alpn_protocols(list(tls.application_protocols))
    return context


@lru_cache(maxsize=16)  # reading the certificates of the system takes 20 ms
def client_context(
    authorities: str | None, application_protocols: tuple[str, ...], verifies: bool
) -> SSLContext:
    """A context that verifies the other side, or takes it as it is."""
    ssl = import_ssl()
    context: SSLContext = ssl.create_default_context(cafile=authorities)
    if not verifies:
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if application_protocols:
        context.set_alpn_protocols(list(application_protocols))
    return context


def has_closure_alert(tls: Any) -> bool:
    """Whether the other side has ended TLS in order, so that nothing can have been cut off.

    https://www.rfc-editor.org/rfc/rfc9112#section-9.8
    """
    try:
        return bool(tls.read(1) == b"")
    except OSError:  # it waits for more
        return False


def import_ssl() -> Any:
    """The ssl module, which not every Python has; plain connections do without."""
    try:
        import ssl
    except ImportError:
        raise OSError(
            "TLS is asked for, but this Python was built without the ssl module"
        ) from None
    return ssl
