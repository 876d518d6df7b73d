"""From a scenario to everything its study needs: sensors, launches, groups and places to count."""

from dataclasses import dataclass, replace

from tocsin.catalog.load import Catalog
from tocsin.errors import ScenarioError
from tocsin.simulation.ground import ground_of
from tocsin.simulation.roster import Roster, roster
from tocsin.simulation.scenario import DEFAULT_DELAY_S, Scenario, Study
from tocsin.studies.cases import lay_out
from tocsin.studies.coalitions import Asked, LeftOutOnce, alone_id, groups, joined_id, pairs
from tocsin.studies.columns import Columns, lay_columns
from tocsin.studies.plan import make_plan
from tocsin.studies.survey import Survey, set_watches


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A study ready to be worked out."""

    scenario: Scenario
    study: Study
    roster: Roster
    asked: Asked
    survey: Survey


def prepare(scenario: Scenario, catalog: Catalog, *, sweep: bool = False) -> Prepared:
    """Give a scenario's study, ready to be worked out.

    Args:
        scenario: With a study in it.
        catalog: Where its sensors and vehicles are.
        sweep: Also move each disputed value by itself.

    Raises:
        ScenarioError: There is no study, or it cannot be laid out.
    """
    study = scenario.study
    if study is None:
        raise ScenarioError(
            f"scenario {scenario.name!r}: there is no [study]; add one with areas, places and "
            "vehicles, or fly its launches with `tocsin run`"
        )
    members, columns = watchers(scenario, catalog, sweep=sweep)
    asked = what_is_asked(scenario, study, columns)
    vehicles = {
        vehicle: catalog.vehicle_of(catalog.vehicles[vehicle]) for vehicle in study.vehicles
    }
    plan = make_plan(scenario, study, ground_of(catalog, scenario.places, scenario.areas), vehicles)
    layout = lay_out(groups(asked), pairs(asked), columns, plan.areas, top_group(asked))
    return Prepared(
        scenario=scenario,
        study=study,
        roster=members,
        asked=asked,
        survey=Survey(
            plan=plan,
            columns=columns,
            layout=layout,
            delays_s=delays(scenario),
            watches=set_watches(columns, plan, study.step_s),
        ),
    )


def watchers(
    scenario: Scenario, catalog: Catalog, *, sweep: bool = False
) -> tuple[Roster, Columns]:
    """Give the sensors of all partners, and the columns that cover every variant of them."""
    members = roster(scenario, catalog)
    partners = tuple(partner.id for partner in scenario.partners)
    return members, lay_columns(partners, members.members, sweep=sweep)


def with_changes(
    scenario: Scenario, *, seed: int | None = None, spacing_deg: float | None = None
) -> Scenario:
    """Give a scenario with another seed or another spacing of launch points."""
    if seed is not None:
        scenario = replace(scenario, seed=seed)
    if spacing_deg is not None and scenario.study is not None:
        scenario = replace(scenario, study=replace(scenario.study, spacing_deg=spacing_deg))
    return scenario


def what_is_asked(scenario: Scenario, study: Study, columns: Columns) -> Asked:
    """Give the partners, levels and sensors to leave out.

    Raises:
        ScenarioError: A sensor to leave out is nobody's.
    """
    members = {member.id: member for member in columns.members}
    for sensor in study.without:
        if sensor not in members:
            raise ScenarioError(
                f"study: without names {sensor!r}, which no partner can watch with then"
            )
    return Asked(
        names={partner.id: partner.name for partner in scenario.partners},
        levels=tuple(sorted(study.levels)),
        without={
            sensor: LeftOutOnce(
                partner=members[sensor].partner,
                kind=members[sensor].kind,
                name=members[sensor].name,
            )
            for sensor in study.without
        },
        sets=study.coalitions,
    )


def top_group(asked: Asked) -> str:
    """Give the id of all partners joined at the highest level, or of the only one."""
    if len(asked.names) == 1:
        return alone_id(next(iter(asked.names)))
    return joined_id(asked, asked.levels[-1])


def delays(scenario: Scenario) -> dict[int, float]:
    """Give how long what is shared at each level takes: the slowest that the scenario says."""
    found = dict(DEFAULT_DELAY_S)
    for level in found:
        said = [share.delay_s for share in scenario.sharing if share.level == level]
        if said:
            found[level] = max(said)
    return found
