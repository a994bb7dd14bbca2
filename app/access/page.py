"""Owns plain pages, which work without a script: login, and what stands in the way."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from app.access.roles import ROLE_TEXT
from app.text import say

if TYPE_CHECKING:
    from app.access.roles import User

TOKEN_FIELD = "csrf_token"  # noqa: S105  # nosec B105 - the name of a field
LOGIN, LOGOUT = "/login", "/logout"
_LEAST_PRINTED = 0x20

_DOCUMENT = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} – 駅勢 Ekisei</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/assets/ekisei.css">
<link rel="stylesheet" href="/assets/access.css">
</head>
<body class="plain">
<header class="plain-head">
<a href="/?lang={lang}"><span class="logo" aria-hidden="true">駅勢</span><span>Ekisei</span></a>
<a class="lang-link" href="?{other}" lang="{other_lang}">{other_name}</a></header>
<main class="plain-body"><h1>{title}</h1>
{body}
</main>
</body>
</html>
"""


def build_document(lang: str, title: str, body: str, query: str = "") -> str:
    """
    Return a whole page.

    Parameters
    ----------
    lang
        Of its words.
    title
        Its heading, plain text.
    body
        Markup.
    query
        Of its address, kept where the language is changed.
    """
    other = "ja" if lang == "en" else "en"
    return _DOCUMENT.format(
        lang=escape(lang),
        title=escape(title),
        body=body,
        other=escape("&".join([*([query] if query else []), f"lang={other}"])),
        other_lang=other,
        other_name={"ja": "日本語", "en": "English"}[other],
    )


def build_notice(status: int, text: str, lang: str) -> tuple[str, str]:
    """Return heading and body of a refusal."""
    key = {401: "login_title", 403: "refused_title_403", 404: "refused_title_404"}.get(status, "refused_title")
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    links = [(f"/?lang={lang}", "refused_home"), *([(f"{LOGIN}?lang={lang}", "login_title")] if status == 403 else [])]  # noqa: PLR2004 - forbidden
    ways = "".join(f'<a class="button" href="{escape(to)}">{escape(say(lang, word))}</a>' for to, word in links)
    return say(lang, key), f'<div class="plain-card">{lines}<p class="plain-ways">{ways}</p></div>'


def build_login(lang: str, token: str, goal: str, *, name: str = "", problem: str = "", encrypted: bool = True) -> str:
    """
    Return the form that asks for name and password.

    Parameters
    ----------
    lang
        Of its words.
    token
        Of the visit.
    goal
        Where to go afterwards.
    name
        What was typed before.
    problem
        Why it did not work.
    encrypted
        Whether the connection is; the page says so where it is not.
    """
    told = f'<p class="plain-problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = ' aria-describedby="problem" aria-invalid="true"' if problem else ""
    caution = "" if encrypted else f'<p class="plain-caution">{escape(say(lang, "login_plain_http"))}</p>'
    body = f"""<form class="plain-card" method="post" action="{LOGIN}?lang={lang}">
{told}<input type="hidden" name="{TOKEN_FIELD}" value="{escape(token)}">
<input type="hidden" name="next" value="{escape(goal)}">
<p><label for="name">{escape(say(lang, "login_name"))}</label>
<input id="name" name="name" value="{escape(name)}" autocomplete="username" autocapitalize="none" spellcheck="false"
 maxlength="64" required{described}{"" if name else " autofocus"}></p>
<p><label for="password">{escape(say(lang, "login_password"))}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="256"
 required{described}{" autofocus" if name else ""}></p>
<p><button class="button" type="submit">{escape(say(lang, "login_title"))}</button></p>
{caution}</form>
<p class="plain-note">{escape(say(lang, "login_help"))}</p>"""
    return build_document(lang, say(lang, "login_title"), body, urlencode({"next": goal}))


def build_account(lang: str, token: str, user: User) -> str:
    """Return who is logged in, and the button that ends it."""
    role = ROLE_TEXT[user.role].get(lang) if user.role else say(lang, "login_no_role")
    told = say(lang, "login_as", name=user.name, role=role)
    body = f"""<form class="plain-card" method="post" action="{LOGOUT}?lang={lang}">
<p>{escape(told)}</p><input type="hidden" name="{TOKEN_FIELD}" value="{escape(token)}">
<p class="plain-ways"><a class="button" href="/?lang={lang}">{escape(say(lang, "refused_home"))}</a>
<button class="button quiet" type="submit">{escape(say(lang, "logout"))}</button></p></form>"""
    return build_document(lang, say(lang, "login_title"), body)


def build_no_login(lang: str, text: str) -> str:
    """Return why nobody logs in here."""
    title = say(lang, "login_title")
    home = escape(say(lang, "refused_home"))
    body = (
        f'<div class="plain-card"><p>{escape(text)}</p><p><a class="button" href="/?lang={lang}">{home}</a></p></div>'
    )
    return build_document(lang, title, body)


def login_address(goal: str, lang: str) -> str:
    """Return the address of the login that leads back to a page."""
    return f"{LOGIN}?{urlencode({'next': safe_goal(goal), 'lang': lang})}"


def safe_goal(goal: str) -> str:
    """Return where to go after the login: a page of ours, nothing that leads elsewhere."""
    ours = goal.startswith("/") and not goal.startswith(("//", "/\\")) and all(ord(c) >= _LEAST_PRINTED for c in goal)
    if not ours or "\\" in goal:
        return "/"
    try:
        parts = urlsplit(goal)
    except ValueError:
        return "/"
    return "/" if parts.scheme or parts.netloc or parts.path in {LOGIN, LOGOUT} else goal
