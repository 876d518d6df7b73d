"""Made-up tracking of the example run's launches: three watchers, one of them blind to some."""

from collections.abc import Sequence

from tocsin.studies.results import LaunchResult
from tocsin.studies.watch_results import Followed, Foretold, Tracking, Watcher


def _foretold(launch: LaunchResult, share: float, long_km: float) -> Foretold:
    return Foretold(
        time_s=share * launch.impact_s,
        track=3,
        latitude_deg=launch.track_deg[-1][0] + long_km / 400.0,
        longitude_deg=launch.track_deg[-1][1] - long_km / 400.0,
        long_km=long_km,
        short_km=0.2 * long_km,
        azimuth_deg=30.0,
        time_sigma_s=0.1 * long_km,
        time_error_s=-0.05 * long_km,
        miss_km=0.4 * long_km,
        holds=True,
    )


def followed(number: int, launch: LaunchResult, share: float) -> Followed:
    """Give a launch that is held for a share of its flight, from half-way on."""
    sizes = ((0.5, 800.0), (0.6, 90.0), (0.7, 25.0), (0.8, 8.0), (0.9, 2.0))
    foretold = tuple(_foretold(launch, *each) for each in sizes) if share > 0.0 else ()
    half = launch.track_deg[len(launch.track_deg) // 2 :]
    return Followed(
        launch=launch.name,
        flight=number,
        impact_s=launch.impact_s,
        impact_deg=launch.track_deg[-1],
        believed_s=0.5 * launch.impact_s if share > 0.0 else None,
        held_share=share,
        position_rms_km=2.0 if share > 0.0 else None,
        position_sigma_km=1.5 if share > 0.0 else None,
        within_95=0.9 if share > 0.0 else None,
        ellipse_below_s=(600.0, 700.0, 800.0) if share > 0.0 else (None, None, None),
        half_flight=foretold[0] if foretold else None,
        foretold=foretold,
        held_deg=(half,) if share > 0.0 else (),
    )


def make_tracking(launches: Sequence[LaunchResult]) -> Tracking:
    """Give what three watchers tracked of some launches."""
    sides = (
        ("russia", "Russia alone", ("russia",), (0.4, 0.0), 0.0),
        ("china", "China alone", ("china",), (0.0, 0.0), 0.0),
        ("russia+china-l4", "joined, plots shared", ("russia", "china"), (0.6, 0.5), 2.0),
    )
    return Tracking(
        watchers=tuple(
            Watcher(
                id=id_,
                label=label,
                partners=partners,
                sensors=4,
                plots=120,
                delay_s=delay_s,
                false_tracks=1,
                launches=tuple(
                    followed(n, launch, shares[n % 2]) for n, launch in enumerate(launches)
                ),
            )
            for id_, label, partners, shares, delay_s in sides
        ),
        every_s=10.0,
        near_km=20.0,
        sentence="Joined, plots shared, holds 55 % of flight time.",
    )
