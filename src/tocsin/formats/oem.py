"""CCSDS orbit ephemeris messages, in the keyword form.

Source: CCSDS 502.0-B-3, Orbit Data Messages, Blue Book, 2023, section 5.
"""

from tocsin.earth.time import utc_from_tai
from tocsin.lanes import Floats

NANOSECONDS = 1_000_000_000


def write_oem(
    name: str,
    start_tai_ns: int,
    time_s: Floats,
    position_ecef_m: Floats,
    velocity_ecef_m_s: Floats,
) -> str:
    """Give one flight as an ephemeris in the Earth-fixed frame (kilometres, UTC).

    Args:
        name: Of the object.
        start_tai_ns: Instant of time zero; also taken as the date of creation.
        time_s: [m], seconds after it, rising.
        position_ecef_m, velocity_ecef_m_s: [m, 3]; no NaN.
    """
    stamps = [
        utc_from_tai(start_tai_ns + round(float(t) * NANOSECONDS)).removesuffix("Z") for t in time_s
    ]
    head = [
        "CCSDS_OEM_VERS = 3.0",
        f"CREATION_DATE = {stamps[0]}",
        "ORIGINATOR = TOCSIN",
        "",
        "META_START",
        f"OBJECT_NAME = {name.upper()}",
        "OBJECT_ID = UNKNOWN",
        "CENTER_NAME = EARTH",
        "REF_FRAME = WGS84",
        "TIME_SYSTEM = UTC",
        f"START_TIME = {stamps[0]}",
        f"STOP_TIME = {stamps[-1]}",
        "META_STOP",
        "",
        "COMMENT simulated flight; generic vehicle",
    ]
    lines = [
        f"{stamp} " + " ".join(f"{value / 1e3:.6f}" for value in (*place, *rate))
        for stamp, place, rate in zip(stamps, position_ecef_m, velocity_ecef_m_s, strict=True)
    ]
    return "\n".join([*head, *lines, ""])
