"""An independent reading of the standard on drivers' hours: what is wrong with the duties of a day, in words."""

from __future__ import annotations

from itertools import pairwise


def problems_of(runs, duty_of_run, rules):
    """Return what breaks a rule; runs as (start, end, origin, destination) in any order."""
    found = []
    for duty in sorted(set(duty_of_run)):
        mine = sorted(run for run, owner in zip(runs, duty_of_run, strict=True) if owner == duty)
        found += [f"duty {duty}: {what}" for what in one_duty(mine, rules)]
    return found


def one_duty(mine, rules):
    first, last = mine[0], max(mine, key=lambda run: run[1])
    if last[1] - first[0] + rules.sign_on_s + rules.sign_off_s + 2 * rules.depot_s > rules.span_s:
        yield "span too long"
    if sum(end - start for start, end, _, _ in mine) + 2 * rules.depot_s > rules.drive_s:
        yield "drives too long"
    for before, after in pairwise(mine):
        gap = after[0] - before[1]
        moved = before[3] != after[2]
        if gap < (rules.break_s + rules.relief_s if moved else rules.layover_s):
            yield "no time between two runs"
    if longest_stretch(mine, rules) > rules.continuous_s:
        yield "drives too long at a stretch"


def longest_stretch(mine, rules):
    """Return the most driving between breaks: pauses of the least length or more count until they make a break."""
    timeline = [("drive", rules.depot_s)]
    for before, after in pairwise([*mine, None]):
        timeline.append(("drive", before[1] - before[0]))
        if after is not None:
            timeline.append(("pause", after[0] - before[1]))
    timeline.append(("drive", rules.depot_s))
    stretches, rested = [0], 0
    for kind, seconds in timeline:
        if kind == "drive":
            stretches[-1] += seconds
        elif seconds >= rules.pause_s:
            rested += seconds
            if rested >= rules.break_s:
                stretches.append(0)
                rested = 0
    return max(stretches)


def as_rows(runs):
    """Return day runs as (start, end, origin, destination)."""
    columns = (runs.start_s, runs.end_s, runs.origin, runs.destination)
    return list(zip(*(column.tolist() for column in columns), strict=True))
