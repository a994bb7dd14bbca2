"""
Owns the database of the desk: what people wrote, apart from runs, which are files.

Rooms define their tables on `metadata` in a module named in `schema.ROOMS`. SQLite lies in the user's folder unless
the address of a PostgreSQL server is given; both keep the same promises: a transaction is whole or not there.
"""

from app.database.address import desk_file
from app.database.database import Database
from app.database.tables import Moment, metadata

__all__ = ["Database", "Moment", "desk_file", "metadata"]
