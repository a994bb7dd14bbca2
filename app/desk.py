"""Owns what the pages of one server share: settings, stored runs, and what is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.once import once

if TYPE_CHECKING:
    from app.access.access import Access
    from app.database import Database
    from app.engine import Engine
    from app.features.edit.live import LiveBoard
    from app.features.workshop.room import Room
    from app.jobs.board import JobBoard
    from app.services import Services
    from app.settings import Settings
    from scenarios.drafts import DraftFolder


@dataclass(eq=False)  # no slots: what is costly is made when it is first asked for
class Desk:
    """
    One server's things.

    Parameters
    ----------
    settings
        Folders, language, tiles.
    services
        Runs, their city, arrays by cell: read, never written.
    """

    settings: Settings
    services: Services

    @once
    def drafts(self) -> DraftFolder:
        """The planner's own scenarios."""
        from scenarios.drafts import DraftFolder, drafts_folder  # noqa: PLC0415 -- brings the language of scenarios

        return DraftFolder(self.settings.scenarios_folder or drafts_folder())

    @once
    def engine(self) -> Engine:
        """What answers edits at once; cold until it is started."""
        from app.engine import Engine  # noqa: PLC0415 -- brings the models

        return Engine(lambda: self.services.city, self.drafts)

    @once
    def live_board(self) -> LiveBoard:
        """What is known of the scenarios being edited."""
        from app.features.edit.live import LiveBoard  # noqa: PLC0415 -- only where scenarios are edited

        return LiveBoard(self.engine)

    @once
    def database(self) -> Database:
        """What people wrote; opened when it is first used."""
        from app.database import Database, desk_file  # noqa: PLC0415 -- brings SQLAlchemy

        return Database(self.settings.database or desk_file())

    @once
    def jobs(self) -> JobBoard:
        """Batches ordered on the page."""
        from app.jobs.board import JobBoard  # noqa: PLC0415 -- only where batches are ordered
        from scenarios.store import home_folder  # noqa: PLC0415 -- likewise

        return JobBoard(self.settings.jobs_folder or (self.settings.home_folder or home_folder()) / "jobs")

    @once
    def access(self) -> Access:
        """Who may do what."""
        from app.access.access import Access  # noqa: PLC0415 - brings the hashing of passwords

        settings = self.settings
        # where it listens decides who may come
        rules = settings.access.model_copy(update={"host": settings.listen_host})
        return Access(rules, settings.home_folder, lambda: self.database, settings.lang)

    @once
    def workshops(self) -> Room:
        """What citizens said in workshops."""
        from app.features.workshop.room import Room  # noqa: PLC0415 -- brings SQLAlchemy

        return Room(self.database, self.services)
