"""Owns the state of the view: one frozen model, written to the address bar and read back from it."""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import parse_qs, urlencode

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Lang = Literal["ja", "en"]

# field → short name in the address
SHORT = {
    "left": "l",
    "right": "r",
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
    "lang": "lang",
}


class ViewState(BaseModel):
    """What is on the screen; everything a colleague needs to see the same."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    left: str
    right: str
    metric: str
    group: Literal["all", "65plus", "75plus"] = "all"
    threshold: int | None = Field(default=None, ge=1, le=600)
    mode: Literal["side", "swipe", "diff"] = "side"
    swipe: int = Field(default=50, ge=0, le=100)
    tiles: bool = False
    tables: bool = False
    public: bool = False
    presenting: bool = False
    kpi: str | None = None
    camera: tuple[float, float, float] | None = None
    lang: Lang = "ja"
    missing: str = ""  # scenarios the address named that are not there; never written to the address

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
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _read(name: str, text: str) -> Any:
    return tuple(text.split(",")) if name == "camera" else text
