"""Small pieces every drawing of the report is made of: escaped SVG elements and round steps."""

import math
from html import escape

PALETTE_STEPS = 6
"""How many colours the sequential palette has; classes `q0` (least) to `q5` (most)."""


def plain(number: float) -> str:
    """Give a coordinate as short text: one decimal, no trailing zero, never '-0'."""
    text = f"{number:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def percent(part: float, whole: float) -> str:
    """Give a place along an axis as a percentage of its width, held between 0 and 100."""
    share = part / whole if whole > 0.0 else 0.0
    return f"{100.0 * min(max(share, 0.0), 1.0):.2f}%"


def element(name: str, *children: str, **attributes: str | float) -> str:
    """Give one SVG element as text.

    Args:
        name: Tag name.
        children: Markup that is already escaped; see `words` for text.
        attributes: Values are escaped; a trailing underscore is dropped (`class_`) and the other
            underscores become hyphens (`text_anchor`).
    """
    parts = []
    for key, value in attributes.items():
        spelt = key.rstrip("_").replace("_", "-")
        given = value if isinstance(value, str) else plain(value)
        parts.append(f' {spelt}="{escape(given)}"')
    inside = "".join(children)
    return f"<{name}{''.join(parts)}>{inside}</{name}>" if inside else f"<{name}{''.join(parts)}/>"


def words(content: str, **attributes: str | float) -> str:
    """Give an SVG text element with its content escaped."""
    return element("text", escape(content), **attributes)


def drawing(title: str, description: str, *body: str, **attributes: str | float) -> str:
    """Give a whole inline SVG that names and describes itself to those who cannot see it."""
    names = element("title", escape(title))
    if description:
        names += element("desc", escape(description))
    return element("svg", names, *body, role="img", **attributes)


def round_step(largest: float, most: int) -> float:
    """Give the smallest of 1, 2, 5 times a power of ten that covers `largest` in `most` steps."""
    if not largest > 0.0:
        return 1.0
    rough = largest / most
    power = 10.0 ** math.floor(math.log10(rough))
    for factor in (1.0, 2.0, 5.0):
        if factor * power * most >= largest * (1.0 - 1e-9):
            return factor * power
    return 10.0 * power


def round_top(largest: float, most: int) -> tuple[float, float]:
    """Give the end of an axis that starts at 0 and holds `largest`, and its step."""
    step = round_step(largest, most)
    return step * max(1, math.ceil(largest / step - 1e-9)), step
