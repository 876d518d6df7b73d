"""The planet: shape, spin, air, pull, time, light."""
