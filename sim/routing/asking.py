"""Owns the check of a routing request: numbers nobody can travel by are refused before any search."""

from __future__ import annotations

from geodata.errors import ModelError, Text, error, raise_errors
from sim.routing.types import RoutingRequest

_DIRECTIONS = ("depart", "arrive_by")
_MODES = ("random", "planned")
_SAMPLES = ("all", "shortest")


def check_request(request: RoutingRequest, *, components: bool = False) -> None:
    """
    Refuse a request that cannot be answered.

    Parameters
    ----------
    request
        The question.
    components
        Whether the parts of the median journey are asked for, too.

    Raises
    ------
    ModelError
        With every finding.
    """
    longest = (request.max_access_s, request.max_transfer_s, request.max_direct_s, request.change_s, request.cutoff_s)
    findings = [
        (request.window_start_s < request.window_end_s, "window", "時間帯が空です", "the window is empty"),
        (request.step_s > 0, "step_s", "間隔は正の数にしてください", "the step must be positive"),
        (request.n_draws > 0, "n_draws", "試行回数は 1 以上にしてください", "at least one draw is needed"),
        (
            request.walk_speed_m_min > 0,
            "walk_speed_m_min",
            "歩く速さは正の数です",
            "the walking speed must be positive",
        ),
        (min(longest) >= 0, "limits", "制限時間に負の数があります", "a limit is negative"),
        (
            bool(request.percentiles) and all(0 <= p <= 100 for p in request.percentiles),  # noqa: PLR2004
            "percentiles",
            "パーセンタイルは 0〜100 です",
            "percentiles lie between 0 and 100",
        ),
        (request.max_transfers is None or request.max_transfers >= 0, "max_transfers", "乗換回数が負です", "negative"),
        (request.direction in _DIRECTIONS, "direction", "向きが不明です", f"expected one of {_DIRECTIONS}"),
        (request.departure_mode in _MODES, "departure_mode", "出発の仕方が不明です", f"expected one of {_MODES}"),
        (request.samples in _SAMPLES, "samples", "標本の取り方が不明です", f"expected one of {_SAMPLES}"),
        (
            not components or request.samples == "all",
            "components",
            "内訳は全標本からだけ求められます",
            "components are of all samples only",
        ),
    ]
    problems = [
        error(f"routing.{name}", f"request.{name}", Text(ja, en)) for holds, name, ja, en in findings if not holds
    ]
    raise_errors(problems, ModelError)
