"""The report: complete, self-contained, safe with hostile names, whole when parts are missing."""

import dataclasses
import re
import runpy
from collections.abc import Callable
from html.parser import HTMLParser
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tocsin.studies.report import write_report
from tocsin.studies.results import RunResult, Spread, StudyMap

HERE = Path(__file__).parent
make_plain: Callable[[], RunResult] = runpy.run_path(str(HERE / "report_example.py"))["make_result"]
make_tracking = runpy.run_path(str(HERE / "tracking_example.py"))["make_tracking"]

SECTIONS = [
    "figures",
    "maps",
    "claims",
    "gain",
    "kinds",
    "sharing",
    "ledger",
    "launches",
    "tracking",
    "tables",
    "assumptions",
    "sources",
    "reproduce",
]
VOID = {"meta", "br", "link", "img", "input", "hr", "base"}
HOSTILE = "<script>alert('1')</script>\"'&<b onclick=x>"


class Page(HTMLParser):
    """A page as lists of what its tests ask about; fails on tags that do not close in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.children: dict[int, list[str]] = {}
        self.stack: list[int] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)
            self.stack.append(len(self.tags) - 1)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self.stack:
            self.children.setdefault(self.stack[-1], []).append(tag)
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        self.stack.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def make_result() -> RunResult:
    """Give the example with what was tracked of its launches."""
    plain = make_plain()
    return dataclasses.replace(plain, tracking=make_tracking(plain.launches))


@pytest.fixture(scope="module")
def html() -> str:
    return write_report(make_result())


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def changed(**parts: Any) -> RunResult:
    """Give the example with fields of the run, or of its comparison, replaced."""
    result = make_result()
    names = {field.name for field in dataclasses.fields(result.compared)}
    inside = {key: value for key, value in parts.items() if key in names and key != "launches"}
    outside = {key: value for key, value in parts.items() if key not in inside}
    compared = dataclasses.replace(result.compared, **inside)
    return dataclasses.replace(result, compared=compared, **outside)


def poisoned(value: Any) -> Any:
    """Give a record with hostile markup added to every text in it."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, tuple):
        return tuple(poisoned(one) for one in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        kept = {"figure", "kinds", "kind"}
        return dataclasses.replace(
            value,
            **{
                field.name: poisoned(getattr(value, field.name))
                for field in dataclasses.fields(value)
                if field.name not in kept
            },
        )
    return value


def without_figures(value: Any) -> Any:
    """Give a record with every spread empty."""
    if isinstance(value, Spread):
        return Spread(value=None, low=None, high=None)
    if isinstance(value, tuple):
        return tuple(without_figures(one) for one in value)
    if isinstance(value, dict):
        return {key: without_figures(one) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(
            value,
            **{f.name: without_figures(getattr(value, f.name)) for f in dataclasses.fields(value)},
        )
    return value


def test_every_section_is_there_in_order(page: Page) -> None:
    assert [one["id"] for one in page.named("section")] == SECTIONS


def test_the_banner_is_the_first_thing_in_the_body(page: Page) -> None:
    after = [name for name, _ in page.tags].index("body") + 1
    assert page.tags[after] == ("p", {"class": "banner", "role": "note"})
    said = "SIMULATION - synthetic launches, published sensor data. Not an actual alert."
    assert said in page.text


def test_there_is_one_h1_and_no_heading_level_is_skipped(page: Page) -> None:
    levels = [int(name[1]) for name, _ in page.tags if re.fullmatch(r"h[1-6]", name)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_every_drawing_names_itself_first(page: Page) -> None:
    drawings = [place for place, (name, _) in enumerate(page.tags) if name == "svg"]
    assert len(drawings) > 50
    for place in drawings:
        assert page.children[place][0] == "title"
        assert page.tags[place][1]["role"] == "img"


def test_every_drawing_is_well_formed(html: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", html, flags=re.DOTALL)
    assert len(drawings) > 50
    for one in drawings:
        root = ET.fromstring(one)  # noqa: S314 - our own text
        assert root[0].text


def test_every_table_has_a_caption_and_scopes(page: Page) -> None:
    tables = [place for place, (name, _) in enumerate(page.tags) if name == "table"]
    assert len(tables) == 8
    assert all(page.children[place][0] == "caption" for place in tables)
    assert {one.get("scope") for one in page.named("th")} == {"col", "row"}


def test_the_page_asks_for_nothing_from_outside(html: str, page: Page) -> None:
    banned = {"script", "link", "iframe", "object", "embed", "img", "base", "form", "use", "image"}
    assert not banned & {name for name, _ in page.tags}
    for name, attributes in page.tags:
        assert not {"src", "srcset", "action", "data", "xlink:href"} & set(attributes)
        assert not [key for key in attributes if key.startswith("on")]
        assert "href" not in attributes or name == "a"
    assert set(re.findall(r"url\(.", html)) == {"url(#"}
    assert "@import" not in html


def test_the_browser_is_told_to_fetch_and_run_nothing(page: Page) -> None:
    policies = [
        one["content"]
        for one in page.named("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    ]
    assert page.tags.index(("meta", {"charset": "utf-8"})) == 2


def test_ids_are_unique_and_every_inner_link_leads_somewhere(html: str, page: Page) -> None:
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    inner = [one["href"] for one in page.named("a") if (one["href"] or "").startswith("#")]
    assert len(inner) == 10
    wanted = {link[1:] for link in inner if link} | set(re.findall(r"url\(#([^)]+)\)", html))
    assert wanted <= set(ids)


def test_hostile_names_stay_text() -> None:
    page = Page(write_report(poisoned(make_result())))
    assert "<script>alert('1')</script>" in page.text
    assert not {"script", "b"} & {name for name, _ in page.tags}
    assert not [key for _, attributes in page.tags for key in attributes if key.startswith("on")]
    assert [one["id"] for one in page.named("section")] == SECTIONS


def test_only_web_addresses_become_links() -> None:
    sources = (
        ("one", "javascript:alert(1)"),
        ("two", "https://example.org/"),
        ("three", "data:text/html,x"),
    )
    page = Page(write_report(changed(sources=sources)))
    links = {one["href"] for one in page.named("a")}
    assert "https://example.org/" in links
    assert not [link for link in links if link and not re.match(r"https?://|#", link)]
    assert "javascript:alert(1)" in page.text


def test_key_figures_carry_their_unit_and_their_low_and_high(page: Page) -> None:
    text = page.text.replace("\N{NO-BREAK SPACE}", " ")
    for said in ("81%", "70\N{EN DASH}87%", "17.4", "13.3\N{EN DASH}19.6 min"):
        assert said in text
    assert "17.4 min (13.3\N{EN DASH}19.6 min)" in text


def test_the_page_says_what_low_and_high_mean_and_how_unseen_launches_count(page: Page) -> None:
    assert "least, and to its most, capable published alternative" in page.text
    assert "not seen counts as 0 minutes" in page.text


def test_the_page_says_how_to_repeat_the_run_and_credits_its_coastlines(page: Page) -> None:
    assert "tocsin run joined-watch --seed 1 --out out" in page.text
    assert "Natural Earth" in page.text
    assert "neither the map nor its makers endorse" in page.text


def test_every_sensor_and_source_and_left_out_sensor_is_listed(page: Page) -> None:
    result = make_result()
    listed = [sensor.name for sensor in result.sensors] + list(result.left_out)
    listed += [title for title, _ in result.sources] + list(result.assumptions)
    assert [one for one in listed if one not in page.text] == []


def test_the_same_result_gives_the_same_bytes_and_a_page_small_enough_to_mail(html: str) -> None:
    assert write_report(make_result()) == html
    assert len(html.encode()) < 1_000_000


def test_a_study_lists_coalitions_over_parts_without_showing_them_as_partners(html: str) -> None:
    result = make_result()
    own = [
        dataclasses.replace(one, id=f"{one.id}-own", label=f"{one.label}, at its own places")
        for one in result.compared.coalitions
    ]
    page = Page(write_report(changed(coalitions=(*result.compared.coalitions, *own))))
    assert page.named("svg") == Page(html).named("svg")
    assert "Russia alone, at its own places" in page.text


EMPTY_MAP = StudyMap(latitude_deg=(), longitude_deg=(), area=(), spacing_deg=9.0, layers=())
EMPTY = {
    "no launches": {"launches": ()},
    "no gains": {"gains": ()},
    "no coalitions": {"coalitions": (), "gains": ()},
    "no map": {"map": EMPTY_MAP},
    "no ledger": {"ledger": ()},
    "no claims": {"claims": ()},
    "no sensors": {"sensors": (), "left_out": ()},
    "nothing said": {"assumptions": (), "sources": ()},
    "nothing at all": {
        "launches": (),
        "gains": (),
        "coalitions": (),
        "map": EMPTY_MAP,
        "ledger": (),
        "claims": (),
        "sensors": (),
        "left_out": (),
        "assumptions": (),
        "sources": (),
        "partners": (),
        "areas": (),
        "places": (),
    },
}


@pytest.mark.parametrize("parts", EMPTY.values(), ids=EMPTY.keys())
def test_a_run_with_parts_missing_is_still_a_whole_page(parts: dict[str, Any]) -> None:
    page = Page(write_report(changed(**parts)))
    assert [one["id"] for one in page.named("section")] == SECTIONS
    assert "None" not in re.sub(r"None(: every| in this run)", "", page.text)


def test_one_partner_alone_has_no_joined_figures() -> None:
    result = make_result()
    only = tuple(one for one in result.compared.coalitions if one.partners == ("russia",))
    layers = tuple(one for one in result.compared.map.layers if one.coalition == "russia")
    study_map = dataclasses.replace(result.compared.map, layers=layers)
    page = Page(
        write_report(changed(coalitions=only, gains=(), partners=("russia",), map=study_map))
    )
    assert "Only one partner took part" in page.text
    assert page.text.count("of launches seen before impact") == 1


def test_figures_that_could_not_be_measured_are_said_to_be_so() -> None:
    page = Page(write_report(without_figures(make_result())))
    assert [one["id"] for one in page.named("section")] == SECTIONS
    assert "not seen" in page.text
    assert "None" not in re.sub(r"None(: every| in this run)", "", page.text)
    assert "nan" not in page.text.split()


def _luminance(colour: str) -> float:
    """Give relative luminance (W3C, WCAG 2.2, 2023, definition of relative luminance)."""
    full = colour if len(colour) == 7 else "#" + "".join(2 * c for c in colour[1:])
    parts = [int(full[at : at + 2], 16) / 255.0 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _palettes(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """Give the colours of a style sheet by name: light, and dark."""
    text = files("tocsin.studies").joinpath("report", sheet).read_text(encoding="utf-8")
    light, dark = text.split("prefers-color-scheme:dark", 1)
    dark = dark.split("}}", 1)[0]
    found = [dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", part)) for part in (light, dark)]
    return found[0], found[0] | found[1]


@pytest.mark.parametrize(
    ("sheet", "text", "ground"),
    [
        ("page.css", "ink", "paper"),
        ("page.css", "ink", "panel"),
        ("page.css", "soft", "paper"),
        ("page.css", "link", "paper"),
        ("page.css", "banner-ink", "banner"),
        ("page.css", "left-ink", "left"),
        ("map.css", "mark", "sea"),
        ("map.css", "mark", "land"),
        ("map.css", "mark", "halo"),
    ],
)
def test_words_stand_out_from_their_ground_in_light_and_dark(
    sheet: str, text: str, ground: str
) -> None:
    for palette in _palettes(sheet):
        first, second = sorted((_luminance(palette[text]), _luminance(palette[ground])))
        assert (second + 0.05) / (first + 0.05) >= 4.5


def test_the_palette_runs_evenly_from_ground_to_ink_so_that_it_reads_without_colour() -> None:
    for palette in _palettes("map.css"):
        steps = [_luminance(palette[f"q{place}"]) for place in range(6)]
        assert steps in (sorted(steps), sorted(steps, reverse=True))
        ratios = [(max(a, b) + 0.05) / (min(a, b) + 0.05) for a, b in pairwise(steps)]
        assert min(ratios) > 1.2
