"""
Owns who may do what on one server: roles, login, where a request comes from.

A room asks `current` who acts, marks its routes with ``@requires(Role.EDITOR)``, calls ``require(Role.EDITOR)`` inside
a callback, and puts ``form_token()`` into a hidden field named `TOKEN_FIELD` of each form. Requests that the browser
sends by script carry the token by themselves (``assets/access.js``).
"""

from app.access.refusals import RefusedError
from app.access.roles import ROLE_TEXT, Role, User
from app.access.rules import AccessRules, Mode
from app.access.visitor import (
    TOKEN_FIELD,
    current,
    form_token,
    is_staff,
    may,
    require,
    requires,
    sees_small_numbers,
    signed,
    visitor,
)

__all__ = [
    "ROLE_TEXT",
    "TOKEN_FIELD",
    "AccessRules",
    "Mode",
    "RefusedError",
    "Role",
    "User",
    "current",
    "form_token",
    "is_staff",
    "may",
    "require",
    "requires",
    "sees_small_numbers",
    "signed",
    "visitor",
]
