"""Two centres that tell each other tracks: one missile is one event, counted once."""

from dataclasses import replace

import msgspec
import pytest

from tocsin.catalog.load import load_catalog
from tocsin.earth.time import SECOND_NS
from tocsin.messages.picture import TrackReport
from tocsin.node.fusion import Fusion, step_fusion, told_tracks
from tocsin.node.picture import start_picture
from tocsin.node.state import NodeState
from tocsin.node.step import step
from tocsin.partners.in_process import InProcess
from tocsin.simulation.centres import centres, placed_sensors, told_by_sensors
from tocsin.simulation.network import Network, network, run
from tocsin.simulation.read import load_scenario
from tocsin.simulation.roster import roster
from tocsin.simulation.world import scans_of
from tocsin.warning import assess
from tocsin.warning.events import LAUNCH, Event
from tocsin.warning.evidence import Facts, Sighting

FIRST_S, STEP_S, LAST_S = 395, 5.0, 560
"""Seconds after lift-off in which both islands' radars see the missile."""


def watched(level: int) -> Network:
    """Fly the two islands' first missile past both radars, and share at a level."""
    catalog = load_catalog()
    scenario = load_scenario("two-islands", catalog)
    scenario = replace(scenario, launches=scenario.launches[:1])
    members = roster(scenario, catalog)
    scans, _ = scans_of(scenario, members, catalog, 1)
    first, last = (scenario.start_tai_ns + s * SECOND_NS for s in (FIRST_S, LAST_S))
    script = [
        each
        for each in told_by_sensors(scans, placed_sensors(scenario, members))
        if first <= each.tai_ns <= last
    ]
    net = network(
        centres(scenario, members, catalog, level=level), InProcess(seed=1), first, STEP_S
    )
    return run(net, script, last)


@pytest.fixture(scope="module", name="net")
def net_at_l3() -> Network:
    """Give the network after a while of shared tracks."""
    return watched(3)


def events(state: NodeState) -> list[Event]:
    """Give the launches that a centre tells of."""
    return [each for each in state.joint["actual"].judgement.events if each.kind == LAUNCH]


def seen(state: NodeState) -> Sighting:
    """Give the one thing that a centre sees, with partners."""
    (only,) = state.joint["actual"].fusion.sightings
    return only


def with_tracks(state: NodeState, *tracks: TrackReport) -> NodeState:
    """Give a centre that has heard tracks beside those that it had."""
    held = state.heard.tracks | {each.track: each for each in tracks}
    return replace(state, heard=replace(state.heard, tracks=held))


def judged(state: NodeState, now_tai_ns: int) -> bytes:
    """Give what a centre judges at an instant, as bytes."""
    after, _ = step(state, (), now_tai_ns)
    return repr(after.joint["actual"].judgement).encode()


def test_one_missile_that_both_see_is_one_event_with_both_in_it(net: Network) -> None:
    for own, other in (("east", "west"), ("west", "east")):
        state = net.nodes[own]
        assert len(events(state)) == 1
        only = seen(state)
        assert only.id.startswith(f"{own}:")
        assert only.id == state.own["actual"].sightings[0].id
        assert [name.partition(":")[0] for name in only.told_by] == [other]
        assert set(only.sensors) >= {f"{own}-radar", f"{other}:radar"}


def test_the_impact_is_known_at_least_as_well_as_by_each_alone(net: Network) -> None:
    told = net.nodes["east"].heard.tracks | net.nodes["west"].heard.tracks
    assert {each.partner for each in told.values()} == {"east", "west"}
    for name in ("east", "west"):
        alone = net.nodes[name].own["actual"].sightings[0]
        joined = seen(net.nodes[name])
        theirs = [each.sighting for each in net.nodes[name].joint["actual"].fusion.told.values()]
        assert joined.impact is not None
        for each in (alone, *theirs):
            assert each.impact is not None
            assert joined.impact.long_m() <= each.impact.long_m()
        assert joined.plots == alone.plots + sum(each.plots for each in theirs)


def test_fed_with_its_own_word_a_centre_judges_the_same_to_the_byte(net: Network) -> None:
    state, partner = net.nodes["west"], net.nodes["east"]
    (ours,) = partner.heard.tracks.values()
    assert ours.partner == "west"
    now = net.now_tai_ns + SECOND_NS
    plain = judged(state, now)
    assert judged(with_tracks(state, ours), now) == plain
    through_east = msgspec.structs.replace(ours, track="east:99", partner="east")
    assert through_east.sensors
    assert judged(with_tracks(state, through_east), now) == plain
    theirs = next(iter(state.heard.tracks.values()))
    mixed = msgspec.structs.replace(
        theirs, track="east:98", sensors=tuple(sorted({*theirs.sensors, "west-radar"}))
    )
    assert judged(with_tracks(state, mixed), now) == plain
    other = msgspec.structs.replace(theirs, track="east:97", state=_beside(theirs))
    assert judged(with_tracks(state, other), now) != plain


def _beside(told: TrackReport) -> tuple[float, float, float, float, float, float]:
    x, y, z, *speed = told.state
    return (x + 3e5, y, z, speed[0], speed[1], speed[2])


def test_tracks_of_plots_that_a_partner_sends_us_are_not_counted_again(net: Network) -> None:
    state = net.nodes["west"]
    picture, heard = state.joint["actual"].picture, state.heard
    told = told_tracks(heard, picture, state.settings, "actual", net.now_tai_ns)
    assert [each.partner for each in told] == ["east"]
    looks = (*picture.last_look_tai_ns, ("east-radar", net.now_tai_ns))
    fed = replace(picture, last_look_tai_ns=looks)
    assert not told_tracks(heard, fed, state.settings, "actual", net.now_tai_ns)
    (theirs,) = heard.tracks.values()
    for sensors in ((), ("s-1f3a",)):
        report = msgspec.structs.replace(theirs, sensors=sensors)
        unnamed = replace(heard, tracks={theirs.track: report})
        assert told_tracks(unnamed, picture, state.settings, "actual", net.now_tai_ns)
        assert not told_tracks(unnamed, fed, state.settings, "actual", net.now_tai_ns)


def test_old_tracks_and_those_of_another_data_class_are_left_out(net: Network) -> None:
    state = net.nodes["west"]
    asked = (state.heard, state.joint["actual"].picture, state.settings)
    assert told_tracks(*asked, "actual", net.now_tai_ns)
    assert not told_tracks(*asked, "exercise", net.now_tai_ns)
    assert not told_tracks(*asked, "actual", net.now_tai_ns + 61 * SECOND_NS)


def fused_again(net: Network, trust: float = 0.5, **changed: object) -> Fusion:
    """Give West's picture with East's track changed."""
    side = net.nodes["west"].joint["actual"]
    (theirs,) = side.fusion.reports
    report = msgspec.structs.replace(theirs, **changed)
    return step_fusion(side.fusion, side.picture, side.sightings, (report,), (("east", trust),))


def test_nothing_is_worked_out_again_while_nothing_changes(net: Network) -> None:
    side = net.nodes["west"].joint["actual"]
    reports = tuple(msgspec.structs.replace(each) for each in side.fusion.reports)
    assert step_fusion(side.fusion, side.picture, side.sightings, reports, ()) is side.fusion
    own = tuple(replace(each) for each in side.sightings)
    again = step_fusion(side.fusion, side.picture, own, reports, ())
    assert again is not side.fusion
    (name,) = again.told
    assert again.told[name] is side.fusion.told[name]
    assert again.sightings == side.fusion.sightings


def test_a_word_that_is_light_or_does_not_fit_is_shown_beside_and_not_joined(
    net: Network,
) -> None:
    own = net.nodes["west"].joint["actual"].sightings[0]
    light = fused_again(net, trust=0.4, plots=50)
    rough = fused_again(net, residual=9.0)
    smooth = fused_again(net, residual=0.001, plots=50)
    for fusion in (light, rough, smooth):
        ours, theirs = fusion.sightings
        assert ours == replace(own, told_by=(theirs.id,))
        assert theirs.sensors == ("east:radar",)
    assert len(fused_again(net, plots=50).sightings) == 1


def test_a_track_that_is_none_is_left_out_and_stops_nothing(net: Network) -> None:
    own = net.nodes["west"].joint["actual"].sightings
    flat = tuple(0.0 for _ in range(21))
    for changed in (
        {"track": "east:not-a-number"},
        {"track": "west:7"},
        {"parent": "elsewhere:1"},
        {"state": (0.0,) * 6},
        {"covariance": flat},
        {"sensors": tuple(f"s{number:03}" for number in range(64))},
    ):
        fusion = fused_again(net, **changed)
        if "sensors" in changed:
            assert len(fusion.sightings) == 1
        else:
            assert fusion.sightings == own


def test_what_only_a_partner_sees_stays_a_sighting_of_its_own(net: Network) -> None:
    side = net.nodes["west"].joint["actual"]
    (theirs,) = side.fusion.reports
    fusion = fused_again(net, state=_beside(theirs))
    ours, other = fusion.sightings
    assert ours == side.sightings[0]
    assert (other.id, other.origin, other.told_by) == (theirs.track, "east", ())
    assert fusion.pairs == {}


def test_what_two_partners_see_and_we_do_not_is_one_sighting(net: Network) -> None:
    side = net.nodes["west"].joint["actual"]
    (theirs,) = side.fusion.reports
    third = msgspec.structs.replace(theirs, track="north:4", partner="north")
    empty = start_picture(side.picture.sites)
    fusion = step_fusion(Fusion(), empty, (), (theirs, third), ())
    (only,) = fusion.sightings
    assert (only.id, only.told_by) == (theirs.track, ("north:4",))
    assert only.sensors == ("east:radar", "north:radar")
    again = step_fusion(fusion, empty, (), (third, theirs), ())
    assert again.sightings == fusion.sightings


def test_events_that_turn_out_to_be_of_one_missile_become_one(net: Network) -> None:
    state = net.nodes["west"]
    side = state.joint["actual"]
    joined = seen(state)
    (theirs,) = (each.sighting for each in side.fusion.told.values())
    start = replace(side.judgement, events=(), next_event=1)
    apart = assess.step(
        start,
        Facts(sightings=(theirs, replace(side.sightings[0], launch=None, launch_tai_ns=None))),
        net.now_tai_ns,
    )
    assert [len(each.sightings) for each in apart.events] == [1, 1]
    after = assess.step(apart, Facts(sightings=(joined,)), net.now_tai_ns + SECOND_NS)
    still = [each for each in after.events if not each.closed]
    assert [each.sightings for each in still] == [(joined,)]
    assert len(after.events) == 2


def test_what_our_sensors_are_in_is_left_out_though_they_have_fallen_silent(net: Network) -> None:
    state = net.nodes["west"]
    silent = replace(state.joint["actual"].picture, last_look_tai_ns=())
    (theirs,) = state.heard.tracks.values()
    for changed, counts in (
        ({}, True),
        ({"sensors": ("east-radar", "west-radar")}, False),
        ({"track": "west:1", "partner": "west"}, False),
    ):
        report = msgspec.structs.replace(theirs, **changed)
        heard = replace(state.heard, tracks={report.track: report})
        told = told_tracks(heard, silent, state.settings, "actual", net.now_tai_ns)
        assert bool(told) == counts


def test_what_came_off_a_partners_track_that_is_joined_in_ours_is_of_our_event(
    net: Network,
) -> None:
    state = net.nodes["west"]
    joined = seen(state)
    stage = replace(
        joined, id="east:7", origin="east", parent=joined.told_by[0], told_by=(), launch=None
    )
    judgement = state.joint["actual"].judgement
    after = assess.step(judgement, Facts(sightings=(joined, stage)), net.now_tai_ns)
    (only,) = (each for each in after.events if each.kind == LAUNCH)
    assert {each.id for each in only.sightings} == {joined.id, "east:7"}
