"""Owns FormerIds: what stood in a base city before an overlay took its place, and what is nearest now."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FormerId:
    """
    One id of a base city that no longer exists.

    `kind`: ``stop``, ``route``, ``facility``, ``district`` or ``cell``; `nearest_id`, `nearest_name`, `distance_m`:
    what stands nearest to its place now ("" and inf where nothing does).
    """

    kind: str
    former_id: str
    name: str
    nearest_id: str
    nearest_name: str
    distance_m: float
