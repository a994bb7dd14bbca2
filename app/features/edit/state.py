"""Owns what the editor holds: one scenario as plain values, and the steps that led to it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictFloat,
    StrictInt,
    field_validator,
    model_validator,
)

from geodata.digest import canonical_json, digest_of

Plain = dict[str, Any]
MOST_STEPS = 40
"""Steps that can be undone: the browser keeps them, a few kilobytes each."""


class _Shape(BaseModel):
    """What must stand in plain values that a page sends; other keys may stand beside it."""

    @classmethod
    def fits(cls, found: Plain) -> Plain:
        """Return values as they are; refuse those of another shape."""
        cls.model_validate(found)
        return found


class _SpotShape(_Shape):
    lat: StrictFloat
    lon: StrictFloat
    stop: str | None = None


class _PickShape(_Shape):
    lat: StrictFloat = 0.0
    lon: StrictFloat = 0.0
    stop: str | None = None
    moved: StrictInt = 0
    area: list[tuple[float, float]] = []


class _HandShape(_Shape):
    tool: str | None = None
    instead: str | None = None
    values: Plain | None = None


class _PressedShape(_Shape):
    kind: str
    mod: str = ""
    tool: str = ""
    what: str = ""
    number: StrictInt = 0
    on: bool | None = None


class _RequestShape(_Shape):
    do: str
    mod: str = ""
    path: str = ""
    lat: StrictFloat = 0.0
    lon: StrictFloat = 0.0


Spot = Annotated[Plain, AfterValidator(_SpotShape.fits)]
"""A place chosen for the tool in hand: `lat`, `lon` [degrees]; `stop`: id of the stop that stands there; its name."""
Pick = Annotated[Plain, AfterValidator(_PickShape.fits)]
"""What was done on the map: a point or a stop chosen, a place `moved` (its number), an `area` drawn."""
Hand = Annotated[Plain, AfterValidator(_HandShape.fits)]
"""The tool in hand, the change its form was opened for, and what the form is filled with."""
Request = Annotated[Plain, AfterValidator(_RequestShape.fits)]
"""What the map, a key or the opening of the page asks for: `do`, and what it is done to."""
Pressed = Annotated[Plain, AfterValidator(_PressedShape.fits)]
"""Which of the parts of which there are many was pressed: its id, and `on` of a switch."""


class _NameShape(BaseModel):
    name: str


class _EnteredShape(_Shape):
    values: list[Any] = []
    names: list[_NameShape] = []
    spots: list[Spot] | None = None
    in_hand: Hand | None = None

    @model_validator(mode="after")
    def has_a_name_for_each_value(self) -> _EnteredShape:
        """Refuse values without names."""
        if len(self.names) != len(self.values):
            raise ValueError("as many names as values")
        return self


Entered = Annotated[Plain, AfterValidator(_EnteredShape.fits)]
"""What stands in the fields of the page: `values` and `names` of the form in hand, its places, other fields by name."""


class Step(BaseModel):
    """A scenario as it was before a step, and what the step did, in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Plain
    did: tuple[str, str]


class EditState(BaseModel):
    """
    A scenario being edited.

    `content`: as its file holds it. `revision`: the one that was opened or saved last; None = never saved.
    `saved`: digest of what was saved then, so that unsaved changes are told.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    content: Plain
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()
    revision: int | None = None
    saved: str = ""
    turn: int = Field(default=0, ge=0)

    @field_validator("content")
    @classmethod
    def holds_changes(cls, content: Plain) -> Plain:
        """Refuse changes that are none: every part of the page walks through them."""
        changes = content.get("modifications") or []
        if not isinstance(changes, list) or not all(isinstance(one, dict) for one in changes):
            raise ValueError("modifications: a list of keys and values")
        return content

    @property
    def scenario_id(self) -> str:
        """Id of the scenario."""
        return str(self.content.get("id", ""))

    @property
    def digest(self) -> str:
        """Digest of the scenario as it stands, titles included."""
        return digest_of(canonical_json(self.content))[:16]

    @property
    def is_saved(self) -> bool:
        """Tell whether nothing was changed since it was saved."""
        return self.revision is not None and self.saved == self.digest

    def stepped(self, content: Plain, did: tuple[str, str]) -> EditState:
        """Return the state after a step; a step that changes nothing is none."""
        if content == self.content:
            return self
        past = (*self.past, Step(content=self.content, did=did))[-MOST_STEPS:]
        return self.model_copy(update={"content": content, "past": past, "future": (), "turn": self.turn + 1})

    def undone(self) -> EditState:
        """Return the state before the last step."""
        if not self.past:
            return self
        last = self.past[-1]
        future = (Step(content=self.content, did=last.did), *self.future)
        return self.model_copy(
            update={"content": last.content, "past": self.past[:-1], "future": future, "turn": self.turn + 1}
        )

    def redone(self) -> EditState:
        """Return the state after the step that was undone last."""
        if not self.future:
            return self
        following = self.future[0]
        past = (*self.past, Step(content=self.content, did=following.did))
        return self.model_copy(
            update={"content": following.content, "past": past, "future": self.future[1:], "turn": self.turn + 1}
        )

    def renamed(self, scenario_id: str, title: Any) -> EditState:
        """Return the state under another id and title, its steps too: undoing a change leaves the name as it is."""
        name = {"id": scenario_id, "title": title}

        def under(steps: tuple[Step, ...]) -> tuple[Step, ...]:
            return tuple(step.model_copy(update={"content": {**step.content, **name}}) for step in steps)

        named = {"content": {**self.content, **name}, "past": under(self.past), "future": under(self.future)}
        return self.model_copy(update=named)

    def kept_as(self, revision: int) -> EditState:
        """Return the state after it was saved as a revision."""
        return self.model_copy(update={"revision": revision, "saved": self.digest})


def opened(content: Plain, revision: int | None) -> EditState:
    """Return the state of a scenario that was just opened; never saved where it has no revision."""
    state = EditState(content=content)
    return state if revision is None else state.kept_as(revision)
