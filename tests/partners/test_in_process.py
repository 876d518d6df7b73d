"""The transport inside one program: seeded trouble, the same for the same seed."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.partners.in_process import Cut, InProcess, TransportError, Weather
from tocsin.partners.transport import Parcel, Transport

S_NS = 1_000_000_000
FAR_NS = 10**15
ONE = Parcel(sender="aurora", receiver="borealis", data=bytes(range(200)))


def carried(weather: Weather, count: int, seed: int = 1, **more: object) -> list[bytes]:
    """Hand over so many parcels, one a second, each with its number in front; give what came."""
    transport: InProcess = InProcess(seed=seed, weather=weather, **more)  # type: ignore[arg-type]
    for number in range(count):
        data = number.to_bytes(2, "big") + ONE.data
        transport = transport.publish(replace(ONE, data=data), number * S_NS)
    return [each.data for each in transport.receive("borealis", FAR_NS)[1]]


def numbers(found: list[bytes]) -> list[int]:
    return [int.from_bytes(each[:2], "big") for each in found]


def test_in_calm_weather_all_arrives_in_order_after_the_delay() -> None:
    transport: Transport = InProcess(seed=1, weather=Weather(delay_s=2.0))
    transport = transport.publish(ONE, 0)

    assert transport.receive("borealis", 2 * S_NS - 1)[1] == ()
    assert transport.receive("aurora", FAR_NS)[1] == ()
    transport, found = transport.receive("borealis", 2 * S_NS)
    assert found == (ONE,)
    assert transport.receive("borealis", FAR_NS)[1] == ()
    assert numbers(carried(Weather(), 50)) == list(range(50))


@given(seed=st.integers(0, 2**63))
def test_the_same_seed_brings_the_same(seed: int) -> None:
    bad = Weather(jitter_s=9.0, loss=0.2, duplication=0.2, reorder=0.2, corruption=0.2)

    assert carried(bad, 20, seed) == carried(bad, 20, seed)


@pytest.mark.parametrize(
    ("weather", "arrive"),
    [
        (Weather(loss=1.0), 0),
        (Weather(loss=0.25), 750),
        (Weather(duplication=1.0), 2_000),
        (Weather(duplication=0.5), 1_500),
    ],
)
def test_as_many_are_lost_and_repeated_as_was_asked_for(weather: Weather, arrive: int) -> None:
    assert len(carried(weather, 1_000)) == pytest.approx(arrive, abs=60)


def test_jitter_and_holding_back_change_the_order_and_lose_nothing() -> None:
    for weather in (Weather(jitter_s=5.0), Weather(reorder=0.2)):
        found = numbers(carried(weather, 200))
        assert found != sorted(found)
        assert sorted(found) == list(range(200))


def test_spoilt_parcels_are_changed_and_no_longer() -> None:
    whole = carried(Weather(), 200)
    turned = carried(Weather(corruption=1.0), 200)
    short = carried(Weather(truncation=1.0), 200)

    assert all(len(one) == len(other) for one, other in zip(whole, turned, strict=True))
    assert sum(one != other for one, other in zip(whole, turned, strict=True)) > 195
    assert all(one.startswith(other) for one, other in zip(whole, short, strict=True))
    assert sum(one != other for one, other in zip(whole, short, strict=True)) == 200


def test_nothing_sets_out_while_its_link_is_cut() -> None:
    cut = Cut(since_tai_ns=3 * S_NS, until_tai_ns=6 * S_NS, sender="aurora", receiver="borealis")
    back = replace(cut, sender="borealis", receiver="aurora")

    assert numbers(carried(Weather(), 8, cuts=(cut,))) == [0, 1, 2, 6, 7]
    assert numbers(carried(Weather(), 8, cuts=(replace(cut, sender="", receiver=""),))) == [
        0,
        1,
        2,
        6,
        7,
    ]
    assert numbers(carried(Weather(), 8, cuts=(back,))) == list(range(8))


def test_traffic_on_one_link_changes_nothing_on_another() -> None:
    def heard(others: int) -> tuple[Parcel, ...]:
        transport = InProcess(seed=3, weather=Weather(loss=0.5, corruption=0.5))
        for number in range(40):
            for _ in range(others):
                transport = transport.publish(replace(ONE, receiver="celadon"), number)
            transport = transport.publish(ONE, number)
        return transport.receive("borealis", FAR_NS)[1]

    assert heard(0) == heard(3)


def test_a_transport_is_left_as_it_was_by_its_steps() -> None:
    transport = InProcess(seed=1)
    loaded = transport.publish(ONE, 0)
    loaded.receive("borealis", FAR_NS)

    assert transport == InProcess(seed=1)
    assert loaded.next_tai_ns() == 50_000_000


@pytest.mark.parametrize(
    "wrong", [{"loss": 1.1}, {"corruption": -0.1}, {"delay_s": -1.0}, {"jitter_s": 1e9}]
)
def test_weather_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(TransportError, match=f"{next(iter(wrong))} is "):
        Weather(**wrong)
