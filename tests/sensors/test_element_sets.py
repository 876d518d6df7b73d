"""Two-line element sets: whole ones pass, cut, mixed and miscopied ones do not."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.errors import OrbitError
from tocsin.sensors.element_sets import check_lines, checksum, satrec

laws = settings(max_examples=50, deadline=None)
LINE1 = "1 41032U 15066A   24186.74676296 -.00000404  00000-0  00000-0 0  9995"
LINE2 = "2 41032  63.0470  83.1993 7063395 271.7647  15.7973  2.00995663 63171"
OTHER2 = "2 41911   0.1636 267.4531 0001427 179.6810 336.6501  1.00271601 27593"


def signed(line: str) -> str:
    """Give a line its right check digit, so that only its content can be refused."""
    return line[:68] + str(checksum(line))


def with_text(line: str, column: int, text: str) -> str:
    """Write over a line from a column (counted from 1), and sign it."""
    return signed(line[: column - 1] + text + line[column - 1 + len(text) :])


def test_a_published_element_set_passes_and_makes_a_model() -> None:
    check_lines("KOSMOS 2510", LINE1, LINE2)

    assert satrec(LINE1, LINE2).satnum == 41032


@laws
@given(column=st.integers(1, 69), digit=st.integers(0, 9), first=st.booleans())
def test_any_single_digit_copied_wrongly_is_found(column: int, digit: int, first: bool) -> None:
    line = LINE1 if first else LINE2
    old = line[column - 1]
    if old.isdigit() and old != str(digit):
        wrong = line[: column - 1] + str(digit) + line[column:]
        with pytest.raises(OrbitError, match="KOSMOS 2510"):
            check_lines("KOSMOS 2510", wrong if first else LINE1, LINE2 if first else wrong)


@pytest.mark.parametrize(
    ("line1", "line2", "said"),
    [
        (LINE1[:60], LINE2, "line 1 of the element set has 60 characters; it must have 69"),
        (LINE1, LINE2 + " ", "line 2 of the element set has 70 characters"),
        (LINE2, LINE1, "line 1 of the element set starts with '2 '"),
        (LINE1, LINE2[:-1] + "9", "line 2 of the element set ends in check digit '9', .*'1'"),
        (LINE1, OTHER2, "line 1 is of number '41032', line 2 of '41911'"),
        (LINE1[:20] + "\t" + LINE1[21:], LINE2, "line 1 of the element set has characters other"),
        (LINE1[:20] + "é" + LINE1[21:], LINE2, "line 1 of the element set has characters other"),
        (with_text(LINE1, 21, "000"), LINE2, "epoch day .line 1, columns 21-32. is '000.74676296'"),
        (LINE1, with_text(LINE2, 9, "263.0470"), "inclination .* is '263.0470'; .* 0 to 180"),
        (LINE1, with_text(LINE2, 27, "70x3395"), "eccentricity .* is '70x3395'"),
        (LINE1, with_text(LINE2, 27, "70.3.95"), "eccentricity .* is '70.3.95'"),
        (LINE1, with_text(LINE2, 27, "       "), "eccentricity .* is '       '"),
        (LINE1, with_text(LINE2, 53, "99.00995663"), "mean motion .* from 0.01 to 18"),
        (with_text(LINE1, 54, " 00000x0"), LINE2, "drag term .* is ' 00000x0'; it must look like"),
    ],
)
def test_a_faulty_element_set_is_refused_by_satellite_and_fault(
    line1: str, line2: str, said: str
) -> None:
    with pytest.raises(OrbitError, match=f"satellite 'KOSMOS 2510': {said}"):
        check_lines("KOSMOS 2510", line1, line2)


def test_the_check_digit_counts_digits_and_minus_signs() -> None:
    assert checksum(LINE1) == 5
    assert checksum("-" * 68) == 8
    assert checksum("9" * 68) == 2
