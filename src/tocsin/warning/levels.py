"""The levels of a warning, and the other axes beside them, none of which is folded into another.

Sources: the ladder of conferences of 1979 (Foreign Relations of the United States 1977-1980, volume
IV, documents 167 and 193) for the levels, and the words of confidence of the same record.
"""

QUIET, REPORTED, POSSIBLE, CONFIRMED, THREAT = range(5)
"""Levels A0 to A4."""
LEVELS = ("A0", "A1", "A2", "A3", "A4")
LEVEL_WORDS = (
    "quiet",
    "event or fault, not validated",
    "launch possible",
    "launch confirmed",
    "threat confirmed",
)

NONE, LOW, MEDIUM, HIGH = range(4)
"""Confidence: how much independent evidence there is, never what a site claims."""
CONFIDENCES = ("none", "low", "medium", "high")

ACTUAL, EXERCISE, TEST = "actual", "exercise", "test"
DATA_CLASSES = (ACTUAL, EXERCISE, TEST)
"""Bound to every message from the sensor to the alert; never mixed."""

PRELIMINARY, SURE, WITHDRAWN = "preliminary", "confirmed", "withdrawn"
"""States of an event."""

OK, DEGRADED, DOWN = "ok", "degraded", "down"
"""Of a sensor or a link: its own word for it, or, when it has fallen silent, down."""
