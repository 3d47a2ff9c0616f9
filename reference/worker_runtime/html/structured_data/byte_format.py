"""The byte format of structured data: the tags of it, and our own objects.

SPEC_NOTES.md#byte-format-of-structured-data

It is that of V8's ValueSerializer, version 15, so that what another runtime has stored can be read
here, and the other way round. What V8 has no tag for is a host object.
"""

from __future__ import annotations

from ...webidl.exceptions import RangeError

HEADER = b"\xff\x0f"  # a tag and the version
VERSIONS = (14, 15)  # that can be read

PADDING = 0x00
HOLE = ord("-")
UNDEFINED = ord("_")
NULL = ord("0")
TRUE = ord("T")
FALSE = ord("F")
INT32 = ord("I")
UINT32 = ord("U")
DOUBLE = ord("N")
BIGINT = ord("Z")
UTF_8_STRING = ord("S")
ONE_BYTE_STRING = ord('"')
TWO_BYTE_STRING = ord("c")
OBJECT_REFERENCE = ord("^")
BEGIN_OBJECT = ord("o")
END_OBJECT = ord("{")
BEGIN_SPARSE_ARRAY = ord("a")
END_SPARSE_ARRAY = ord("@")
BEGIN_DENSE_ARRAY = ord("A")
END_DENSE_ARRAY = ord("$")
DATE = ord("D")
BEGIN_MAP = ord(";")
END_MAP = ord(":")
BEGIN_SET = ord("'")
END_SET = ord(",")
ARRAY_BUFFER = ord("B")
ARRAY_BUFFER_VIEW = ord("V")
ERROR = ord("r")
ERROR_MESSAGE = ord("m")
ERROR_CAUSE = ord("c")
ERROR_STACK = ord("s")
ERROR_END = ord(".")
HOST_OBJECT = ord("\\")

# of a host object: this, its name and a value. A change of what that value is takes a new number.
HOST_OBJECT_VERSION = 1

# A view of an ArrayBuffer by the format of its memoryview. A Uint8Array is bytes; a memoryview of
# format "B" is a host object.
VIEW_TAG_OF_FORMAT = {
    "b": b"b", "h": b"w", "H": b"W", "i": b"d", "I": b"D", "e": b"h", "f": b"f", "d": b"F",
    "q": b"q", "Q": b"Q", "@B": b"?",
}  # fmt: skip
FORMAT_OF_VIEW_TAG = {tag[0]: format for format, tag in VIEW_TAG_OF_FORMAT.items()} | {
    ord("B"): "B",
    ord("C"): "B",
}

# EvalError and URIError have nothing in Python that they could be.
ERROR_TAG_OF_CLASS: dict[type[BaseException], bytes] = {
    Exception: b"",
    RangeError: b"R",
    NameError: b"F",
    SyntaxError: b"S",
    TypeError: b"T",
}
CLASS_OF_ERROR_TAG: dict[int, type[BaseException]] = {
    ord("E"): Exception,
    ord("F"): NameError,
    ord("R"): RangeError,
    ord("S"): SyntaxError,
    ord("T"): TypeError,
    ord("U"): Exception,
}

# V8 writes an integral number as a double beyond the first, and a double stays exact up to the
# second. A float of Python that looks like one of those is a host object.
SMALLEST_INTEGRAL_DOUBLE = 2**30
GREATEST_INTEGRAL_DOUBLE = 2**53
