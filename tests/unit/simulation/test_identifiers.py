from __future__ import annotations

import numpy as np
import pytest
from stdnum.cn import ric, uscc

from orchestration.simulation import identifiers


def test_unified_codes_are_valid_and_all_different():
    serial = np.arange(3000)
    codes = identifiers.uscc(serial, np.where(serial % 7 == 0, ord("2"), ord("1")), np.full(3000, 410105))
    assert codes.n_unique() == 3000
    assert all(uscc.is_valid(code) for code in codes)
    assert codes[0][:8] == "92410105" and codes[1][:8] == "91410105"


def test_a_known_code_has_its_check_character():
    body = np.frombuffer(b"91110000600037341", dtype=np.uint8)[None, :]
    assert chr(identifiers.ALPHABET[identifiers.uscc_check(body)[0]]) == uscc.calc_check_digit("91110000600037341")


def test_organisation_part_carries_its_own_check_character():
    weights = [3, 7, 9, 10, 5, 8, 4, 2]
    for code in identifiers.uscc(np.arange(200), np.full(200, ord("1")), np.full(200, 410105)):
        rest = 11 - sum(w * int(c, 36) for w, c in zip(weights, code[8:16], strict=True)) % 11
        assert code[16] == {10: "X", 11: "0"}.get(rest, str(rest))


def test_pilot_codes_fail_only_the_check():
    codes = identifiers.uscc(np.arange(50), np.full(50, ord("1")), np.full(50, 410105))
    pilots = identifiers.wrong_check(codes)
    assert all(a[:17] == b[:17] and a != b for a, b in zip(codes, pilots, strict=True))
    assert not any(uscc.is_valid(code) for code in pilots)


def test_identity_numbers_are_valid_and_one_for_each_person():
    numbers = identifiers.identity_numbers(np.arange(3000), np.array([410105, 410303, 419001]))
    assert numbers.n_unique() == 3000
    assert all(len(number) == 18 and ric.calc_check_digit(number) == number[-1] for number in numbers)
    assert {number[:6] for number in numbers} == {"410105", "410303", "419001"}
    assert all(1955 <= int(number[6:10]) <= 2002 for number in numbers)


def test_scatter_refuses_a_multiplier_that_would_repeat_numbers():
    with pytest.raises(ValueError, match="share a factor"):
        identifiers.scatter(np.arange(3), 10, multiplier=4)
