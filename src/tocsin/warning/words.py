"""An alert in words: the templates filled in, with the grammar of each language."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.earth.time import SECOND_NS, utc_from_tai
from tocsin.warning.causes import CAUSES, FALSE_ALARM_CODES, UNSTATED
from tocsin.warning.phrases import (
    AT,
    CHINESE,
    DROPPED,
    ENGLISH,
    FRENCH,
    LANGUAGES,
    OTHERS,
    PAST,
    RUSSIAN,
    SENTENCES,
    TEMPLATES,
    UNKNOWN,
    WINDOW,
    WITHIN,
)

NAMES_MAX = 12
"""Most areas that a text names; the areas of the message itself hold all of them."""
MINUTE_S = 60.0

_AND = {ENGLISH: " and ", FRENCH: " et ", RUSSIAN: " и ", CHINESE: "和"}
_COMMA = {ENGLISH: ", ", FRENCH: ", ", RUSSIAN: ", ", CHINESE: "、"}
_MORE = {
    ENGLISH: "{count} more",
    FRENCH: "{count} autres",
    RUSSIAN: "ещё {count}",
    CHINESE: "另外{count}处",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """When it comes, as far as it may be told."""

    earliest_tai_ns: int
    expected_tai_ns: int
    latest_tai_ns: int
    only_window: bool = False
    """Too little is known for one time: only the window is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What the slots of a text are filled with."""

    kind: str
    areas: tuple[str, ...]
    now_tai_ns: int
    arrival: Arrival | None = None
    cause: str = UNSTATED
    """Reason code: of a false alarm, or of why a threat is over."""
    issued_tai_ns: int | None = None
    """Of the alert that was wrong."""
    dropped: tuple[str, ...] = ()
    """Areas for which it no longer holds."""
    others: tuple[str, ...] = ()
    """Areas that another alert still holds for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An alert's words in one language."""

    language: str
    headline: str
    description: str
    instruction: str


def texts(saying: Saying, languages: Sequence[str] = LANGUAGES) -> tuple[Text, ...]:
    """Give an alert's words in each of these languages."""
    return tuple(_text(saying, language) for language in languages)


def late(arrival: Arrival | None, now_tai_ns: int) -> bool:
    """Tell whether an alert that is issued now comes after the expected arrival."""
    if arrival is None:
        return False
    due = arrival.latest_tai_ns if arrival.only_window else arrival.expected_tai_ns
    return now_tai_ns > due


def cause_of(codes: Sequence[str]) -> str:
    """Give the code, of an assessment's, that best explains a false alarm; empty if none does."""
    return next((code for code in FALSE_ALARM_CODES if code in codes), UNSTATED)


def clock(tai_ns: int, language: str) -> str:
    """Give the time of day of an instant, to the minute below, in UTC."""
    hour, minute = utc_from_tai(tai_ns)[11:16].split(":")
    if language == FRENCH:
        return f"{hour} h {minute} UTC"
    return f"{hour}:{minute}（UTC）" if language == CHINESE else f"{hour}:{minute} UTC"


def minutes(count: int, language: str) -> str:
    """Give a number of minutes with its unit, as it stands after "in" and before "ago"."""
    if language == CHINESE:
        return f"{count}分钟"
    if language == RUSSIAN:
        return f"{count} {_russian_minutes(count)}"
    one = count < 2 if language == FRENCH else count == 1
    return f"{count} minute" if one else f"{count} minutes"


def listed(names: Sequence[str], language: str) -> str:
    """Give names as a list in a sentence; those beyond `NAMES_MAX` are counted."""
    shown = list(names[:NAMES_MAX])
    if len(names) > NAMES_MAX:
        more = _MORE[language].format(count=len(names) - NAMES_MAX)
        if len(names) - NAMES_MAX == 1 and language == FRENCH:
            more = more.removesuffix("s")
        shown.append(more)
    if len(shown) < 2:
        return "".join(shown)
    return _COMMA[language].join(shown[:-1]) + _AND[language] + shown[-1]


def _russian_minutes(count: int) -> str:
    """Give the accusative: 1, 21 minutu; 2 to 4, 22 to 24 minuty; else, and 11 to 14, minut."""
    if 11 <= count % 100 <= 14:
        return "минут"
    return {1: "минуту", 2: "минуты", 3: "минуты", 4: "минуты"}.get(count % 10, "минут")


def _text(saying: Saying, language: str) -> Text:
    slots = {
        "areas": listed(saying.areas, language),
        "arrival": _arrival(saying, language),
        "why": CAUSES.get(saying.cause, CAUSES[UNSTATED])[language],
        "issued": "" if saying.issued_tai_ns is None else clock(saying.issued_tai_ns, language),
    }
    said = [part.format(**slots) for part in TEMPLATES[language][saying.kind]]
    for names, sentence in ((saying.dropped, DROPPED), (saying.others, OTHERS)):
        if names:
            gap = "" if language == CHINESE else " "
            filled = SENTENCES[language][sentence].format(areas=listed(names, language))
            said[1] = f"{said[1]}{gap}{filled}"
    headline, description, instruction = (_spaced(part, language) for part in said)
    return Text(
        language=language, headline=headline, description=description, instruction=instruction
    )


def _arrival(saying: Saying, language: str) -> str:
    arrival, sentences = saying.arrival, SENTENCES[language]
    if arrival is None:
        return sentences[UNKNOWN]
    left_s = (arrival.expected_tai_ns - saying.now_tai_ns) / SECOND_NS
    if late(arrival, saying.now_tai_ns):
        which = PAST
    elif arrival.only_window:
        which = WINDOW
    else:
        which = AT if left_s >= MINUTE_S else WITHIN
    return sentences[which].format(
        time=clock(arrival.expected_tai_ns, language),
        minutes=minutes(max(1, int(abs(left_s) // MINUTE_S)), language),
        earliest=clock(arrival.earliest_tai_ns, language),
        latest=clock(_next_minute(arrival.latest_tai_ns), language),
    )


def _next_minute(tai_ns: int) -> int:
    """Give the first whole minute of UTC not before an instant: a window then holds it."""
    over_s = float(utc_from_tai(tai_ns)[17:].rstrip("Z"))
    return tai_ns if over_s == 0.0 else tai_ns + round((MINUTE_S - over_s) * SECOND_NS)


def _spaced(text: str, language: str) -> str:
    """Give French its spaces that do not break before a colon."""
    return text.replace(" :", "\N{NO-BREAK SPACE}:") if language == FRENCH else text
