"""A rocket as the flight model needs it: stages, masses, thrust, drag, plume and size."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage: it burns its propellant at a steady rate, then falls away."""

    thrust_vacuum_n: float
    exit_area_m2: float
    """Nozzle exit area: outside pressure on it takes away thrust."""
    propellant_kg: float
    dry_kg: float
    burn_s: float
    drag_area_m2: float
    """Frontal area of everything still stacked while this stage burns."""
    plume_w_sr: float
    """Infrared intensity of the plume in the 2.7 micrometre band, seen from the side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vehicle:
    """A generic class of rocket. No real vehicle's data, no payload but its mass and drag."""

    id: str
    name: str
    kind: str
    """short, medium, intermediate, intercontinental-liquid, intercontinental-solid, submarine,
    sounding or space."""
    stages: tuple[Stage, ...]
    """One to four, in the order they burn."""
    payload_kg: float
    ballistic_coefficient_kg_m2: float
    """Mass over drag coefficient and area of what comes back down."""
    vertical_rise_s: float
    """How long it climbs straight up before it tilts."""
    rcs_m2: float
    """Average radar cross-section of what coasts and comes down."""

    @property
    def burn_s(self) -> float:
        """Time from first ignition to the last burnout when every stage burns out."""
        return sum(stage.burn_s for stage in self.stages)

    @property
    def liftoff_kg(self) -> float:
        """Mass at first ignition."""
        stages = sum(stage.propellant_kg + stage.dry_kg for stage in self.stages)
        return stages + self.payload_kg
