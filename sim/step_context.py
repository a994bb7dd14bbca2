"""Owns steps: what each reads of a city and its settings, and finding it again where that is the same."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar, cast

from geodata.digest import digest_of
from geodata.streets import DetourPlane
from sim.base_columns import DigestedColumns
from sim.derived import DERIVED, digest_of_derived
from sim.journal import NEW, Journal, reused_lines
from sim.reuse import spell
from sim.watching import (
    ANALYSIS,
    CELLS,
    EVERYTHING,
    PARAM,
    digest_of_read,
    watch,
    watch_settings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from geodata.city import City
    from geodata.facilities import Facilities
    from geodata.units import FloatArray
    from sim.context import RunContext
    from sim.on_demand.legs import Rides
    from sim.params import Analysis, Params
    from sim.reuse import Reuse
    from sim.routing.types import RoutingRequest
    from sim.shelved import Pack

T = TypeVar("T")

FITTED = "fitted"
"""Reading of the radii fitted on the baseline."""
BASE = "base:"
"""Reading of a column of the baseline's cells, which follows the colon."""
TRAVEL_READS = (CELLS, "timetable", "streets")


class StepContext:
    """
    One city under one analysis and one set of parameters.

    `city`, `analysis` and `params` note what is read of them (see `sim.watching`), so that a `step` is done again only
    where that differs; a step must read them itself, never get what was read before it but by its `key`.
    `fitted`: setting → radius [m] that reproduces the official catchment share on the baseline. `base`: column → value
    on every cell of the baseline, for models that tell a change from it; None = this city is the baseline. `rides_of`:
    context whose on-demand rides feed the travel times, for other residents of the same city; None = this one. `like`:
    context of the very same city under other settings, whose digests of the city need not be worked out again.
    """

    def __init__(
        self,
        city: City,
        analysis: Analysis,
        params: Params,
        reuse: Reuse,
        fitted: dict[str, float] | None = None,
        *,
        base: Mapping[str, FloatArray] | None = None,
        rides_of: RunContext | None = None,
        like: RunContext | None = None,
    ) -> None:
        self._city = with_walk_detour(city, params)
        self.city = watch(self._city, self._note_read)
        self._analysis, self._params = analysis, params
        self.analysis = watch_settings(analysis, ANALYSIS, self._note_read)
        self.params = watch_settings(params, PARAM, self._note_read)
        self.reuse = reuse
        self.journal = Journal()
        self._fitted = fitted
        self._base = base
        self._rides_of = rides_of
        self._frames: list[dict[str, None]] = []
        self._digests = {} if like is None or like._city is not self._city else like.city_digests()  # noqa: SLF001
        self._spelled: dict[tuple[str, ...], str] = {}
        self._facilities: dict[tuple[str, ...], Facilities] = {}
        self._rides: dict[RoutingRequest, tuple[Rides | None, str]] = {}
        self._behind: dict[str, frozenset[str]] = {}

    @property
    def reused(self) -> tuple[str, ...]:
        """How much of each kind of step was found in the memory."""
        return reused_lines(self.journal.notes())

    @property
    def rides_of(self) -> RunContext | None:
        """Whose on-demand services are simulated in the place of this context's; None = its own."""
        return self._rides_of

    @property
    def fitted(self) -> dict[str, float] | None:
        """Fitted setting → radius [m]."""
        self._note_read(FITTED)
        return self._fitted

    @fitted.setter
    def fitted(self, fitted: dict[str, float] | None) -> None:
        self._fitted = fitted
        self._digests.pop(FITTED, None)
        self._spelled.clear()

    @property
    def is_baseline(self) -> bool:
        """Return whether this city is the baseline itself."""
        self._note_read(BASE)
        return self._base is None

    def base_column(self, name: str) -> FloatArray | None:
        """Return cell → value of a column of the baseline; None on the baseline itself or where it has none."""
        self._note_read(BASE + name)
        return None if self._base is None else self._base.get(name)

    # ---------------------------------------------------------------- steps

    def step(
        self,
        kind: str,
        name: str,
        compute: Callable[[], T],
        *,
        key: str = "",
        plain: bool = False,
        pack: Pack | None = None,
    ) -> T:
        """
        Return the value of a step, from the memory where everything it reads of the city is the same.

        Parameters
        ----------
        kind, name
            What it is, for the account of the run.
        compute
            Computes it from this context alone; what it returns is shared and must not be changed.
        key
            Digest of what else it depends on, such as a parameter that was read before the step.
        plain
            Whether the value is a tuple without arrays.
        pack
            How it is kept for later processes; None = it is not.
        """
        unit = step_key(kind, name, key)
        known = self.reuse.recall(unit, self._digest, self._spell)
        if not known.found and pack is not None:
            earlier = self.reuse.fetch(unit, self._digest, pack)
            known = earlier if earlier.found else known
        if known.found:
            self.journal.found(kind, name, unit, reads=known.reads)
            self._note_reads(known.reads)
            return cast("T", known.value)
        self._frames.append({})
        try:
            with self.journal.timed(kind, name):
                value = compute()
        finally:
            reads = self._frames.pop()
        self._note_reads(reads)
        told = {read: self._digest(read) for read in reads}
        self.reuse.memorize(unit, told, value, plain=plain)
        if pack is not None and value is not None:
            self.reuse.shelve(unit, told, pack.columns_of(value))
        self.journal.computed(kind, name, unit, because=known.differs or (NEW,), reads=reads)
        return value

    def step_each(
        self, kind: str, name: str, keys: Sequence[str], compute: Callable[[list[str]], Sequence[T]]
    ) -> list[T]:
        """
        Return the values of steps that differ by their keys alone; those the memory lacks are computed together.

        Parameters
        ----------
        kind, name
            What they are, for the account of the run.
        keys
            Digests of what each depends on beside readings; the same one may come again.
        compute
            Computes the values of some keys, in their order; what it reads for one of them counts for each.
        """
        found: dict[str, T] = {}
        units = {key: step_key(kind, name, key) for key in keys}
        differs: tuple[str, ...] = ()
        for key, unit in units.items():
            known = self.reuse.recall(unit, self._digest, self._spell)
            if known.found:
                self.journal.found(kind, name, unit, reads=known.reads)
                self._note_reads(known.reads)
                found[key] = cast("T", known.value)
            else:
                differs = known.differs
        missing = [key for key in units if key not in found]
        if missing:
            with self.journal.timed(kind, name):
                values, reads = self.watched(lambda: compute(missing))
            told = {read: self._digest(read) for read in reads}
            for key, value in zip(missing, values, strict=True):
                self.reuse.memorize(units[key], told, value)
                found[key] = value
            self.journal.computed(kind, name, *(units[key] for key in missing), because=differs or (NEW,), reads=reads)
        return [found[key] for key in keys]

    def recalled(self, kind: str, name: str) -> Any | None:
        """Return the value of a step where the memory holds it for this city and these settings, else None."""
        known = self.reuse.recall(step_key(kind, name), self._digest, self._spell)
        if not known.found:
            return None
        self._note_reads(known.reads)
        return known.value

    def trace_of(self, kind: str, name: str) -> tuple[str, dict[str, str]] | None:
        """Return (digest of a step, name of each reading → digest) where the memory holds its value for this city."""
        unit = step_key(kind, name)
        known = self.reuse.recall(unit, self._digest, self._spell)
        return (unit, {read: self._digest(read) for read in known.reads}) if known.found else None

    def _note_read(self, name: str) -> None:
        if self._frames:
            self._frames[-1][name] = None

    def _note_reads(self, names: Iterable[str]) -> None:
        for name in names:
            self._note_read(name)

    def _digest(self, name: str) -> str:
        """Return the digest of a reading in this city, worked out once."""
        found = self._digests.get(name)
        if found is None:
            found = self._digests[name] = self._find_digest(name)
        return found

    def _spell(self, names: tuple[str, ...]) -> str:
        """Return a set of readings with what they are in this city, worked out once."""
        found = self._spelled.get(names)
        if found is None:
            found = self._spelled[names] = spell(names, self._digest)
        return found

    def city_digests(self) -> dict[str, str]:
        """Return reading → digest, of what was read of the city alone."""
        settings = (PARAM, ANALYSIS, BASE)
        others = {FITTED, EVERYTHING, *DERIVED}
        return {n: d for n, d in self._digests.items() if n not in others and not n.startswith(settings)}

    def _find_digest(self, name: str) -> str:
        if name.startswith((PARAM, ANALYSIS)):
            kind, field = name.split(":", 1)
            return repr(getattr(self._params if f"{kind}:" == PARAM else self._analysis, field))
        if name == FITTED or name.startswith(BASE):
            return self._base_digest(name)
        if name == CELLS:  # thousands of outlines: once for all runs on these residents
            key = digest_of((CELLS, self._digest("population")))
            return self.reuse.get(key, lambda: digest_of_read(self._city, CELLS))[0]
        if name not in DERIVED:
            return digest_of_read(self._city, name)
        if self._rides_of is not None:
            return self._rides_of.digest_of_reading(name)
        found, self._behind[name] = self.watched(lambda: digest_of_derived(self.whole, self._city, name), note=False)
        return found

    def _base_digest(self, name: str) -> str:
        """Return the digest of what is read of the baseline: fitted radii, a column, or whether this is it."""
        if name == FITTED:
            return repr(sorted((self._fitted or {}).items()))
        column = name.removeprefix(BASE)
        if not column:
            return str(self._base is None)
        if isinstance(self._base, DigestedColumns):
            return self._base.digest(column)
        return digest_of(None if self._base is None else self._base.get(column))

    def watched(self, compute: Callable[[], T], *, note: bool = True) -> tuple[T, frozenset[str]]:
        """Return a value and the names of what it read; `note`: whether that counts as read by the caller too."""
        self._frames.append({})
        try:
            value = compute()
        finally:
            reads = self._frames.pop()
        if note:
            self._note_reads(reads)
        return value, frozenset(reads)

    def spelled_out(self, reads: frozenset[str]) -> frozenset[str]:
        """Return readings together with those behind the derived ones among them."""
        return reads.union(*(self._behind.get(name, frozenset()) for name in DERIVED if name in reads))

    def _unnoted(self, compute: Callable[[], T]) -> T:
        """Return a value whose readings the caller notes by a name of his own."""
        return self.watched(compute, note=False)[0]

    def digest_of_reading(self, name: str) -> str:
        """Return the digest of a reading, such as a layer, which counts as read."""
        self._note_read(name)
        return self._digest(name)

    def kept(self, kind: str, name: str, key: str, compute: Callable[[], T]) -> T:
        """Return a value from the memory by a key that names everything it depends on, or compute it."""
        with self.journal.timed(kind, name):
            value, known = self.reuse.get(key, compute)
        if known:
            self.journal.found(kind, name, key)
        else:
            self.journal.computed(kind, name, key, because=(NEW,))
        return value

    @property
    def whole(self) -> RunContext:
        """Return this context as the measures know it."""
        return cast("RunContext", self)


@lru_cache(maxsize=8_192)
def step_key(kind: str, name: str, key: str = "") -> str:
    """Return the digest of a step: what it is."""
    return digest_of(("step", kind, name, key))


def with_walk_detour(city: City, params: Params) -> City:
    """Return the city with the detour factor of the parameters, where it walks by one and they set it."""
    streets = city.streets
    if params.walk_detour is None or not isinstance(streets, DetourPlane) or streets.walk_detour == params.walk_detour:
        return city
    return city.replace(streets=DetourPlane(params.walk_detour, streets.car_detour))
