"""Owns the state of the view: one frozen model, written to the address bar and read back from it."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.access import sees_small_numbers

Lang = Literal["ja", "en"]
SIDES = ("left", "right", "third", "fourth")
"""Places of the maps; the first two are the pair that cards, difference and swipe tell of."""

Camera = tuple[float, float, float] | tuple[float, float, float, float, float]
"""Longitude, latitude, zoom; then width and height of one map on the screen [px], so that a print shows the same."""

# field → short name in the address
SHORT = {
    "left": "l",
    "right": "r",
    "third": "l3",
    "fourth": "l4",
    "metric": "m",
    "group": "g",
    "threshold": "t",
    "mode": "v",
    "swipe": "s",
    "tiles": "tiles",
    "tables": "tab",
    "public": "pub",
    "presenting": "p",
    "kpi": "k",
    "camera": "c",
    "place": "at",
    "bands": "iso",
    "window": "w",
    "percentile": "q",
    "goal": "to",
    "depart": "dep",
    "aim": "aim",
    "lang": "lang",
}


class ViewState(BaseModel):
    """What is on the screen; everything a colleague needs to see the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: str
    right: str
    third: str | None = None  # beside the pair
    fourth: str | None = None
    metric: str
    group: Literal["all", "65plus", "75plus"] = "all"
    threshold: int | None = Field(default=None, ge=1, le=600)
    mode: Literal["side", "swipe", "diff", "winners"] = "side"
    swipe: int = Field(default=50, ge=0, le=100)
    tiles: bool = False
    tables: bool = False
    public: bool = Field(default=False, validate_default=True)
    presenting: bool = False
    kpi: str | None = None
    camera: Camera | None = None
    place: str | None = Field(default=None, max_length=64)  # id of the cell that is asked from
    bands: bool = True  # whether the maps show minutes from that place
    window: Literal["own", "morning", "day", "evening"] = "own"
    percentile: Literal[25, 50, 75, 90] | None = None  # None = the run's own
    goal: str = Field(default="station", max_length=64)  # where the journey leads: a kind of place
    aim: str = Field(default="any", max_length=32)  # whither people gain or lose
    depart: str | None = Field(default=None, pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    lang: Lang = "ja"
    named: str | None = None  # the named place it was chosen by; never written to the address
    unfound: str = ""  # what was typed for a place and is none; never written to the address
    missing: str = ""  # scenarios the address named that are not there; never written to the address

    @field_validator("public")
    @classmethod
    def hide_from_guests(cls, public: bool) -> bool:
        """Return whether few persons are hidden: whoever is not staff cannot choose."""
        return public or not sees_small_numbers()

    @property
    def sides(self) -> dict[str, str]:
        """Place of a map → its scenario, for the maps on the screen: in modes that tell of a pair only the pair."""
        shown = {side: getattr(self, side) for side in (SIDES if self.mode == "side" else SIDES[:2])}
        return {side: run for side, run in shown.items() if run is not None}

    @property
    def keeps_maps_back(self) -> bool:
        """Tell whether there are maps that this mode does not show."""
        return self.third is not None and self.mode != "side"

    def to_query(self) -> str:
        """Return the state as a query string; usual values are left out, the language and the tables never."""
        usual = {
            name: field.default for name, field in type(self).model_fields.items() if name not in ("lang", "tables")
        }
        pairs = {}
        for name, short in SHORT.items():
            value = getattr(self, name)
            if name not in usual or value != usual[name]:
                pairs[short] = _write(value)
        return urlencode(pairs, safe=",-")

    @classmethod
    def from_query(cls, query: str, start: ViewState) -> ViewState:
        """Return the state of a query string; what is missing or cannot be read is taken from `start`."""
        given = {key: values[-1] for key, values in parse_qs(query.lstrip("?")).items()}
        state = start
        for name, short in SHORT.items():
            if short in given:
                state = state.changed(**{name: _read(name, given[short])})
        return state

    def changed(self, **changes: Any) -> ViewState:
        """Return a checked copy; a change that is not allowed is dropped."""
        try:
            return type(self).model_validate({**self.model_dump(), **changes})
        except ValidationError:
            return self


def _write(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return ",".join(str(one).removesuffix(".0") for one in value) if isinstance(value, tuple) else str(value)


def _read(name: str, text: str) -> Any:
    if name == "percentile":  # a literal is not read from text
        return int(text) if text.isdecimal() else text
    return tuple(text.split(",")) if name == "camera" else text
