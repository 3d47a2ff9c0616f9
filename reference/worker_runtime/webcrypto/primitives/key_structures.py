"""Keys as ASN.1 structures, read from DER and written to it.

RFC 5280, 4.1 (SubjectPublicKeyInfo): https://www.rfc-editor.org/rfc/rfc5280#section-4.1 RFC 5208
(PrivateKeyInfo), and RFC 5958 with its second version: https://www.rfc-editor.org/rfc/rfc5958 RFC
5480, 2.1.1 (ECParameters), and RFC 5915 (ECPrivateKey): https://www.rfc-editor.org/rfc/rfc5915 RFC
8410, 7 (CurvePrivateKey): https://www.rfc-editor.org/rfc/rfc8410#section-7

RSAPublicKey and RSAPrivateKey are in rsa_keys.py. Each decode() raises DERError, also for bytes
after the end of a structure.
"""

from __future__ import annotations

from typing import NamedTuple

from .der import (
    DERError,
    DERReader,
    context_specific,
    encode,
    encode_bit_string,
    encode_integer,
    encode_object_identifier,
    encode_octet_string,
    encode_sequence,
)

ATTRIBUTES = EC_PARAMETERS = context_specific(0, constructed=True)
PUBLIC_KEY = context_specific(1, constructed=False)
EC_PUBLIC_KEY = context_specific(1, constructed=True)


class AlgorithmIdentifier(NamedTuple):
    """An object identifier, and its parameters as they stand in DER, or None where there are none.

    https://www.rfc-editor.org/rfc/rfc5280#section-4.1.1.2
    """

    algorithm: str
    parameters: bytes | None

    @classmethod
    def read(cls, reader: DERReader) -> AlgorithmIdentifier:
        """The one that the reader has next."""
        sequence = reader.sequence()
        algorithm = sequence.object_identifier()
        parameters = None if sequence.at_end() else sequence.any_element()
        sequence.end()
        return cls(algorithm, parameters)

    def encode(self) -> bytes:
        return encode_sequence(encode_object_identifier(self.algorithm), self.parameters or b"")


class SubjectPublicKeyInfo(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.7"""

    algorithm: AlgorithmIdentifier
    subject_public_key: bytes

    @classmethod
    def decode(cls, data: bytes) -> SubjectPublicKeyInfo:
        sequence = DERReader.of_sequence(data)
        value = cls(AlgorithmIdentifier.read(sequence), sequence.bit_string())
        sequence.end()
        return value

    def encode(self) -> bytes:
        return encode_sequence(self.algorithm.encode(), encode_bit_string(self.subject_public_key))


class PrivateKeyInfo(NamedTuple):
    """Attributes, and the public key of the second version, may be there and are not kept; what is
    written has neither.

    https://www.rfc-editor.org/rfc/rfc5958#section-2
    """

    private_key_algorithm: AlgorithmIdentifier
    private_key: bytes

    @classmethod
    def decode(cls, data: bytes) -> PrivateKeyInfo:
        sequence = DERReader.of_sequence(data)
        version = sequence.integer()
        if version not in (0, 1):
            raise DERError(f"Unknown version of PrivateKeyInfo: {version:#x}")
        value = cls(AlgorithmIdentifier.read(sequence), sequence.octet_string())
        if sequence.next_is(ATTRIBUTES):
            sequence.any_element()
        if version == 1 and sequence.next_is(PUBLIC_KEY):
            sequence.bit_string(PUBLIC_KEY)
        sequence.end()
        return value

    def encode(self) -> bytes:
        return encode_sequence(
            encode_integer(0),
            self.private_key_algorithm.encode(),
            encode_octet_string(self.private_key),
        )


class ECParameters(NamedTuple):
    """A named curve, which is the only choice that RFC 5480 leaves.

    https://www.rfc-editor.org/rfc/rfc5480#section-2.1.1
    """

    named_curve: str

    @classmethod
    def decode(cls, data: bytes) -> ECParameters:
        reader = DERReader(data)
        value = cls(reader.object_identifier())
        reader.end()
        return value

    def encode(self) -> bytes:
        return encode_object_identifier(self.named_curve)


class ECPrivateKey(NamedTuple):
    """The private key has as many octets as the order of the curve; the public key is an encoded
    point.

    https://www.rfc-editor.org/rfc/rfc5915#section-3
    """

    private_key: bytes
    parameters: ECParameters | None
    public_key: bytes | None

    @classmethod
    def decode(cls, data: bytes) -> ECPrivateKey:
        sequence = DERReader.of_sequence(data)
        if (version := sequence.integer()) != 1:
            raise DERError(f"Unknown version of ECPrivateKey: {version:#x}")
        private_key = sequence.octet_string()
        parameters = public_key = None
        if sequence.next_is(EC_PARAMETERS):
            parameters = ECParameters.decode(sequence.element(EC_PARAMETERS))
        if sequence.next_is(EC_PUBLIC_KEY):
            explicit = DERReader(sequence.element(EC_PUBLIC_KEY))
            public_key = explicit.bit_string()
            explicit.end()
        sequence.end()
        return cls(private_key, parameters, public_key)

    def encode(self) -> bytes:
        parameters = encode(EC_PARAMETERS, self.parameters.encode()) if self.parameters else b""
        public_key = (
            encode(EC_PUBLIC_KEY, encode_bit_string(self.public_key))
            if self.public_key is not None
            else b""
        )
        return encode_sequence(
            encode_integer(1), encode_octet_string(self.private_key), parameters, public_key
        )


class CurvePrivateKey(NamedTuple):
    """https://www.rfc-editor.org/rfc/rfc8410#section-7"""

    private_key: bytes

    @classmethod
    def decode(cls, data: bytes) -> CurvePrivateKey:
        reader = DERReader(data)
        value = cls(reader.octet_string())
        reader.end()
        return value

    def encode(self) -> bytes:
        return encode_octet_string(self.private_key)
