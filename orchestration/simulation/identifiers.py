"""Valid-looking identifiers for invented subjects: unified social credit codes and identity numbers, as whole columns.

Belongs here: the arithmetic of GB 32100-2015, GB 11714 (organisation part) and GB 11643 (identity numbers).
Does not belong here: who gets which identifier (``world``), checking of delivered ones (``feeds``).

Numbers come from a serial by a bijection, so that no two subjects share one and no set of used numbers is needed.
"""

from __future__ import annotations

import numpy as np
import polars as pl

ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKLMNPQRTUWXY", dtype=np.uint8)
"""The 31 characters of GB 32100-2015; I, O, S, V and Z are not used."""
USCC_WEIGHTS = np.array([pow(3, k, 31) for k in range(17)], dtype=np.int64)
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
IDENTITY_WEIGHTS = np.array([pow(2, 17 - k, 11) for k in range(17)], dtype=np.int64)
IDENTITY_CHECKS = np.frombuffer(b"10X98765432", dtype=np.uint8)
FIRST_BIRTHDAY = np.datetime64("1955-01-01", "D")
BIRTHDAYS = 17_500
"""Days on which invented persons may be born: 1955 to 2002."""

_POSITION = np.zeros(128, dtype=np.int64)
_POSITION[ALPHABET] = np.arange(31)
_VALUE36 = np.zeros(128, dtype=np.int64)
_VALUE36[np.frombuffer(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", dtype=np.uint8)] = np.arange(36)


def strings(matrix: np.ndarray) -> pl.Series:
    """One string per row of a matrix of ASCII codes."""
    width = matrix.shape[1]
    flat = np.ascontiguousarray(matrix, dtype=np.uint8).view(f"S{width}").ravel()
    return pl.Series(flat).cast(pl.String)


def digits(numbers: np.ndarray, width: int) -> np.ndarray:
    """Decimal digits of ``numbers`` as ASCII codes, ``width`` columns, leading zeros kept."""
    powers = 10 ** np.arange(width - 1, -1, -1, dtype=np.int64)
    return ((numbers[:, None] // powers) % 10 + 48).astype(np.uint8)


def scatter(serial: np.ndarray, modulus: int, multiplier: int = 387_420_489, shift: int = 11) -> np.ndarray:
    """A bijection of 0..modulus-1, so that neighbours do not look alike; ``multiplier`` must be coprime to modulus."""
    if np.gcd(multiplier, modulus) != 1:
        raise ValueError(f"multiplier {multiplier} and modulus {modulus} share a factor; choose another multiplier.")
    return (serial.astype(np.int64) * (multiplier % modulus) + shift) % modulus


def uscc(serial: np.ndarray, kind: np.ndarray, district: np.ndarray) -> pl.Series:
    """Unified social credit codes whose two check digits are right.

    Args:
        serial: a different number for each subject, below 31**6.
        kind: ASCII code of the second character: 1 enterprise, 2 individual business, 3 cooperative.
        district: six-digit district of the registration authority, as numbers.
    """
    matrix = np.empty((len(serial), 18), dtype=np.uint8)
    matrix[:, 0] = ord("9")
    matrix[:, 1] = kind
    matrix[:, 2:8] = digits(district, 6)
    matrix[:, 8:10] = np.frombuffer(b"MA", dtype=np.uint8)
    number = scatter(serial, 31**6)
    for place in range(15, 9, -1):
        matrix[:, place] = ALPHABET[number % 31]
        number //= 31
    rest = 11 - (_VALUE36[matrix[:, 8:16]] @ ORGANISATION_WEIGHTS) % 11
    matrix[:, 16] = np.select([rest == 10, rest == 11], [ord("X"), ord("0")], rest + 48)
    matrix[:, 17] = ALPHABET[uscc_check(matrix[:, :17])]
    return strings(matrix)


def uscc_check(body: np.ndarray) -> np.ndarray:
    """Position in the alphabet of the check character of each row of 17 ASCII codes."""
    return (31 - (_POSITION[body] @ USCC_WEIGHTS) % 31) % 31


def wrong_check(codes: pl.Series) -> pl.Series:
    """The same codes with a last character that fails the check: early pilot codes look like this and are legal."""
    matrix = np.array(codes.to_list(), dtype="S18").view(np.uint8).reshape(-1, 18).copy()
    matrix[:, 17] = ALPHABET[(uscc_check(matrix[:, :17]) + 7) % 31]
    return strings(matrix)


def identity_numbers(person: np.ndarray, districts: np.ndarray) -> pl.Series:
    """18-digit identity numbers with a right check digit, one for each number of a person (below 3e9)."""
    number = scatter(person, len(districts) * BIRTHDAYS * 1000, multiplier=1_000_000_007)
    matrix = np.empty((len(person), 18), dtype=np.uint8)
    matrix[:, :6] = digits(districts[number // (BIRTHDAYS * 1000)], 6)
    born = FIRST_BIRTHDAY + (number // 1000) % BIRTHDAYS
    month = born.astype("M8[M]")
    year = month.astype("M8[Y]")
    eight = (
        (year.astype(np.int64) + 1970) * 10_000
        + ((month - year).astype(np.int64) + 1) * 100
        + (born - month).astype(np.int64)
        + 1
    )
    matrix[:, 6:14] = digits(eight, 8)
    matrix[:, 14:17] = digits(number % 1000, 3)
    matrix[:, 17] = IDENTITY_CHECKS[((matrix[:, :17].astype(np.int64) - 48) @ IDENTITY_WEIGHTS) % 11]
    return strings(matrix)
