"""
Owns travel times that follow edits of the timetable: what an edit cannot touch is not computed again.

The arrivals of every round are kept with the answer. After an edit they are carried on round by round, where they
differ; a pair of places is sampled anew only where that can change its percentiles or how often it is reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from geodata.errors import Text
from geodata.units import UNREACHED_S
from sim.routing.answer import Answer, Found
from sim.routing.day import depends_on_draw
from sim.routing.edited_graph import EditedGraph, KeptGraph, edit_graph, keep_graph
from sim.routing.edited_search import FEW
from sim.routing.legs import leg_columns
from sim.routing.prepared import PreparedTimes, prepare_times
from sim.routing.reduction import nearest_rank, never_of
from sim.routing.sharing import N_THREADS, share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from geodata.city import City
    from geodata.units import IntArray
    from sim.routing.prepared import Side
    from sim.routing.types import Places, RoutingRequest, TravelTimes

MOST_CHANGED = 0.15
"""Runs gone or added, as a share of all: with more, computing all anew is quicker."""
MOST_BYTES = 512 * 2**20
"""Arrivals kept at most."""
MOST_ROOTS = 104
"""Roots that are searched side by side."""

Arrivals = npt.NDArray[Any]
AllBoardings = tuple[npt.NDArray[np.int64], "IntArray", "IntArray"]


class EditedTimes(NamedTuple):
    """
    Travel times after an edit, and what they cost.

    `why_all`: why all was computed anew; empty where only what the edit touches was. `sampled_share`: pairs of places
    sampled anew, as a share of all.
    """

    times: TravelTimes
    n_gone: int
    n_added: int
    sampled_share: float
    why_all: Text = Text("", "")


class _Block(NamedTuple):
    """Some roots: where they stand, and by draw their arrivals by round and node, shape (K, E, B)."""

    roots: slice
    width: int
    rounds: tuple[Arrivals, ...]
    direct_s: IntArray
    within_s: IntArray
    within_last_s: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class RememberedTimes:
    """
    Travel times with all that later edits of the timetable can take from them.

    Parameters
    ----------
    times
        The times before any edit.
    prepared, others
        What was asked.
    """

    times: TravelTimes
    prepared: PreparedTimes
    others: Places
    answer: Answer
    found: Found
    graphs: tuple[KeptGraph, ...]
    blocks: tuple[_Block, ...]

    def edited(self, city: City, *, most_changed: float = MOST_CHANGED, n_threads: int = N_THREADS) -> EditedTimes:
        """
        Return the times in another city, which best differs in some trips only.

        Parameters
        ----------
        city
            The other city.
        most_changed
            Runs gone or added, as a share of all; with more, all is computed anew.
        n_threads
            Threads to share the work; changes nothing but the time taken.

        Returns
        -------
        edited
            The times, the same bits as `prepare_times(city, …).times(others)` gives.
        """
        why = self._why_all(city)
        if why:
            return self._anew(city, why, n_threads)
        draws = range(len(self.graphs))
        inner = n_threads if len(self.graphs) == 1 else 1

        def of_draw(draw: int) -> EditedGraph:
            return edit_graph(self.prepared, self.graphs[draw], city, draw, n_threads=inner)

        edits = share(of_draw, draws, n_threads)
        n_gone, n_added = sum(e.n_gone for e in edits), sum(e.n_added for e in edits)
        if max(n_gone, n_added) > most_changed * sum(e.n_runs for e in edits):
            why = Text("変わる便が多いため", "too many runs differ")
            return self._anew(city, why, n_threads)
        if not n_gone + n_added:
            return EditedTimes(self.times, 0, 0, 0.0)
        found = Found(self.found.seconds.copy(), self.found.n_reached.copy(), self.found.consists)
        work = _Carrying(self, tuple(edits), _joined_boardings(self.prepared, edits), found)
        touched = share(work.carry, self.blocks, n_threads)
        told = self.prepared.told(self.answer.spread(found), self.others)
        n_pairs = max(1, found.n_reached.size)
        return EditedTimes(told, n_gone, n_added, min(1.0, sum(touched) / n_pairs))

    def _anew(self, city: City, why: Text, n_threads: int) -> EditedTimes:
        prepared = self.prepared
        anew = prepare_times(city, prepared.places, prepared.request, side=prepared.side, n_threads=n_threads)
        return EditedTimes(anew.times(self.others, n_threads=n_threads), 0, 0, 1.0, why)

    def _why_all(self, city: City) -> Text | None:
        """Return why nothing can be taken over, None if something can."""
        before = self.prepared.city
        if not self.blocks:
            return Text("記憶するには大きすぎるため", "too large to be kept")
        if city.streets is not before.streets and city.layer_digest("streets") != before.layer_digest("streets"):
            return Text("道路が変わったため", "the streets differ")
        if city.hubs != before.hubs or city.entrances != before.entrances:
            return Text("ハブか出入口が変わったため", "hubs or entrances differ")
        stops, known = city.timetable.stops, before.timetable.stops
        rules, known_rules = city.timetable.transfers, before.timetable.transfers
        names = ("from_stop", "to_stop", "kind", "min_time_s")
        pairs: list[tuple[Any, Any]] = [(stops.xy, known.xy), (stops.parent, known.parent)]
        pairs += [(getattr(rules, name), getattr(known_rules, name)) for name in names]
        if not all(a is b or np.array_equal(a, b) for a, b in pairs):
            return Text("停留所か乗換規則が変わったため", "stops or rules for changes differ")
        if depends_on_draw(city.timetable) != depends_on_draw(before.timetable):
            return Text("試行回数が変わったため", "the number of draws differs")
        return None


def remember_times(
    city: City, places: Places, others: Places, request: RoutingRequest, *, side: Side, n_threads: int = N_THREADS
) -> RememberedTimes:
    """
    Return the travel times between places and others, ready to follow edits of the timetable.

    Parameters
    ----------
    city
        The city before any edit.
    places, others
        Both ends; `places` are best the many, such as all cells.
    request
        The question.
    side
        Whether `places` are the ``origins`` or the ``destinations``.
    n_threads
        Threads to share the work; changes nothing but the time taken.

    Returns
    -------
    remembered
        Its `times`, and `edited` for those of another city.

    Notes
    -----
    Keeps two bytes for every round, arrival of a run and distinct other.
    """
    prepared = prepare_times(city, places, request, side=side, n_threads=n_threads)
    answer = Answer(prepared, others, None)
    found = answer.by_root(n_threads=n_threads)
    times = prepared.told(answer.spread(found), others)
    cap = request.max_transfers
    n_nodes = sum(graph.n_nodes for graph in prepared.graphs)
    n_rounds = 4 if cap is None else cap + 1
    if not answer.n_roots or not len(places.xy) or 2 * n_nodes * answer.n_roots * n_rounds > MOST_BYTES:
        return RememberedTimes(times, prepared, others, answer, found, (), ())
    graphs = tuple(keep_graph(graph, n_threads=n_threads) for graph in prepared.graphs)
    step = FEW * max(1, min(MOST_ROOTS, answer.n_roots // n_threads) // FEW)
    roots = [slice(first, min(first + step, answer.n_roots)) for first in range(0, answer.n_roots, step)]
    blocks = share(lambda part: _block(prepared, answer, found, part), roots, n_threads)
    return RememberedTimes(times, prepared, others, answer, found, graphs, tuple(blocks))


def _block(prepared: PreparedTimes, answer: Answer, found: Found, roots: slice) -> _Block:
    from sim.routing.edited_search import reached_at_last_mark  # noqa: PLC0415 -- compiles on first use

    request, marks = prepared.request, prepared.marks_s
    n_roots = roots.stop - roots.start
    width = -(-n_roots // FEW) * FEW
    rounds = []
    for draw in range(len(prepared.graphs)):
        by_round = answer.search(draw, roots, keep_all=True)
        padded = np.full((*by_round.shape[:2], width), never_of(by_round), by_round.dtype)
        padded[:, :, :n_roots] = by_round
        rounds.append(padded)
    direct_s = np.full((len(prepared.places.xy), width), UNREACHED_S, np.int32)
    direct_s[:, :n_roots] = answer.direct_s[:, roots]
    within_s = np.full(direct_s.shape, request.cutoff_s, np.int32)
    within_last_s = within_s.copy()
    if not prepared.marks_at_others and request.departure_mode == "random":
        last_s = np.zeros(direct_s.shape, np.int32)
        for graph, boardings, by_round in zip(prepared.graphs, prepared.boardings, rounds, strict=True):
            reached_at_last_mark(
                by_round[-1], graph.first_s, never_of(by_round), *boardings, int(marks[-1]), direct_s, last_s
            )
        always = found.n_reached[:, roots] == prepared.n_samples
        always &= last_s[:, :n_roots] + (int(marks[-1]) - int(marks[0])) <= request.cutoff_s
        longest_s = found.seconds[:, roots, -1]
        within_s[:, :n_roots][always] = longest_s[always]
        within_last_s[:, :n_roots][always] = np.maximum(longest_s, last_s[:, :n_roots])[always]
    return _Block(roots, width, tuple(rounds), direct_s, within_s, within_last_s)


@dataclass(frozen=True, slots=True, eq=False)
class _Carrying:
    """An edit on its way through blocks of roots; `found` is mended in place."""

    before: RememberedTimes
    edits: tuple[EditedGraph, ...]
    boardings: AllBoardings
    found: Found

    def carry(self, block: _Block) -> int:
        """Search and sample what the edit touches; return how many pairs were sampled anew."""
        from sim.routing import samples as s  # noqa: PLC0415 -- compiles on first use
        from sim.routing.edited_search import find_touched, sample_touched  # noqa: PLC0415 -- compiles on first use

        prepared, request = self.before.prepared, self.before.prepared.request
        marks = prepared.marks_s
        touched = np.zeros(len(block.direct_s), np.uint64)
        whole = []
        never, base_s = never_of(block.rounds[0]), prepared.graphs[0].first_s
        at_places = not prepared.marks_at_others and request.departure_mode == "random"
        to_mark = (int(marks[0]), request.step_s if at_places else 0)
        for draw, edit in enumerate(self.edits):
            arrivals, differing, state = self.search(block, draw)
            find_touched(
                differing, state, base_s, prepared.boardings[draw], edit.boardings, int(marks[-1]), to_mark,
                block.within_s, block.within_last_s, touched,
            )  # fmt: skip
            whole.append(arrivals)
        kept = s.ALL if request.samples == "all" else s.SHORTEST
        modes = (prepared.marks_at_others, request.departure_mode == "planned", kept)
        ranks = [nearest_rank(p, prepared.n_samples) for p in sorted(request.percentiles)]
        arrivals = whole[0] if len(whole) == 1 else np.concatenate(whole)
        sample_touched(
            arrivals, arrivals.view(np.uint64), base_s, never, self.boardings, touched, marks,
            request.step_s, block.direct_s, request.cutoff_s, modes, np.array(ranks, np.int32),
            self.found.seconds[:, block.roots], self.found.n_reached[:, block.roots],
        )  # fmt: skip
        return FEW * int(np.bitwise_count(touched).sum())

    def search(self, block: _Block, draw: int) -> tuple[Arrivals, Arrivals, npt.NDArray[np.uint8]]:
        """Return the last arrivals in the edited graph, the earlier of both where they differ, and at which nodes."""
        from sim.routing.arrivals import get_off, stay_on  # noqa: PLC0415 -- compiles on first use
        from sim.routing.edited_search import FELL, ROSE, change_once_more_again, put_together  # noqa: PLC0415 -- likewise

        edit, graph, kept = self.edits[draw], self.before.graphs[draw], block.rounds[draw]
        cap, legs = self.before.prepared.request.max_transfers, self.before.answer.legs
        n_old, n_added, never = graph.graph.n_nodes, edit.added.n_nodes, never_of(kept)
        old, new = np.empty((2, n_old + n_added, block.width), kept.dtype)
        state, state_new = np.zeros((2, n_old + n_added), np.uint8)
        old[n_old:] = never
        offsets = np.ascontiguousarray(legs.offsets[block.roots.start : block.roots.stop + 1])
        get_off(edit.added, offsets, leg_columns(legs), draw, graph.graph.first_s, old[n_old:])
        stay_on(edit.added.stay, old[n_old:])
        state[n_old:] = FELL
        state[:n_old][edit.gone] = ROSE
        n_rounds, n_changes, moved = len(kept), 0, True
        while (cap is None or n_changes < cap) and (moved or n_changes < n_rounds - 1):
            rounds = kept[min(n_changes, n_rounds - 1)], kept[min(n_changes + 1, n_rounds - 1)]
            moved = change_once_more_again(
                graph.graph, graph.spare, edit.more, (edit.added.stay, *edit.changes), edit.gone, edit.weak,
                rounds, (old, new), state, state_new, n_changes >= n_rounds - 2,
            )  # fmt: skip
            old, new, state, state_new = new, old, state_new, state
            n_changes += 1
        put_together(kept[-1], state, edit.gone, never, old, new)
        return old, new, state


def _joined_boardings(prepared: PreparedTimes, edits: Sequence[EditedGraph]) -> AllBoardings:
    """Return the boardings after an edit, the draws' one after another; offsets by draw and place."""
    from sim.routing.edited_search import join_boardings  # noqa: PLC0415 -- compiles on first use

    joined, n_nodes, n_listed = [], 0, 0
    for boardings, edit in zip(prepared.boardings, edits, strict=True):
        offsets, leaving_s, node = join_boardings(*boardings, edit.gone, *edit.boardings, n_nodes)
        joined.append((offsets + n_listed, leaving_s, node))
        n_nodes += len(edit.gone) + edit.added.n_nodes
        n_listed += len(node)
    offsets, leaving_s, node = zip(*joined, strict=True)
    return np.stack(offsets), np.concatenate(leaving_s), np.concatenate(node)
