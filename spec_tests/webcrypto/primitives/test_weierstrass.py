"""P-256, P-384 and P-521: their points."""

from __future__ import annotations

import random

import pytest

from worker_runtime.webcrypto.primitives.weierstrass import (
    P_256,
    P_384,
    P_521,
    Curve,
    ECError,
    Point,
    decode_point,
    encode_point,
    is_on_curve,
    multiply,
    multiply_base_point,
)

spec = pytest.mark.spec

CURVES = pytest.mark.parametrize("curve", [P_256, P_384, P_521], ids=["P-256", "P-384", "P-521"])


def add(curve: Curve, a: Point | None, b: Point | None) -> Point | None:
    """SP 800-186, A.1.1, case by case."""
    if a is None or b is None:
        return a or b
    (x_1, y_1), (x_2, y_2) = a, b
    if x_1 == x_2 and (y_1 + y_2) % curve.p == 0:
        return None
    if a == b:
        slope = (3 * x_1 * x_1 - 3) * pow(2 * y_1, -1, curve.p)
    else:
        slope = (y_2 - y_1) * pow(x_2 - x_1, -1, curve.p)
    x = (slope * slope - x_1 - x_2) % curve.p
    return x, (slope * (x_1 - x) - y_1) % curve.p


def multiply_slowly(curve: Curve, k: int, point: Point) -> Point | None:
    result: Point | None = None
    for bit in f"{k:b}":
        result = add(curve, result, result)
        if bit == "1":
            result = add(curve, result, point)
    return result


@spec("https://doi.org/10.6028/NIST.SP.800-186#2.1.1")
class TestCurve:
    @CURVES
    def test_the_base_point_is_on_it_and_has_order_n(self, curve: Curve) -> None:
        assert is_on_curve(curve, curve.g)
        assert multiply_base_point(curve, curve.n) is None
        assert multiply(curve, curve.n, curve.g) is None

    @CURVES
    def test_n_is_near_p_as_hasse_says(self, curve: Curve) -> None:
        assert (curve.n - curve.p - 1) ** 2 <= 4 * curve.p

    def test_lengths_of_coordinates(self) -> None:
        assert [curve.octets for curve in (P_256, P_384, P_521)] == [32, 48, 66]


@spec("https://doi.org/10.6028/NIST.SP.800-186#A.1")
class TestMultiply:
    @CURVES
    def test_is_what_additions_make(self, curve: Curve) -> None:
        source = random.Random(186)
        point = multiply_slowly(curve, source.randrange(1, curve.n), curve.g)
        assert point is not None
        scalars = [
            0,
            1,
            2,
            15,
            16,
            17,
            31,
            32,
            33,
            48,
            curve.n - 1,
            curve.n - 16,
            source.randrange(curve.n),
        ]
        for k in scalars:
            assert multiply(curve, k, point) == multiply_slowly(curve, k, point)

    @pytest.mark.parametrize("k", [2, 3, 16, 17, 32, 33])
    def test_the_multiple_before_infinity_is_the_opposite_point(self, k: int) -> None:
        point = multiply(P_256, k, P_256.g)
        assert point is not None
        x, y = point
        assert multiply(P_256, P_256.n - k, P_256.g) == (x, P_256.p - y)


@spec("https://doi.org/10.6028/NIST.SP.800-186#A.1.1")
class TestMultiplyBasePoint:
    @CURVES
    def test_is_the_same_without_the_tables(self, curve: Curve) -> None:
        source = random.Random(curve.p)
        for k in [
            0,
            1,
            2,
            15,
            16,
            17,
            31,
            32,
            33,
            curve.n - 1,
            source.randrange(curve.n),
            source.randrange(curve.n),
        ]:
            assert multiply_base_point(curve, k) == multiply_slowly(curve, k, curve.g)

    @pytest.mark.parametrize("k", [0, 1, 2, 5])
    def test_another_point_is_added(self, k: int) -> None:
        minus_two = multiply(P_256, P_256.n - 2, P_256.g)
        assert multiply_base_point(P_256, k, plus=P_256.g) == multiply_slowly(P_256, k + 1, P_256.g)
        assert multiply_base_point(P_256, k, plus=minus_two) == multiply_slowly(
            P_256, (k - 2) % P_256.n, P_256.g
        )

    def test_a_published_multiple(self) -> None:
        # http://point-at-infinity.org/ecc/nisttv, by NIST's routines
        assert multiply_base_point(P_256, 112233445566778899) == (
            0x339150844EC15234807FE862A86BE77977DBFB3AE3D96F4C22795513AEAAB82F,
            0xB1C14DDFDC8EC1B2583F51E85A5EB3A155840F2034730E9B5ADA38B674336A21,
        )


@spec("https://doi.org/10.6028/NIST.SP.800-186#D.1.1.1")
class TestIsOnCurve:
    @CURVES
    def test_a_point_beside_it_is_not(self, curve: Curve) -> None:
        x, y = curve.g
        assert is_on_curve(curve, (x, curve.p - y))
        for point in [(x, y + 1), (x + 1, y), (y, x), (0, 0), (1, 1)]:
            assert not is_on_curve(curve, point)

    @CURVES
    def test_coordinates_have_to_be_reduced(self, curve: Curve) -> None:
        x, y = curve.g
        for point in [(x + curve.p, y), (x, y + curve.p), (x - curve.p, y), (x, -y)]:
            assert not is_on_curve(curve, point)


@spec("https://www.secg.org/sec1-v2.pdf#2.3.3")
class TestEncodePoint:
    @CURVES
    def test_is_uncompressed_with_leading_zeros(self, curve: Curve) -> None:
        octets = encode_point(curve, (1, 2))
        assert (
            octets
            == b"\x04" + bytes(curve.octets - 1) + b"\x01" + bytes(curve.octets - 1) + b"\x02"
        )


@spec("https://www.secg.org/sec1-v2.pdf#2.3.4")
class TestDecodePoint:
    @CURVES
    def test_uncompressed(self, curve: Curve) -> None:
        assert decode_point(curve, encode_point(curve, curve.g)) == curve.g

    @CURVES
    def test_compressed(self, curve: Curve) -> None:
        for k in range(1, 6):
            point = multiply_base_point(curve, k)
            assert point is not None
            x, y = point
            assert decode_point(curve, bytes([2 | y & 1]) + x.to_bytes(curve.octets)) == (x, y)
            assert decode_point(curve, bytes([2 | ~y & 1]) + x.to_bytes(curve.octets)) == (
                x,
                curve.p - y,
            )

    @spec("https://doi.org/10.6028/NIST.SP.800-186#D.1.1")
    @CURVES
    def test_the_point_at_infinity_is_refused(self, curve: Curve) -> None:
        for octets in [b"\0", bytes(1 + curve.octets), bytes(1 + 2 * curve.octets)]:
            with pytest.raises(ECError, match="Not the encoding of a public key"):
                decode_point(curve, octets)

    @CURVES
    def test_a_point_beside_the_curve_is_refused(self, curve: Curve) -> None:
        x, y = curve.g
        for point in [(x, y ^ 1), (0, 0), (curve.p - 1, curve.p - 1)]:
            with pytest.raises(ECError, match="No point of the curve"):
                decode_point(curve, encode_point(curve, point))

    @CURVES
    def test_an_x_that_is_not_on_the_curve_is_refused(self, curve: Curve) -> None:
        roots = 0
        for x in range(20):
            for form in (b"\x02", b"\x03"):
                try:
                    assert is_on_curve(curve, decode_point(curve, form + x.to_bytes(curve.octets)))
                    roots += 1
                except ECError:
                    pass
        assert 0 < roots < 40

    def test_coordinates_above_p_are_refused(self) -> None:
        x, y = next(
            (x, y)
            for x in range(100)
            for y in [pow(x**3 - 3 * x + P_256.b, (P_256.p + 1) // 4, P_256.p)]
            if is_on_curve(P_256, (x, y))
        )
        for octets in [
            b"\x04" + (x + P_256.p).to_bytes(32) + y.to_bytes(32),
            bytes([2 | y & 1]) + (x + P_256.p).to_bytes(32),
        ]:
            with pytest.raises(ECError):
                decode_point(P_256, octets)

    @CURVES
    def test_other_forms_and_lengths_are_refused(self, curve: Curve) -> None:
        octets = encode_point(curve, curve.g)
        hybrid = bytes([6 | curve.g[1] & 1]) + octets[1:]
        others = [
            b"",
            b"\x04",
            octets[:-1],
            octets + b"\0",
            octets[1:],
            hybrid,
            b"\x05" + octets[1:],
            b"\x02" + octets[1:],
        ]
        for other in others:
            with pytest.raises(ECError):
                decode_point(curve, other)
