"""What was only seen to sink is no launch; what was ever seen to climb, or high, may be one."""

from dataclasses import replace

from tocsin.warning.areas import AreaList, circle
from tocsin.warning.assess import step
from tocsin.warning.checks import ALL_CHECKS
from tocsin.warning.events import Event, Judgement, JudgeSettings
from tocsin.warning.evidence import Facts, Sighting, Source
from tocsin.warning.levels import CONFIRMED, POSSIBLE, REPORTED

SECOND_NS = 1_000_000_000
T0 = 1_720_000_000 * SECOND_NS
AREAS = AreaList(
    name="own", version="1", as_of_tai_ns=T0, areas=(circle("town", "Town", (0.9, 0.6), 30e3),)
)
SOURCES = (
    Source(id="eye-1", kind="infrared", owner="own"),
    Source(id="eye-2", kind="infrared", owner="own"),
    Source(id="dish", kind="radar", owner="own"),
)


def plume(at_s: int, **known: bool | None) -> Sighting:
    """Give a bright track that two satellites see."""
    return Sighting(
        id="own:1",
        origin="own",
        time_tai_ns=T0 + at_s * SECOND_NS,
        first_tai_ns=T0,
        last_tai_ns=T0 + at_s * SECOND_NS,
        sensors=("eye-1", "eye-2"),
        plots=12,
        comes_down=0.0,
        burning=True,
        drift_m=400e3,
        **known,  # type: ignore[arg-type]
    )


def fall(at_s: int, sensors: tuple[str, ...] = ("dish",)) -> Sighting:
    """Give a track of a radar that comes down and fits a catalogued object so far."""
    return replace(
        plume(at_s), sensors=sensors, burning=False, comes_down=0.9, may_be="object 7", plots=5
    )


def judged(*sightings: Sighting, checks: frozenset[str] = ALL_CHECKS) -> Event:
    """Give the one event of sightings, told one after the other."""
    state = Judgement(settings=JudgeSettings(own="own", areas=AREAS, checks=checks))
    for each in sightings:
        state = step(state, Facts(sightings=(each,), sources=SOURCES), each.time_tai_ns)
    (event,) = state.events
    return event


def test_a_plume_that_climbs_or_may_climb_is_confirmed_by_two_satellites() -> None:
    assert judged(plume(60, rises=True)).level == CONFIRMED
    assert judged(plume(60)).level == CONFIRMED


def test_what_only_sinks_is_not_confirmed() -> None:
    event = judged(plume(60, rises=False))
    assert event.level == POSSIBLE
    assert event.has("NEVER_ROSE")


def test_what_only_sinks_as_fast_as_an_orbit_is_no_possible_launch() -> None:
    event = judged(plume(60, rises=False, orbital=True))
    assert event.level == REPORTED
    assert event.has("FROM_ORBIT")


def test_a_climb_once_seen_counts_for_good() -> None:
    event = judged(plume(60, rises=True), plume(120, rises=False, orbital=True))
    assert event.level == CONFIRMED
    assert not event.has("FROM_ORBIT")


def test_speed_once_seen_counts_for_good() -> None:
    fast = plume(60, rises=False, orbital=True)
    event = judged(fast, replace(plume(120, rises=False), orbital=False))
    assert event.level == REPORTED


def test_without_the_check_of_decays_it_is_confirmed() -> None:
    event = judged(plume(60, rises=False, orbital=True), checks=ALL_CHECKS - {"C12"})
    assert event.level == CONFIRMED


def test_a_fall_before_radars_that_may_be_a_known_object_waits_for_the_claim() -> None:
    assert judged(fall(60)).level == REPORTED
    assert judged(fall(60)).has("MAY_BE_KNOWN")
    assert judged(fall(60), fall(130)).level == POSSIBLE


def test_what_a_satellite_sees_too_does_not_wait() -> None:
    assert judged(fall(60, ("dish", "eye-1"))).level == CONFIRMED
