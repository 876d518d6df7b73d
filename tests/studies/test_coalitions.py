"""Groups and pairs: each id once, every pair comparable, every case counted in its place."""

import itertools

import pytest

from tocsin.studies.cases import case_for, lay_out
from tocsin.studies.coalitions import Asked, LeftOutOnce, counts_all, groups, pairs
from tocsin.studies.columns import HIGH, LOW, NOMINAL, lay_columns
from tocsin.studies.prepare import top_group
from tocsin.studies.tally import WARNING_ROW


def asked(partners: int, levels: tuple[int, ...] = (0, 2, 3, 4)) -> Asked:
    names = dict(itertools.islice({"a": "A", "b": "B", "c": "C"}.items(), partners))
    return Asked(
        names=names,
        levels=levels,
        without={"a-radar": LeftOutOnce(partner="a", kind="radar", name="A's radar")},
        sets=(("c", "a"), ("a",), ("b", "a", "c")) if partners == 3 else (),
    )


@pytest.mark.parametrize("levels", [(0, 2, 3, 4), (3,)])
@pytest.mark.parametrize("partners", [1, 2, 3])
def test_every_pair_is_of_groups_that_count_the_same_launches(
    partners: int, levels: tuple[int, ...]
) -> None:
    found = groups(asked(partners, levels))
    by_id = {group.id: group for group in found}

    assert len(by_id) == len(found)
    assert len({group.label for group in found}) == len(found)
    for pair in pairs(asked(partners, levels)):
        assert by_id[pair.before].own == by_id[pair.after].own
        assert pair.before != pair.after


def test_a_set_asked_for_is_joined_at_every_level_in_the_order_of_the_scenario() -> None:
    ids = [group.id for group in groups(asked(3))]

    assert {"a+c-l0", "a+c-l2", "a+c-l3", "a+c-l4"} <= set(ids)
    assert "c+a-l4" not in ids


def test_joining_is_measured_against_nothing_shared_even_if_that_level_is_not_asked_for() -> None:
    found = [(pair.before, pair.after) for pair in pairs(asked(2, levels=(3,)))]

    assert ("a+b-l0", "a+b-l3") in found
    assert ("a@a", "a+b-l3@a") in found


def test_only_groups_for_ones_own_places_leave_launches_out() -> None:
    for group in groups(asked(2)):
        assert counts_all(group.id) == (group.own is None)


def test_a_variant_that_changes_nothing_shares_its_case(make_member) -> None:
    columns = lay_columns(
        ("a", "b"),
        (
            make_member("a-radar", "a", nominal=3000, low=2000, high=3000),
            make_member("b-radar", "b"),
        ),
    )
    question = asked(2)
    layout = lay_out(groups(question), pairs(question), columns, ("sea",), top_group(question))
    alone_a, alone_b = layout.case_of[layout.group("a")], layout.case_of[layout.group("b")]

    assert len(columns.radars) == 3
    assert alone_a[NOMINAL] == alone_a[HIGH] != alone_a[LOW]
    assert len(set(alone_b)) == 1


def test_every_count_has_a_place_of_its_own(make_member) -> None:
    columns = lay_columns(
        ("a", "b"), (make_member("a-radar", "a", low=2000), make_member("b", "b"))
    )
    question = asked(2)
    layout = lay_out(groups(question), pairs(question), columns, ("sea",), top_group(question))
    starts = [*layout.warning.values(), *layout.two.values(), *layout.gain.values()]
    starts += layout.ledger.values()

    assert len(set(starts)) == len(starts)
    ordered = [*sorted(starts), layout.size]
    assert min(b - a for a, b in itertools.pairwise(ordered)) >= WARNING_ROW


def test_a_sensor_that_is_absent_has_no_column_and_a_sweep_moves_one_value_at_a_time(
    make_member,
) -> None:
    members = (
        make_member("one", "a", nominal=None, low=None, high=4000),
        make_member("two", "b", nominal=3000, alternatives=(("range_max 2000 km", 2000),)),
    )
    columns = lay_columns(("a", "b"), members, sweep=True)

    assert columns.variants == ("nominal", "low", "high", "two: range_max 2000 km")
    assert (columns.column[[NOMINAL, LOW, 3], 0] == -1).all()
    assert columns.column[HIGH, 0] >= 0
    assert columns.radars[columns.column[3, 1]].range_max_m == 2_000_000
    assert columns.radars[columns.column[NOMINAL, 1]].range_max_m == 3_000_000


def test_a_group_uses_its_own_sensors_of_its_kind_less_the_one_left_out(make_member) -> None:
    columns = lay_columns(("a", "b"), (make_member("a-radar", "a"), make_member("b-radar", "b")))
    by_id = {group.id: group for group in groups(asked(2))}

    def used(group_id: str) -> tuple[tuple[int, ...], ...]:
        return case_for(by_id[group_id], columns, NOMINAL).columns

    assert used("a") == ((0,),)
    assert used("a-without-a-radar") == ((),)
    assert used("a+b-l4") == ((0,), (1,))
    assert used("a+b-l4-radar") == ((0,), (1,))
    assert used("a+b-l4-infrared") == ((), ())
    assert used("a+b-l4-without-a-radar") == ((), (1,))
