"""Owns the scenarios of a planner: YAML files in one folder, as the command line reads them, each with a history."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from geodata.errors import CitySimError, Problem, ScenarioError, Text
from scenarios import draft_refusals
from scenarios.draft_history import DraftHistory, Revision, digest_of_file, now, write_whole
from scenarios.draft_text import decoded, mapping_of, one_line, title_of, year_of
from scenarios.files import list_library, parse_scenario, read_scenario, scenario_text
from scenarios.modifications.base import SafeId
from scenarios.store import home_folder
from scenarios.yaml_reading import dump_yaml, parse_document, read_document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from scenarios.schema import Scenario

SUFFIX = ".yaml"
LOCKED = ("city-as-it-is",)
"""Ids that stand for the city without any change."""
OUTSIDE = "別の方法で書き換え"
"""Note of a revision that nobody saved here: the file was changed by an editor of texts."""
_IDS = TypeAdapter(SafeId)


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """
    One draft in a list.

    `year`: None where the file does not say. `revision`: the last one; None where the file was put there by hand.
    `problems`: why it cannot be run as it stands, and what of its history is damaged.
    """

    scenario_id: str
    title: Text
    year: int | None
    revision: Revision | None
    problems: tuple[Problem, ...] = ()


def drafts_folder() -> Path:
    """Return where a user's own scenarios are kept unless the settings name another folder."""
    return home_folder() / "scenarios"


class DraftFolder:
    """
    The own scenarios of one folder.

    Every save is kept in a history, so nothing is lost; a save onto what another saved meanwhile is refused. Files that
    were put or changed there by hand are drafts too, and enter the history before anything replaces them.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._history = DraftHistory(root)

    # ---------------------------------------------------------------- reading

    def ids(self) -> tuple[str, ...]:
        """Return the ids of all drafts, by name."""
        if not self.root.is_dir():
            return ()
        return tuple(sorted(p.stem for p in self.root.glob(f"*{SUFFIX}") if is_id(p.stem) and p.is_file()))

    def infos(self) -> tuple[DraftInfo, ...]:
        """Return all drafts, the last saved first."""
        found: list[DraftInfo] = []
        for scenario_id in self.ids():
            with suppress(ScenarioError):  # deleted since it was listed: what is wrong inside is told, never raised
                found.append(self.info(scenario_id))
        return tuple(sorted(found, key=lambda i: "" if i.revision is None else i.revision.at, reverse=True))

    def info(self, scenario_id: str) -> DraftInfo:
        """Return one draft for a list; a broken file is told, never raised."""
        path = self._existing(scenario_id)
        revisions, problems = self._history.revisions(scenario_id)
        title, year = Text(scenario_id, scenario_id), None
        try:
            plain = read_document(path).content
            title, year = title_of(plain, scenario_id), year_of(plain)
            inside = read_scenario(path).id
            if inside != scenario_id:
                problems = (draft_refusals.other_name(inside, scenario_id, path.name), *problems)
        except CitySimError as cause:
            problems = (*cause.problems, *problems)
        return DraftInfo(scenario_id, title, year, revisions[-1] if revisions else None, problems)

    def read(self, scenario_id: str) -> tuple[dict[str, Any], int]:
        """Return the plain values of a draft and the number of its revision, which a save must name."""
        with self._history.alone():
            raw = self._raw(scenario_id)
            number, known = self._state(scenario_id, raw)
        return mapping_of(raw, f"{scenario_id}{SUFFIX}"), number if known else number + 1

    def scenario(self, plain: Mapping[str, Any]) -> Scenario:
        """
        Return the scenario of plain values as an editor holds them, parents from this folder or the library merged in.

        Raises
        ------
        ScenarioError
            With every problem, located by the line it would have as a file.
        """
        return parse_scenario(dump_yaml(dict(plain)), f"{plain.get('id', 'scenario')}{SUFFIX}", self.root)

    def export_text(self, scenario_id: str, *, whole: bool = False) -> str:
        """Return the text of a draft as the command line reads it; `whole`: with its parents merged in."""
        path = self._existing(scenario_id)
        return scenario_text(read_scenario(path)) if whole else decoded(self._raw(scenario_id))

    # ---------------------------------------------------------------- history

    def history(self, scenario_id: str) -> tuple[Revision, ...]:
        """Return the revisions of a draft, also of a deleted one, oldest first."""
        return self._history.revisions(self._checked(scenario_id))[0]

    def deleted(self) -> tuple[str, ...]:
        """Return the ids of drafts that were deleted and can be restored."""
        root = self._history.root
        known = sorted(p.name for p in root.iterdir() if p.is_dir() and is_id(p.name)) if root.is_dir() else []
        there = set(self.ids())
        return tuple(i for i in known if i not in there and self._history.revisions(i)[0])

    def at(self, scenario_id: str, number: int) -> dict[str, Any]:
        """Return the plain values of one revision."""
        return mapping_of(self._raw_at(scenario_id, number), f"{scenario_id}{SUFFIX}")

    def text_at(self, scenario_id: str, number: int) -> str:
        """Return the text of one revision."""
        return decoded(self._raw_at(scenario_id, number))

    def _raw_at(self, scenario_id: str, number: int) -> bytes:
        found = next((r for r in self.history(scenario_id) if r.number == number), None)
        raw = None if found is None else self._history.find(found.digest)
        if raw is None:
            known = [r.number for r in self.history(scenario_id)]
            raise ScenarioError(draft_refusals.no_revision(scenario_id, number, known))
        return raw

    # ---------------------------------------------------------------- writing

    def save(self, plain: Mapping[str, Any], *, who: str, why: str, expected: int | None) -> Revision:
        """
        Save a draft.

        Parameters
        ----------
        plain
            Its values, as the file holds them; a draft with problems is kept too.
        who, why
            Who saves it, and why it was changed; both for the history.
        expected
            The revision that was read; None = it is new.

        Raises
        ------
        ScenarioError
            Where its id is no file name, belongs to the library, is taken (``draft.exists``), or where somebody saved
            meanwhile (``draft.conflict``); nothing is written then.
        """
        text = dump_yaml(dict(plain))
        parse_document(text, "draft")  # it must be readable again: size, depth
        return self._save(str(plain.get("id", "")), text.encode(), (who, why), expected)

    def import_text(self, text: str, *, who: str, why: str = "", expected: int | None = None) -> Revision:
        """Save a file as it was handed over, comments kept; a file that cannot be run is refused with its problems."""
        scenario = parse_scenario(text, "import.yaml", self.root)
        return self._save(scenario.id, text.encode(), (who, why), expected)

    def restore(self, scenario_id: str, number: int, *, who: str, why: str = "") -> Revision:
        """Make an earlier revision the draft again, as a new revision; also of a deleted draft."""
        with self._history.alone():
            raw = self._raw_at(scenario_id, number)
            expected = self.read_number(scenario_id)
            return self._save(scenario_id, raw, (who, why or f"{number} 版に戻す"), expected)

    def delete(self, scenario_id: str, *, who: str, why: str = "", expected: int | None = None) -> Revision:
        """Take a draft away; its history stays, so that `restore` brings it back."""
        with self._history.alone():
            raw = self._raw(scenario_id)
            wanted = self.read_number(scenario_id) if expected is None else expected
            with _told(self._path(scenario_id)):
                revision = self._add(scenario_id, raw, (who, why), wanted, deleted=True)
                self._path(scenario_id).unlink()
            return revision

    def read_number(self, scenario_id: str) -> int | None:
        """Return the number that a save must name; None where there is no draft of this id."""
        if not self._path(self._checked(scenario_id)).is_file():
            return None
        number, known = self._state(scenario_id, self._raw(scenario_id))
        return number if known else number + 1

    def _save(self, scenario_id: str, raw: bytes, note: tuple[str, str], expected: int | None) -> Revision:
        if is_locked(self._checked(scenario_id)):
            raise ScenarioError(draft_refusals.locked(scenario_id))
        with _told(self._path(scenario_id)):
            self._history.root.mkdir(parents=True, exist_ok=True)
        with self._history.alone(), _told(self._path(scenario_id)):
            revision = self._add(scenario_id, raw, note, expected, deleted=False)
            write_whole(self._path(scenario_id), raw)
            return revision

    def _add(
        self, scenario_id: str, raw: bytes, note: tuple[str, str], expected: int | None, *, deleted: bool
    ) -> Revision:
        last = self._adopt(scenario_id)
        if self.read_number(scenario_id) != expected:
            raise ScenarioError(self._conflict(scenario_id, expected))
        who, why = (one_line(part) for part in note)
        revision = Revision(last + 1, now(), who, why, digest_of_file(raw), deleted)
        if not self._history.add(scenario_id, raw, revision):
            raise ScenarioError(self._conflict(scenario_id, expected))
        return revision

    def _adopt(self, scenario_id: str) -> int:
        """Put a file that was written by hand into the history; return the last number."""
        if not self._path(scenario_id).is_file():
            return self._history.last_number(scenario_id)
        raw = self._raw(scenario_id)
        number, known = self._state(scenario_id, raw)
        if not known:
            number += 1
            self._history.add(scenario_id, raw, Revision(number, now(), "", OUTSIDE, digest_of_file(raw)))
        return number

    def _state(self, scenario_id: str, raw: bytes) -> tuple[int, bool]:
        """Return the last number, and whether the file is what was saved then."""
        revisions, _ = self._history.revisions(scenario_id)
        last = revisions[-1] if revisions else None
        known = last is not None and last.digest == digest_of_file(raw) and not last.deleted
        return self._history.last_number(scenario_id), known

    # ---------------------------------------------------------------- names

    def _path(self, scenario_id: str) -> Path:
        return self.root / f"{scenario_id}{SUFFIX}"

    def _checked(self, scenario_id: str) -> str:
        """Return an id that is a plain file name; refuse any other."""
        if is_id(scenario_id):
            return scenario_id
        raise ScenarioError(draft_refusals.bad_id(scenario_id))

    def _existing(self, scenario_id: str) -> Path:
        path = self._path(self._checked(scenario_id))
        if path.is_file():
            return path
        raise ScenarioError(draft_refusals.not_found(scenario_id))

    def _raw(self, scenario_id: str) -> bytes:
        return self._existing(scenario_id).read_bytes()

    def _conflict(self, scenario_id: str, expected: int | None) -> Problem:
        revisions = self.history(scenario_id)
        last = revisions[-1] if revisions else None
        if expected is None:
            return draft_refusals.exists(scenario_id, last)
        return draft_refusals.conflict(scenario_id, last, expected)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn a full disk or a missing right into a refusal: what was saved before stays as it is."""
    try:
        yield
    except OSError as cause:
        raise ScenarioError(draft_refusals.unwritable(path, cause)) from None


def is_locked(scenario_id: str) -> bool:
    """Return whether an id belongs to what comes along, or to the city as it is: nobody may save under it."""
    return scenario_id in LOCKED or scenario_id in list_library()


def is_id(text: str) -> bool:
    """Return whether a text can be the id of a scenario: a plain file name that leads nowhere else."""
    try:
        _IDS.validate_python(text)
    except ValidationError:
        return False
    return True


__all__ = ["DraftFolder", "DraftInfo", "Revision", "drafts_folder", "is_id", "is_locked"]
