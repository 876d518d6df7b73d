"""The page of messages says what the code does."""

import inspect

import pytest
import write_messages

from tocsin.messages import fields
from tocsin.messages.envelope import Envelope
from tocsin.messages.report import CLASSES, KINDS


def test_the_page_of_messages_is_up_to_date() -> None:
    assert write_messages.PAGE.read_text(encoding="utf-8") == write_messages.page(), (
        "run `make docs`"
    )


@pytest.mark.parametrize("record", [*CLASSES, *write_messages.PARTS, Envelope])
def test_every_field_says_what_it_means(record: type) -> None:
    texts = write_messages.told(record)

    assert texts.keys() == set(inspect.signature(record).parameters)
    assert all(text[-1] in ".;" for text in texts.values())


def test_every_kind_and_every_limit_is_on_the_page() -> None:
    page = write_messages.page()

    assert all(f"\n## {kind}\n" in page for kind in KINDS)
    assert all(f"`{name}`" in page for name in vars(fields) if name.endswith("_MAX"))
