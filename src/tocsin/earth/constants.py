"""Earth's shape, pull and spin, each number with its source."""

GM_M3_S2 = 3.986004418e14
"""Earth's gravity times mass, air included. NIMA, TR8350.2 (WGS84), 3rd ed., 2000, table 3.1."""

EARTH_A_M = 6378137.0
"""Equatorial radius. NIMA, TR8350.2 (WGS84), 3rd ed., 2000, table 3.1."""

EARTH_F = 1.0 / 298.257223563
"""Flattening. NIMA, TR8350.2 (WGS84), 3rd ed., 2000, table 3.1."""

EARTH_B_M = EARTH_A_M * (1.0 - EARTH_F)
"""Polar radius, derived from the two above."""

EARTH_E2 = EARTH_F * (2.0 - EARTH_F)
"""Square of the first eccentricity, derived from the flattening."""

EARTH_OMEGA_RAD_S = 7.292115e-5
"""Spin. NIMA, TR8350.2 (WGS84), 3rd ed., 2000, table 3.1."""

EARTH_J2 = 1.08262982e-3
"""Second zonal harmonic, unnormalised from the WGS84 coefficient. TR8350.2, 2000, table 3.4."""

EARTH_J4 = -1.61962159e-6
"""Fourth zonal harmonic. Vallado, Fundamentals of Astrodynamics, 4th ed., 2013, appendix D."""

STANDARD_G_M_S2 = 9.80665
"""Standard acceleration of gravity. 3rd General Conference on Weights and Measures, 1901."""

EARTH_MEAN_RADIUS_M = 6371000.0
"""Radius of the sphere of the closed-form arcs. IUGG mean radius rounded; Moritz, GRS80, 2000."""

NORMAL_G_EQUATOR_M_S2 = 9.7803253359
"""Normal gravity on the ellipsoid at the equator. TR8350.2 (WGS84), 3rd ed., 2000, table 3.4."""

NORMAL_G_POLE_M_S2 = 9.8321849378
"""Normal gravity on the ellipsoid at the poles. TR8350.2 (WGS84), 3rd ed., 2000, table 3.4."""

ASTRONOMICAL_UNIT_M = 149_597_870_700.0
"""Earth's distance from the Sun, rounded. International Astronomical Union, resolution B2, 2012."""
