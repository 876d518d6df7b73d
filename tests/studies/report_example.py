"""A made-up run, realistic in shape and size, for tests of the report; nothing was measured."""

import math

from tocsin.studies.results import (
    Claim,
    Coalition,
    Compared,
    Gain,
    Knowledge,
    LaunchResult,
    LedgerLine,
    MapLayer,
    RunResult,
    SensorUsed,
    Sighting,
    Spread,
    StudyMap,
)

SPACING_DEG = 9.0
LEVEL_WORDS = {2: "events shared", 3: "tracks shared", 4: "plots pooled"}


def spread(value: float, below: float, above: float, limit: float = math.inf) -> Spread:
    """Give a spread around a value, held between 0 and a limit."""
    return Spread(value=value, low=max(0.0, value - below), high=min(limit, value + above))


def _grid() -> list[tuple[float, float, str]]:
    """Give launch points in two oceans, near-equal-area; the eastern one crosses 180 degrees."""
    boxes = (("indian-ocean", 30.0, 112.0, 8.0), ("south-pacific", 155.0, 283.0, -4.0))
    points = []
    for area, west, east, north in boxes:
        latitude = north
        while latitude > -58.0:
            step = SPACING_DEG / math.cos(math.radians(latitude))
            edge = west + (25.0 if latitude > -2.0 else 0.0)
            longitude = edge + 0.5 * step
            while longitude < east:
                points.append((latitude, (longitude + 180.0) % 360.0 - 180.0, area))
                longitude += step
            latitude -= SPACING_DEG
    return points


def _warning_min(latitude: float, longitude: float, partner: str) -> float:
    """Give minutes that fall with distance from the partner's sensors, 0 beyond their reach."""
    home = {"russia": (50.0, 80.0, 122.0), "china": (30.0, 112.0, 108.0)}[partner]
    east = math.radians((longitude - home[1] + 180.0) % 360.0 - 180.0)
    cosine = math.sin(math.radians(latitude)) * math.sin(math.radians(home[0]))
    cosine += math.cos(math.radians(latitude)) * math.cos(math.radians(home[0])) * math.cos(east)
    angle = math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
    return 0.0 if angle > home[2] else round(31.0 - 0.2 * angle, 2)


def _map() -> StudyMap:
    points = _grid()
    alone = {
        partner: tuple(_warning_min(lat, lon, partner) for lat, lon, _ in points)
        for partner in ("russia", "china")
    }
    joined = tuple(
        max(one, two) + (0.6 if one and two else 0.0)
        for one, two in zip(alone["russia"], alone["china"], strict=True)
    )
    layers = []
    for name, values in (*alone.items(), ("joined-l4", joined)):
        shares = tuple(min(1.0, round(value / 22.0, 2)) for value in values)
        layers.append(MapLayer(coalition=name, figure="share_seen", values=shares))
    for name, values in (*alone.items(), ("joined-l4", joined)):
        layers.append(MapLayer(coalition=name, figure="warning_min", values=values))
    gain = tuple(after - one for after, one in zip(joined, alone["russia"], strict=True))
    layers.append(MapLayer(coalition="joined-l4", figure="gain_min", values=gain, before="russia"))
    latitude, longitude, area = zip(*points, strict=True)
    return StudyMap(
        latitude_deg=latitude,
        longitude_deg=longitude,
        area=area,
        spacing_deg=SPACING_DEG,
        layers=tuple(layers),
    )


def _coalition(
    name: str, label: str, partners: tuple[str, ...], seen: float, **more: object
) -> Coalition:
    median = 24.0 * seen - 2.0
    given = {"level": 0, "kinds": "all", "without": None} | more
    return Coalition(
        id=name,
        label=label,
        partners=partners,
        launches=3_060,
        share_seen=spread(seen, 0.11, 0.06, 1.0),
        share_confirmed_by_two=spread(0.7 * seen, 0.15, 0.08, 1.0),
        warning_min={
            "p05": Spread(value=0.0, low=0.0, high=0.0),
            "p50": spread(median, 4.1, 2.2),
            "p95": spread(median + 8.0, 3.0, 1.5),
        },
        warning_two_min={"p05": spread(0, 0, 0), "p50": spread(0.6 * median, 5.0, 2.0)},
        **given,  # type: ignore[arg-type]
    )


def _coalitions() -> tuple[Coalition, ...]:
    both = ("russia", "china")
    made = [
        _coalition("russia", "Russia alone", ("russia",), 0.58),
        _coalition("china", "China alone", ("china",), 0.49),
    ]
    for level, seen in ((2, 0.74), (3, 0.78), (4, 0.81)):
        label = f"joined, {LEVEL_WORDS[level]}"
        made.append(_coalition(f"joined-l{level}", label, both, seen, level=level))
    for kind, word, less in (("radar", "radars only", 0.6), ("infrared", "satellites only", 0.8)):
        for one, name, level in (
            (("russia",), "Russia", 0),
            (("china",), "China", 0),
            (both, "joined", 4),
        ):
            base = {"Russia": 0.58, "China": 0.49, "joined": 0.81}[name]
            made.append(
                _coalition(
                    f"{name}-{kind}", f"{name}, {word}", one, base * less, level=level, kinds=kind
                )
            )
    for sensor, seen in (("eks-5", 0.7), ("balkhash", 0.77), ("tjs-6", 0.74)):
        label = f"joined, plots pooled, without {sensor}"
        made.append(
            _coalition(f"joined-l4-no-{sensor}", label, both, seen, level=4, without=sensor)
        )
    return tuple(made)


def _gain(before: str, share_gaining: float, name: str) -> Gain:
    return Gain(
        id=f"{before}-to-joined-l4",
        before=before,
        after="joined-l4",
        share_gaining=spread(share_gaining, 0.08, 0.12, 1.0),
        share_newly_seen=spread(0.6 * share_gaining, 0.07, 0.06, 1.0),
        gain_min={
            "p05": spread(0.6, 0.1, 0.1),
            "p50": spread(6.2, 1.9, 2.4),
            "p95": spread(19.0, 2.0, 3.5),
            "mean": spread(7.7, 1.4, 1.8),
        },
        share_losing=Spread(value=0.0, low=0.0, high=0.0),
        sentence=f"{name} gains on {share_gaining:.0%} of launches (low to high: "
        f"{share_gaining - 0.08:.0%} to {share_gaining + 0.12:.0%}), a median of 6.2 minutes on "
        "those (4.3 to 8.6 minutes), and loses on none.",
    )


def _sensors() -> tuple[SensorUsed, ...]:
    radars = (
        ("lekhtusi", "Lekhtusi Voronezh-M", "russia", 60.3, 30.5, (245.0, 355.0)),
        ("armavir", "Armavir Voronezh-DM no. 2", "russia", 44.9, 41.0, (55.0, 175.0)),
        ("balkhash", "Balkhash Dnepr", "russia", 46.6, 74.5, (110.0, 240.0)),
        ("mishelevka", "Mishelevka Voronezh-M", "russia", 52.9, 103.3, (70.0, 190.0)),
        ("huanan", "Huanan large phased array", "china", 46.5, 130.8, (0.0, 120.0)),
        ("yiyuan", "Yiyuan large phased array", "china", 36.0, 118.1, (90.0, 210.0)),
    )
    made = [
        SensorUsed(
            id=name,
            name=title,
            partner=partner,
            kind="radar",
            latitude_deg=latitude,
            longitude_deg=longitude,
            sectors_deg=(sector,),
            elevation_deg=(2.0, 70.0),
            range_km=Spread(value=6000.0, low=3700.0, high=8000.0),
            status="operational",
            disputed=("range", "azimuth sector") if partner == "russia" else ("range",),
            sources=("KeepTrack sensor catalogue", "https://www.wikidata.org/wiki/Q6520615"),
        )
        for name, title, partner, latitude, longitude, sector in radars
    ]
    for name, title, partner, longitude in (
        ("eks-5", "EKS-5 (Kosmos 2552)", "russia", 63.0),
        ("tjs-6", "TJS-6", "china", 178.5),
    ):
        made.append(
            SensorUsed(
                id=name,
                name=title,
                partner=partner,
                kind="infrared",
                latitude_deg=0.0 if partner == "china" else 38.0,
                longitude_deg=longitude,
                sectors_deg=(),
                elevation_deg=None,
                range_km=None,
                status="operational, role inferred by analysts",
                disputed=("status", "sensitivity"),
                sources=("Public satellite catalogue, July 2024",),
                note="Sensitivity assumed from the published class.",
            )
        )
    return tuple(made)


def _sighting(partner: str, sensor: str, kind: str, first: float | None) -> Sighting:
    if first is None:
        return Sighting(
            partner=partner,
            sensor=sensor,
            kind=kind,
            first_look_s=None,
            confirmed_s=None,
            last_look_s=None,
            confirmed_low_s=None,
            confirmed_high_s=None,
        )
    return Sighting(
        partner=partner,
        sensor=sensor,
        kind=kind,
        first_look_s=first,
        confirmed_s=first + 20.0,
        last_look_s=first + 240.0 if kind == "infrared" else first + 560.0,
        confirmed_low_s=first + 140.0,
        confirmed_high_s=first + 8.0,
    )


def _knowledge(own: dict[str, float | None], impact_s: float) -> tuple[Knowledge, ...]:
    made = []
    for partner, other in (("russia", "china"), ("china", "russia")):
        for level, delay in ((0, None), (1, None), (2, 60.0), (3, 10.0), (4, 2.0)):
            told = own[other]
            times = [own[partner], told + delay if told is not None and delay else None]
            known = min((time for time in times if time is not None), default=None)
            two = known + 95.0 if known is not None and level > 2 else None
            left = (impact_s - known) / 60.0 if known is not None else None
            made.append(
                Knowledge(
                    partner=partner,
                    level=level,
                    known_s=known,
                    via=""
                    if known is None
                    else "eks-5"
                    if known == own[partner]
                    else f"tjs-6, {other}",
                    confirmed_by_two_s=two,
                    warning_min=Spread(value=None, low=None, high=None)
                    if left is None
                    else spread(left, 2.0, 0.3),
                )
            )
    return tuple(made)


def _launch(number: int, start: tuple[float, float], end: tuple[float, float]) -> LaunchResult:
    impact = 1_380.0 + 95.0 * number
    ocean = "Indian Ocean" if 0.0 < start[1] < 120.0 else "South Pacific"
    russia = None if number == 5 else 95.0 + 31.0 * number
    china = None if number == 1 else 300.0 - 22.0 * number
    east = (end[1] - start[1] + 180.0) % 360.0 - 180.0
    track = tuple(
        (start[0] + (end[0] - start[0]) * step / 12.0, start[1] + east * step / 12.0)
        for step in range(13)
    )
    return LaunchResult(
        name=f"Launch {number} from the {ocean}",
        vehicle="submarine-long",
        from_latitude_deg=start[0],
        from_longitude_deg=start[1],
        to_latitude_deg=end[0],
        to_longitude_deg=end[1],
        at_s=120.0 * number,
        range_km=7_400.0 + 310.0 * number,
        apogee_km=1_050.0 + 40.0 * number,
        burnout_s=176.0,
        apogee_s=0.53 * impact,
        impact_s=impact,
        miss_km=0.4,
        track_deg=track,
        sightings=(
            _sighting("russia", "eks-5", "infrared", russia),
            _sighting("china", "tjs-6", "infrared", china),
            _sighting("russia", "balkhash", "radar", 0.55 * impact),
            _sighting("russia", "mishelevka", "radar", None),
            _sighting("china", "yiyuan", "radar", 0.5 * impact if number % 2 else None),
        ),
        knowledge=_knowledge({"russia": russia, "china": china}, impact),
    )


def _ledger() -> tuple[LedgerLine, ...]:
    steps = (
        ("Second sensor confirms", 95.0, "second independent look, level A3"),
        ("Partner's report arrives", 10.0, "tracks shared, delay of the agreement"),
        ("Staff assess", 120.0, "published exercises: one to four minutes"),
        ("Leaders are reached and brief", 240.0, "published accounts differ widely"),
        ("Order is passed on", 180.0, "assumed, stated low and high"),
    )
    left, made = 17.4, []
    for step, takes, why in steps:
        left -= takes / 60.0
        made.append(
            LedgerLine(
                step=step,
                takes_s=spread(takes, 0.4 * takes, 0.8 * takes),
                left_min=spread(left, 4.0, 2.5),
                why=why,
            )
        )
    return tuple(made)


def _claims() -> tuple[Claim, ...]:
    rows = (
        (
            "Does the partner's data lengthen the warning of launches from the South Pacific?",
            "borne out",
            "Median warning grows from 11.9 minutes (7.8 to 14.1) to 17.4 minutes (13.3 to 19.6). "
            "On 41% of launches (33 to 53%) the gain is at least half a minute.",
        ),
        (
            "Do radars alone give it?",
            "partly borne out",
            "Radars see 49% of launches joined (38 to 55%) against 35% for Russia alone (24 to "
            "41%), but later than satellites do.",
        ),
        (
            "Is the gain the same in both oceans?",
            "not borne out",
            "In the Indian Ocean joining adds a median of 0.6 minutes (0.0 to 1.1).",
        ),
    )
    return tuple(
        Claim(question=question, verdict=verdict, answer=answer, coalitions=("russia", "joined-l4"))
        for question, verdict, answer in rows
    )


def make_result() -> RunResult:
    """Give the whole made-up run, the same every time."""
    launches = (
        ((-30.0, -130.0), (55.8, 37.6)),
        ((-20.0, -160.0), (39.9, 116.4)),
        ((-45.0, -100.0), (52.3, 104.3)),
        ((-10.0, 70.0), (55.8, 37.6)),
        ((-30.0, 80.0), (39.9, 116.4)),
        ((5.0, 65.0), (55.0, 82.9)),
    )
    return RunResult(
        scenario="joined-watch",
        title="What two warning networks see together that neither sees alone",
        question="For launches from the South Pacific and the Indian Ocean, how much earlier do "
        "Russia and China know if they share what their published sensors see?",
        answer="Joined, they would see 81% of the launches (70 to 87%) against 58% and 49% alone, "
        "and the median warning would grow from 11.9 to 17.4 minutes (13.3 to 19.6).",
        start_utc="2024-07-05T00:00:00Z",
        as_of="2024-07-05",
        seed=1,
        data_class="simulation",
        version="0.1.0",
        sensors=_sensors(),
        left_out=(
            "Sevastopol Voronezh (planned): never built.",
            "Huian large phased array: no azimuth sector is published.",
        ),
        launches=tuple(_launch(n, *ends) for n, ends in enumerate(launches, start=1)),
        compared=Compared(
            partners=("russia", "china"),
            areas=("indian-ocean", "south-pacific"),
            places=("moscow", "beijing", "irkutsk"),
            launches=3_060,
            out_of_reach=144,
            coalitions=_coalitions(),
            gains=(_gain("russia", 0.41, "Russia"), _gain("china", 0.52, "China")),
            map=_map(),
            ledger=_ledger(),
        ),
        claims=_claims(),
        assumptions=(
            "A radar's published range is where one look detects the reference target with "
            "probability 0.5.",
            "An infrared satellite sees a plume once it is above 10 km of cloud.",
            "Sharing events takes 60 s, tracks 10 s, plots 2 s.",
        ),
        sources=(
            ("KeepTrack sensor catalogue", "https://github.com/thkruz/keeptrack.space"),
            ("Lekhtusi radar station, Wikidata", "https://www.wikidata.org/wiki/Q6520615"),
            ("Printed work without an address", "ISBN 0-07-066443-9"),
        ),
    )
