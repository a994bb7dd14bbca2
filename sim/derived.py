"""Owns derived readings: what a run reads of several layers at once counts as one, by what it comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geodata.digest import digest_of

if TYPE_CHECKING:
    from geodata.city import City
    from sim.context import RunContext

RIDES = "rides"
"""Reading of all that decides on-demand rides: plans of services, who asks for them, and where to."""
CHANGES = "changes"
"""Reading of what hubs do to changes."""
DOORS = "doors"
"""Reading of the further entrances of stops."""
DERIVED = (RIDES, CHANGES, DOORS)


def digest_of_derived(context: RunContext, city: City, name: str) -> str:
    """Return the digest of what a derived reading gives, "" where it gives nothing."""
    if name == DOORS:
        found: object = [(e.stop_id, e.xy, e.inside_s) for e in city.entrances]
    elif name == CHANGES:
        from sim.routing.hub_changes import hub_changes  # noqa: PLC0415 -- the package loads compiled kernels

        found = list(hub_changes(city).items()) if city.hubs else []
    elif not any(service.computed for service in city.on_demand):
        found = []
    else:
        from sim.on_demand.service import service_asks  # noqa: PLC0415 -- only where a city has services

        def told() -> str:
            plans = {service.service_id: service.plan for service in context.city.on_demand}
            asks = [(ask, plans[ask.service_id]) for ask in service_asks(context)]
            return digest_of(asks) if asks else ""

        return context.step("derived", RIDES, told)
    return digest_of(found) if found else ""
