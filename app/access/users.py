"""Owns the file of users: names, roles and hashes, read again when it changes, written whole."""

from __future__ import annotations

import json
import os
import re
import secrets
import stat
import unicodedata
from contextlib import contextmanager, suppress
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from app.access.roles import Role, read_role
from geodata.errors import DataError, Problem, Text, UsageError, error
from scenarios.file_lock import alone
from scenarios.sealed import has_right_sum, with_sum
from scenarios.whole_file import sync_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FILE_NAME = "users.json"
_SCHEMA = "ekisei-users/2"
_WORDS: dict[Role, Literal["viewer", "editor", "facilitator"]] = {
    Role.VIEWER: "viewer",
    Role.EDITOR: "editor",
    Role.FACILITATOR: "facilitator",
}
_NAME = r"^[\w.@\\+-]{1,64}$"


class Account(BaseModel):
    """One user; without a hash only a reverse proxy can log this user in."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=_NAME)
    role: Literal["viewer", "editor", "facilitator"]
    password: str | None = Field(default=None, repr=False, pattern=r"^\$argon2id\$[\x21-\x7e]{20,500}$")

    @field_validator("name")
    @classmethod
    def compose(cls, name: str) -> str:
        """Return one spelling of a name."""
        return spelled(name)

    @property
    def power(self) -> Role:
        """Return the role as one that can be compared."""
        return read_role(self.role)


class _Content(BaseModel):
    """What stands in the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["ekisei-users/1", "ekisei-users/2"] = Field(alias="schema")
    users: tuple[Account, ...] = ()
    sum: str = ""
    """Checksum that `ekisei store verify` looks at; a file that was edited by hand still lets people in."""


def spelled(name: str) -> str:
    """Return one spelling of a name: full-width letters become plain ones."""
    return unicodedata.normalize("NFKC", name).strip()


def make_account(name: str, role: Role, password: str | None) -> Account:
    """
    Return a user.

    Raises
    ------
    UsageError
        If the name cannot be one.
    """
    known = spelled(name)
    if not re.fullmatch(_NAME, known):
        message = Text(
            f"名前 {name!r} は使えません。文字・数字・. _ - @ を 1〜64 字で書いてください",
            f"the name {name!r} cannot be used: 1 to 64 letters, digits or . _ - @",
        )
        raise UsageError(error("access.user_name", "NAME", message))
    return Account(name=known, role=_WORDS[role], password=password)


class UserFile:
    """
    The users of one server.

    Parameters
    ----------
    path
        Where they stand; only the owner may read it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock = Lock()
        self._kept: tuple[tuple[int, int, int], dict[str, Account]] | None = None

    def find(self, name: str) -> Account | None:
        """
        Return the user of a name, upper and lower case alike.

        Raises
        ------
        DataError
            If the file cannot be read: then nobody is let in.
        """
        return self.read().get(spelled(name).casefold())

    def read(self) -> dict[str, Account]:
        """
        Return name in lower case → user.

        Raises
        ------
        DataError
            If the file is missing, damaged, or others may read or write it.
        """
        try:
            found = self.path.stat()
            mark = (found.st_mtime_ns, found.st_size, found.st_ino)
            with self._lock:
                if self._kept is None or self._kept[0] != mark:
                    if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
                        raise DataError(self._too_open())
                    self._kept = (mark, self._parse(self.path.read_bytes()))
                return self._kept[1]
        except OSError as cause:
            message = Text(f"読めません（{cause.strerror}）", f"cannot be read ({cause.strerror})")
            raise DataError(error("access.users_file", str(self.path), message, _MAKE)) from None

    def require_new(self, name: str) -> None:
        """
        Refuse a name that is taken.

        Raises
        ------
        UsageError
            If there is one of this name.
        """
        found = self._read_or_none().get(spelled(name).casefold())
        if found is not None:
            raise UsageError(self._taken(found))

    def put(self, account: Account, *, replace: bool = False) -> None:
        """
        Add a user, or change one.

        Raises
        ------
        UsageError
            If there is one of this name, and `replace` is not set.
        """
        with self._alone():
            if not replace:
                self.require_new(account.name)
            self._write({**self._read_or_none(), account.name.casefold(): account})

    def renew(self, account: Account, password: str) -> Account:
        """Return an account with a newer hash, put in its place; as it is where it was changed or removed meanwhile."""
        newer = account.model_copy(update={"password": password})
        with self._alone():
            users = self._read_or_none()
            if users.get(account.name.casefold()) != account:
                return account
            self._write({**users, account.name.casefold(): newer})
        return newer

    def remove(self, name: str) -> None:
        """
        Take a user out; whoever is logged in under this name is out at once.

        Raises
        ------
        UsageError
            If there is none of this name.
        """
        with self._alone():
            users = dict(self.read())
            if users.pop(spelled(name).casefold(), None) is None:
                known = ", ".join(account.name for account in users.values())
                message = Text(f"{name} は登録されていません", f"there is no user {name}")
                raise UsageError(
                    error("access.no_user", str(self.path), message, Text(f"登録: {known}", f"users: {known}"))
                )
            self._write(users)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep others from changing the file: the command line and servers would undo each other's changes."""
        with suppress(OSError):  # told when the file is written
            self.path.parent.mkdir(parents=True, exist_ok=True)
        with alone(self.path.with_name(f".{self.path.name}.lock")) as held:
            if not held and os.access(self.path.parent, os.W_OK):
                raise UsageError(self._busy())
            yield

    def is_as_written(self) -> bool:
        """Return whether nothing but this program changed the file; the first version could not tell."""
        return has_right_sum(json.loads(self.path.read_bytes()))

    def _read_or_none(self) -> dict[str, Account]:
        return self.read() if self.path.exists() else {}

    def _parse(self, content: bytes) -> dict[str, Account]:
        try:
            parsed = _Content.model_validate(json.loads(content))
        except (ValueError, ValidationError) as cause:
            raise DataError(self._damaged(cause)) from None
        users = {account.name.casefold(): account for account in parsed.users}
        if len(users) < len(parsed.users):
            message = Text("同じ名前が二度あります", "a name stands there twice")
            raise DataError(error("access.users_file", str(self.path), message, _MAKE))
        return users

    def _damaged(self, cause: ValueError) -> Problem:
        """Return what is wrong and where; never the value itself, which may be a hash."""
        tell = partial(error, "access.users_file")
        if isinstance(cause, ValidationError):
            place = ".".join(str(part) for part in cause.errors()[0]["loc"])
            message = Text(f"{place} を読めません", f"{place} cannot be read")
            return tell(str(self.path), message, _MAKE)
        return tell(str(self.path), Text("利用者のファイルではありません", "not a file of users"), _MAKE)

    def _taken(self, found: Account) -> Problem:
        message = Text(f"{found.name} はもう登録されています", f"{found.name} is there already")
        hint = Text("変えるときは --replace をつけてください", "change it with --replace")
        return error("access.user_exists", str(self.path), message, hint)

    def _busy(self) -> Problem:
        message = Text("ほかの処理が書き換えています", "something else is changing it")
        return error("access.users_busy", str(self.path), message, Text("少し待って試してください", "try again soon"))

    def _too_open(self) -> Problem:
        message = Text("ほかの利用者が読み書きできます", "others may read or write it")
        command = f"chmod 600 {self.path}"
        return error("access.users_open", str(self.path), message, Text(command, command))

    def _write(self, users: dict[str, Account]) -> None:
        rows = [users[key].model_dump(exclude_none=True) for key in sorted(users)]
        text = json.dumps(with_sum({"schema": _SCHEMA, "users": rows}), ensure_ascii=False, indent=1) + "\n"
        write_private(self.path, text.encode())


def write_private(path: Path, content: bytes) -> None:
    """
    Write a file that only its owner may read, whole or not at all.

    Raises
    ------
    UsageError
        If nothing can be written there.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync_names(path.parent)
    except OSError as cause:
        with suppress(OSError):
            beside.unlink(missing_ok=True)
        message = Text(f"書き込めません（{cause.strerror}）", f"nothing can be written here ({cause.strerror})")
        hint = Text("書き込めるフォルダの中の名前を指定してください", "name a place in a folder you may write to")
        raise UsageError(error("access.unwritable", str(path), message, hint)) from None


_MAKE = Text(
    "ekisei user add 名前 --role 編集 --users ファイル で作れます",
    "ekisei user add NAME --role editor --users FILE makes one",
)
