"""Vehicles, sensors, sites and places: tables whose every number has a source."""
