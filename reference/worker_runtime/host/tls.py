"""TLS: certificates, and what Python's ssl module makes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from ssl import SSLContext

# https://www.rfc-editor.org/rfc/rfc4514#section-3
SHORT_TYPES = {
    "commonName": "CN", "countryName": "C", "localityName": "L", "organizationName": "O",
    "organizationalUnitName": "OU", "stateOrProvinceName": "ST",
}  # fmt: skip
SPECIAL_CHARACTERS = r'[\x00-\x1f"+,;<=>\\\x7f]'
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
    client_authorities: str | None = None
    """A file of those who vouch for clients, each of which has to show a certificate then."""


class ClientTLS(NamedTuple):
    """What a client needs for TLS: the name that the certificate has to be for, and who vouches for
    it, if not the system.
    """

    server_name: str
    authorities: str | None = None
    application_protocols: tuple[str, ...] = ()
    verifies: bool = True
    """Whether the certificate is looked at."""


class PeerCertificate(NamedTuple):
    """The certificate that the other end has shown, after somebody has vouched for it."""

    subject: str
    """As "CN=a, O=b"."""
    issuer: str
    serial_number: str
    """In hexadecimal digits."""
    expires: float
    """In seconds since 1970."""
    fingerprint: str
    """The SHA-256 of its DER, in hexadecimal digits."""


class TLSFacts(NamedTuple):
    """What the two ends of a connection have agreed on."""

    version: str
    """As "TLSv1.3"."""
    cipher: str
    """The cipher suite, as OpenSSL calls it."""
    certificate: PeerCertificate | None
    """The other end's, if it was asked for one."""


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
    if tls.client_authorities is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        try:
            context.load_verify_locations(tls.client_authorities)
        except OSError as error:
            file = tls.client_authorities
            raise OSError(f"No certificates can be read from {file}: {error}") from None
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


def facts_of(tls: Any) -> TLSFacts:
    """What there is to say of a connection, of which this is the ssl module's object."""
    der = tls.getpeercert(binary_form=True)
    certificate = tls.getpeercert() if der else None
    return TLSFacts(
        tls.version() or "",
        (tls.cipher() or ("",))[0],
        certificate_of(der, certificate) if certificate else None,
    )


def certificate_of(der: bytes, fields: dict[str, Any]) -> PeerCertificate:
    """A certificate in DER, and what the ssl module has found in it."""
    from hashlib import sha256

    return PeerCertificate(
        text_of_name(fields.get("subject", ())),
        text_of_name(fields.get("issuer", ())),
        fields.get("serialNumber", "").lower(),
        import_ssl().cert_time_to_seconds(fields["notAfter"]),
        sha256(der).hexdigest(),
    )


def text_of_name(name: Iterable[Iterable[tuple[str, str]]]) -> str:
    """A distinguished name in one line.

    Part of https://www.rfc-editor.org/rfc/rfc4514#section-2
    """
    return ", ".join(
        f"{SHORT_TYPES.get(type, type)}={re.sub(SPECIAL_CHARACTERS, hex_pair, value)}"
        for parts in name
        for type, value in parts
    )


def hex_pair(character: re.Match[str]) -> str:
    """Part of https://www.rfc-editor.org/rfc/rfc4514#section-2.4"""
    return f"\\{ord(character[0]):02X}"


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
