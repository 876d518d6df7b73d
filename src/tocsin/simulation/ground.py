"""Places, areas and sites by id: the catalogue's, and those that a scenario brings along."""

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.catalog.load import Catalog
from tocsin.errors import ScenarioError, nearest
from tocsin.simulation.scenario import OwnArea, OwnPlace


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Everything on the ground that a scenario may name."""

    places: dict[str, OwnPlace]
    areas: dict[str, OwnArea]
    sites: dict[str, OwnPlace]
    samples: dict[str, OwnPlace]
    """Sample points of the catalogue's areas: `indian-ocean/3` is the third."""

    def point(self, where: str, key: str, name: str) -> OwnPlace:
        """Give the place, site or sample point of an area that goes by this name."""
        for kind in (self.places, self.sites, self.samples):
            if name in kind:
                return kind[name]
        several = [sample for sample in self.samples if sample.startswith(f"{name}/")]
        if len(several) == 1:
            return self.samples[several[0]]
        if several:
            raise ScenarioError(
                f"{where}: {key} is the area {name!r}, which has several sample points; "
                f"write {several[0]!r} to {several[-1]!r}, or [latitude, longitude]"
            )
        names = (*self.places, *self.sites, *self.samples)
        raise ScenarioError(
            f"{where}: {key} is {name!r}, which is neither 'latitude,longitude' nor the name of a "
            f"place, a site or an area's sample point; {nearest(name, names)}"
        )


def ground_of(
    catalog: Catalog, places: Sequence[OwnPlace] = (), areas: Sequence[OwnArea] = ()
) -> Ground:
    """Give the ground of a scenario: its own places and areas go before the catalogue's."""
    known = {
        place.id: OwnPlace(
            id=place.id, name=place.name, latitude_deg=place.lat, longitude_deg=place.lon
        )
        for place in catalog.places.values()
    }
    sites = {
        site.id: OwnPlace(id=site.id, name=site.name, latitude_deg=site.lat, longitude_deg=site.lon)
        for site in catalog.sites.values()
    }
    regions = {
        area.id: OwnArea(
            id=area.id,
            name=area.name,
            polygon_lonlat_deg=tuple((lon, lat) for lon, lat in area.polygon),
        )
        for area in catalog.areas.values()
    }
    samples = {
        f"{area.id}/{number}": OwnPlace(
            id=area.id, name=f"{area.name}, point {number}", latitude_deg=lat, longitude_deg=lon
        )
        for area in catalog.areas.values()
        for number, (lon, lat) in enumerate(area.sample_points, 1)
    }
    return Ground(
        places=known | {place.id: place for place in places},
        areas=regions | {area.id: area for area in areas},
        sites=sites,
        samples=samples,
    )
