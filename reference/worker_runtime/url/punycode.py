"""Punycode: a label of any code points, written in lowercase letters, digits and hyphens.

RFC 3492: https://www.rfc-editor.org/rfc/rfc3492

The standard library's codec takes labels that the RFC refuses, and its time grows with the square
of their length.
"""

from __future__ import annotations

from .writing import URLFailure

# https://www.rfc-editor.org/rfc/rfc3492#section-5
BASE = 36
T_MIN = 1
T_MAX = 26
SKEW = 38
DAMP = 700
INITIAL_BIAS = 72
INITIAL_N = 0x80
DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Places:
    """A row of places, all free at first; both its operations take one, in steps that grow with the
    logarithm of their number.

    It is a binary indexed tree: the entry at i counts the free places among the i & -i ones up to
    the i-th.

    https://www.rfc-editor.org/rfc/rfc3492#section-3.2
    """

    __slots__ = ("_tree",)

    def __init__(self, number: int) -> None:
        self._tree = [i & -i for i in range(number + 1)]

    def take_free(self, index: int) -> int:
        """Take the free place that has that many free ones before it, and return it."""
        tree = self._tree
        place = 0
        step = 1 << len(tree).bit_length() - 1
        while step:
            entry = place + step
            if entry < len(tree):
                if tree[entry] <= index:
                    index -= tree[entry]
                    place = entry
                else:
                    tree[entry] -= 1
            step >>= 1
        return place

    def take(self, place: int) -> int:
        """Take a place, and return how many free ones are before it."""
        tree = self._tree
        index = 0
        entry = place
        while entry:
            index += tree[entry]
            entry &= entry - 1
        entry = place + 1
        while entry < len(tree):
            tree[entry] -= 1
            entry += entry & -entry
        return index


def adapt(delta: int, numpoints: int, firsttime: bool) -> int:
    """https://www.rfc-editor.org/rfc/rfc3492#section-6.1"""
    delta //= DAMP if firsttime else 2
    delta += delta // numpoints
    k = 0
    while delta > (BASE - T_MIN) * T_MAX // 2:
        delta //= BASE - T_MIN
        k += BASE
    return k + (BASE - T_MIN + 1) * delta // (delta + SKEW)


def decode(input: str) -> str:
    """The code points that stand behind an ASCII string; URLFailure if the string is not punycode.

    https://www.rfc-editor.org/rfc/rfc3492#section-6.2
    """
    basic, _, extended = input.rpartition("-")
    if not basic:
        extended = input  # a delimiter with nothing before it is not consumed
    n, i, bias = INITIAL_N, 0, INITIAL_BIAS
    length = len(basic)
    insertions: list[tuple[int, str]] = []
    digits = iter(extended)
    for digit in digits:
        old_i, w, k = i, 1, BASE
        length += 1
        while True:
            value = DIGITS.find(digit)
            i += value * w
            # overflow is failure at once, or i would grow with every digit
            if value < 0 or n + i // length > 0x10FFFF:
                raise URLFailure("domain-to-ASCII")
            t = min(max(k - bias, T_MIN), T_MAX)
            if value < t:
                break
            w *= BASE - t
            k += BASE
            digit = next(digits, "?")
        bias = adapt(i - old_i, length, old_i == 0)
        n += i // length
        i %= length
        insertions.append((i, chr(n)))
        i += 1
    # OPTIMIZATION: an insertion into a string moves all that stands behind. So they are undone:
    # from the last to the first each is at the i-th of the places that are left, and those that are
    # left in the end have the basic code points.
    output = [""] * length
    places = Places(length)
    for i, code_point in reversed(insertions):
        output[places.take_free(i)] = code_point
    rest = iter(basic)
    return "".join(code_point or next(rest) for code_point in output)


def encode(input: str) -> str:
    """https://www.rfc-editor.org/rfc/rfc3492#section-6.3"""
    basic = "".join(code_point for code_point in input if code_point.isascii())
    # OPTIMIZATION: for each code point the RFC walks through the input. Here the decoder's
    # insertions are undone as above, which tells the i of each, and hence each delta.
    insertions = sorted(
        (ord(code_point), place)
        for place, code_point in enumerate(input)
        if not code_point.isascii()
    )
    places = Places(len(input))
    indexes = [places.take(place) for _, place in reversed(insertions)]
    output = [basic + "-"] if basic else []
    n, old_i, bias = INITIAL_N, 0, INITIAL_BIAS
    for h, (m, _) in enumerate(insertions, len(basic)):
        i = indexes.pop()
        q = delta = (m - n) * (h + 1) + i - old_i
        k = BASE
        while q >= (t := min(max(k - bias, T_MIN), T_MAX)):
            q, digit = divmod(q - t, BASE - t)
            output.append(DIGITS[t + digit])
            k += BASE
        output.append(DIGITS[q])
        bias = adapt(delta, h + 1, h == len(basic))
        n, old_i = m, i + 1
    return "".join(output)
