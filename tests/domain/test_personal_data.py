"""Telephone numbers, plates and the like in people's words: found in every usual form, masked."""

import pytest

from domain.personal_data import holds_personal, mask_personal, without_masks


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("call Ravi on +91 98765 43210 now", "call Ravi on [phone] now"),
        ("9876543210", "[phone]"),
        ("98-76-54-32-10", "[phone]"),
        ("call 98 76 54 32 10", "call [phone]"),
        ("mobile no. 9 8 7 6 5 4 3 2 1 0", "mobile no. [phone]"),
        ("+९१ ९८७६५ ४३२१० पर फोन करें", "[phone] पर फोन करें"),
        ("\uff19\uff18\uff17\uff16\uff15\uff14\uff13\uff12\uff11\uff10", "[phone]"),
        ("(022) 2345 6789 or +49 30 1234 5678", "[phone] or [phone]"),
        ("r.k@ex-ample.co.in, ravi@okaxis", "[e-mail], [UPI]"),
        ("MH12AB1234, mh 12 ab 1234, DL 3C AB 1234", "[plate], [plate], [plate]"),
        ("KA 05 KM 1234; KA05MJ7788; 22 BH 1234 AA", "[plate]; [plate]; [plate]"),
        ("VIN MA3EWDE1S00123456", "VIN [VIN]"),
        ("2341 2341 2346", "[Aadhaar]"),
        ("ABCPE1234F of 27AAPFU0939F1ZV", "[PAN] of [GSTIN]"),
    ],
)
def test_what_tells_who_somebody_is_goes(text: str, kept: str) -> None:
    assert mask_personal(text) == kept
    assert holds_personal(text)


@pytest.mark.parametrize(
    "text",
    [
        "P0A80, E401, U0100 00, SYM_BATT_001",
        "52.1 V at 12000 km, 48,213 km, 2022",
        "odometer 482130, cycles 1203",
        "cells 3312 3298 3305 3310 mV and 3.312 3.298 3.305",
        "temperatures 72 68 65 70 71",
        "or 12 V 4800 rpm, up 80 km 2000 rpm, as 12 of 2024",
        "part BW-BMS-0012, 36110-2B100, HSN 85076000",
        "2341 2341 2345",
        "26 Nov 2026 10:35, 2026-11-26T10:35:00Z",
    ],
)
def test_readings_and_codes_stay(text: str) -> None:
    assert mask_personal(text) == text


def test_masks_tell_nothing_of_a_failure() -> None:
    assert without_masks("call [phone]: horn dead") == "call : horn dead"


def test_masking_twice_changes_nothing() -> None:
    once = mask_personal("Ravi 98765 43210, MH12AB1234, r@ex.in")
    assert mask_personal(once) == once
