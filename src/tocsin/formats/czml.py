"""CZML, the JSON that 3-D globes such as Cesium read.

Source: Analytical Graphics, CZML Guide, github.com/AnalyticalGraphicsInc/czml-writer (wiki).
"""

import json

from tocsin.earth.time import utc_from_tai
from tocsin.lanes import Floats

NANOSECONDS = 1_000_000_000


def write_czml(name: str, start_tai_ns: int, time_s: Floats, position_ecef_m: Floats) -> str:
    """Give one flight as a CZML document: its path, and a point that moves along it.

    Args:
        name: Shown beside the point.
        start_tai_ns: Instant of the first time zero.
        time_s: [m], seconds after it, rising.
        position_ecef_m: [m, 3], Earth-fixed; no NaN.
    """
    epoch = utc_from_tai(start_tai_ns)
    end = utc_from_tai(start_tai_ns + round(float(time_s[-1]) * NANOSECONDS))
    span = f"{epoch}/{end}"
    values = [
        round(float(value), 3)
        for t, place in zip(time_s, position_ecef_m, strict=True)
        for value in (t, *place)
    ]
    document = [
        {
            "id": "document",
            "name": name,
            "version": "1.0",
            "clock": {"interval": span, "currentTime": epoch, "multiplier": 10},
        },
        {
            "id": "flight",
            "name": name,
            "availability": span,
            "label": {
                "text": name,
                "font": "12pt sans-serif",
                "pixelOffset": {"cartesian2": [8, -8]},
            },
            "point": {"pixelSize": 8, "color": {"rgba": [245, 10, 48, 255]}},
            "path": {
                "width": 2,
                "leadTime": 0,
                "material": {"solidColor": {"color": {"rgba": [245, 10, 48, 255]}}},
            },
            "position": {
                "epoch": epoch,
                "referenceFrame": "FIXED",
                "interpolationAlgorithm": "LAGRANGE",
                "interpolationDegree": 5,
                "cartesian": values,
            },
        },
    ]
    return json.dumps(document, indent=1)
