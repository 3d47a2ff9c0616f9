"""DER: the one way to write an ASN.1 value as bytes, and a reader that takes no other.

ITU-T X.690 (02/2021): https://www.itu.int/rec/T-REC-X.690

Only the types that keys are made of. DERError is raised for whatever is not exactly the encoding of
a value: indefinite lengths and longer ones than needed, tags and bytes that were not asked for, and
integers below zero, which no key has.
"""

from __future__ import annotations

INTEGER = 0x02
BIT_STRING = 0x03
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30

MOST_OCTETS_OF_A_SUBIDENTIFIER = 19  # 128 bits, the widest in use: the UUIDs below 2.25


class DERError(ValueError):
    """The bytes are not the DER encoding of what was asked for.

    https://www.itu.int/rec/T-REC-X.690#10
    """


def context_specific(number: int, constructed: bool) -> int:
    """The tag [number] of the context-specific class.

    https://www.itu.int/rec/T-REC-X.690#8.1.2
    """
    return 0x80 | 0x20 * constructed | number


def encode(tag: int, *contents: bytes) -> bytes:
    """Tag, length and contents.

    https://www.itu.int/rec/T-REC-X.690#8.1.1
    """
    joined = b"".join(contents)
    return bytes([tag]) + encode_length(len(joined)) + joined


def encode_length(length: int) -> bytes:
    """https://www.itu.int/rec/T-REC-X.690#10.1"""
    if length < 0x80:
        return bytes([length])
    octets = length.to_bytes((length.bit_length() + 7) // 8)
    return bytes([0x80 | len(octets)]) + octets


def encode_integer(value: int) -> bytes:
    """An integer that is not negative.

    https://www.itu.int/rec/T-REC-X.690#8.3
    """
    return encode(INTEGER, value.to_bytes(value.bit_length() // 8 + 1))


def encode_bit_string(value: bytes) -> bytes:
    """A bit string of whole octets.

    https://www.itu.int/rec/T-REC-X.690#8.6
    """
    return encode(BIT_STRING, b"\0", value)


def encode_octet_string(value: bytes) -> bytes:
    """https://www.itu.int/rec/T-REC-X.690#8.7"""
    return encode(OCTET_STRING, value)


def encode_null() -> bytes:
    """https://www.itu.int/rec/T-REC-X.690#8.8"""
    return encode(NULL)


def encode_sequence(*elements: bytes) -> bytes:
    """https://www.itu.int/rec/T-REC-X.690#8.9"""
    return encode(SEQUENCE, *elements)


def encode_object_identifier(value: str) -> bytes:
    """An object identifier written with dots, as "1.2.840.113549".

    https://www.itu.int/rec/T-REC-X.690#8.19
    """
    first, second, *others = map(int, value.split("."))
    return encode(OBJECT_IDENTIFIER, *map(_encode_subidentifier, [first * 40 + second, *others]))


def _encode_subidentifier(value: int) -> bytes:
    """8.19.2: groups of seven bits, of which all but the last have bit 8 set."""
    octets = [value & 0x7F]
    while value := value >> 7:
        octets.append(value & 0x7F | 0x80)
    return bytes(reversed(octets))


class DERReader:
    """Reads the elements of an encoding in their order; each method takes the next one and raises
    DERError if it is another.

    https://www.itu.int/rec/T-REC-X.690#8
    """

    __slots__ = ("_data", "_position")

    def __init__(self, data: bytes) -> None:
        self._data = bytes(data)
        self._position = 0

    @classmethod
    def of_sequence(cls, data: bytes) -> DERReader:
        """A reader of the elements of the sequence that is all of the data."""
        reader = cls(data)
        sequence = reader.sequence()
        reader.end()
        return sequence

    def at_end(self) -> bool:
        """Whether all elements have been read."""
        return self._position == len(self._data)

    def next_is(self, tag: int) -> bool:
        """Whether an element with that tag follows."""
        return not self.at_end() and self._data[self._position] == tag

    def end(self) -> None:
        """Nothing may be left."""
        if not self.at_end():
            raise DERError(f"{len(self._data) - self._position} bytes after the end of a structure")

    def element(self, tag: int) -> bytes:
        """The contents of an element with that tag."""
        if not self.next_is(tag):
            found = "the end" if self.at_end() else f"{self._data[self._position]:02x}"
            raise DERError(f"Expected the tag {tag:02x}, found {found}")
        start, end = self._contents()
        self._position = end
        return self._data[start:end]

    def any_element(self) -> bytes:
        """The next element as it stands: tag, length and contents. The tag has one octet."""
        if self.at_end() or self._data[self._position] & 0x1F == 0x1F:
            raise DERError("Expected an element with a tag of one octet")
        before, (_, self._position) = self._position, self._contents()
        return self._data[before : self._position]

    def _contents(self) -> tuple[int, int]:
        """Where the contents of the next element start and end (8.1.3); the length is definite and
        shortest (10.1).
        """
        position = self._position + 1
        initial = self._data[position] if position < len(self._data) else 0xFF
        start = position + 1 + (initial & 0x7F if initial & 0x80 else 0)
        length = int.from_bytes(self._data[position + 1 : start]) if initial & 0x80 else initial
        if self._data[position:start] != encode_length(length):
            raise DERError(
                f"The length {self._data[position:start][:16].hex()} is not in the shortest "
                f"definite form"
            )
        if start + length > len(self._data):
            raise DERError(f"An element of {length} bytes ends after {len(self._data) - start}")
        return start, start + length

    def integer(self) -> int:
        """An integer that is not negative (8.3)."""
        contents = self.element(INTEGER)
        value = int.from_bytes(contents, signed=True)
        if value < 0:
            raise DERError(f"A negative integer: {contents[:16].hex()}")
        if len(contents) != value.bit_length() // 8 + 1:
            raise DERError(f"An integer that is not in its shortest form: {contents[:16].hex()}")
        return value

    def bit_string(self, tag: int = BIT_STRING) -> bytes:
        """A bit string of whole octets (8.6)."""
        contents = self.element(tag)
        if contents[:1] != b"\0":
            raise DERError("A bit string that is not of whole octets")
        return contents[1:]

    def octet_string(self) -> bytes:
        """An octet string (8.7)."""
        return self.element(OCTET_STRING)

    def sequence(self) -> DERReader:
        """A reader of the elements of a sequence (8.9)."""
        return DERReader(self.element(SEQUENCE))

    def object_identifier(self) -> str:
        """An object identifier, written with dots (8.19)."""
        contents = self.element(OBJECT_IDENTIFIER)
        subidentifiers: list[int] = []
        value = octets = 0
        for octet in contents:
            value, octets = value << 7 | octet & 0x7F, octets + 1
            if octets > MOST_OCTETS_OF_A_SUBIDENTIFIER or value == 0 and octet & 0x80:
                raise DERError(f"No object identifier: {contents[:32].hex()}")
            if not octet & 0x80:
                subidentifiers.append(value)
                value = octets = 0
        if octets or not subidentifiers:
            raise DERError(f"No object identifier: {contents[:32].hex()}")
        first = min(subidentifiers[0] // 40, 2)
        return ".".join(map(str, [first, subidentifiers[0] - 40 * first, *subidentifiers[1:]]))
