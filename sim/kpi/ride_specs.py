"""Owns what is known beforehand of the KPIs of rides: boardings, linked trips, transfers, kilometres by car."""

from __future__ import annotations

from sim.kpi.later import later
from sim.kpi.spec import KpiSpec

RIDE_KPIS: tuple[KpiSpec, ...] = (
    later(
        "bus_rides_per_citizen",
        "市民1人当たりのバス交通等の利用回数",
        "bus rides per citizen and year",
        "ratio",
        "none",
        5,
    ),
    later("bus_rides_total", "バス交通等の利用回数", "bus rides a year", "rides", "none", 5, 0),
    later("linked_trips_total", "乗換を1回と数えた移動回数", "linked trips a year", "rides", "up", 5, 0),
    later("transfers_per_trip", "1移動当たりの乗換回数", "transfers per trip", "ratio", "none", 5, 2),
    later("car_vehicle_km", "自動車の走行キロ", "car kilometres a year", "km", "down", 5, 0),
)
