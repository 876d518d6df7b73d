"""The reference page is what the tables say."""

from pathlib import Path

from tocsin.catalog.document import page
from tocsin.catalog.load import load_catalog

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "catalog.md"


def test_the_reference_page_is_made_from_the_tables() -> None:
    made = page(load_catalog())
    assert PAGE.read_text(encoding="utf-8") == made, (
        "run: python -m tocsin.catalog.document docs/reference/catalog.md"
    )


def test_the_reference_page_has_every_sensor_and_every_source() -> None:
    catalog = load_catalog()
    made = page(catalog)
    for table in (*catalog.kinds().values(), catalog.sources):
        for each in table:
            assert f"`{each}`" in made
