"""Owns the English words of login and refusals on the page."""

MESSAGES: dict[str, str] = {
    "login_title": "Log in",
    "login_name": "Name",
    "login_password": "Password",  # nosec B105 - words of a form
    "login_help": "Ask whoever looks after Ekisei for a name and a password.",
    "login_wrong": "The name or the password is wrong.",
    "login_wait": "Too many logins have failed. Wait about {minutes} min and try again.",
    "login_plain_http": (
        "This connection is not encrypted: others on the same network may read along."
        " Use no password that you use elsewhere."
    ),
    "login_as": "Logged in as {name} ({role}).",
    "login_no_role": "no role",
    "login_nobody": "(nobody)",
    "login_mode_desk": "This runs on this PC only: nobody has to log in, and everything can be done.",
    "login_mode_guests": (
        "This page is for viewing only. To edit, it has to be started with a file of users"
        " (ekisei serve --users; ask whoever looks after it)."
    ),
    "login_mode_header": "Your organisation's own login tells who you are. Now: {name}",
    "logout": "Log out",
    "account_named": "{name} ({role})",
    "account_guest": "viewing only",
    "account_title": "Who is logged in, and the role",
    "refused_title": "This cannot be done",
    "refused_title_403": "This cannot be done",
    "refused_title_404": "There is no such page",
    "refused_home": "Overview",
    "refused_close": "Close",
    "refused_login": "This needs the role of {role}. Log in (a login ends after a while).",
    "refused_role": "This needs the role of {role}. Ask whoever looks after Ekisei.",
    "refused_guest": (
        "This needs the role of {role}, but this page is for viewing only."
        " Ask whoever looks after it to name users (ekisei serve --users)."
    ),
    "refused_small": "Only staff who are logged in see cells and age groups of fewer than 10 persons.",
    "refused_host": (
        "The page cannot be opened under this name, so that no other page can act through you unnoticed."
        " Use the address told at the start, or ask for ekisei serve --name."
    ),
    "refused_origin": "This came from another page and was not accepted. Open this page and do it again.",
    "refused_token": (  # nosec B105 - words of a form
        "This page was opened a while ago, or somebody else has logged in since. Reload it (F5) and do it again."
    ),
    "refused_400": "This could not be read. Reload the page and do it again.",
    "refused_403": "This is not allowed.",
    "refused_404": "There is no page at this address.",
    "refused_405": "This cannot be done at this address.",
    "refused_413": "This is too large. Split it, or import it with the command line (ekisei).",
    "refused_429": "Too many requests. Wait a moment and try again.",
    "refused_busy": "Files are being made for others and the queue is full. Try again in half a minute.",
    "refused_other": "This could not be done ({status}).",
    "refused_500": (
        "Something unexpected happened. If it happens again, tell number {number} to whoever looks after Ekisei"
        " (the record is in logs/ekisei.log)."
    ),
    # start of the server
    "serve_guests": "Nobody can log in: all that can be done is look and take part in workshops (to edit: --users).",
    "serve_login": "Editing needs a login ({users} users, {path}).",
    "serve_header": "Users are told by the header {header} (believed from {proxies} only).",
    "serve_login_plain": (
        "Note: not encrypted. On a network beyond the office, put it behind a reverse proxy that speaks https."
    ),
    "serve_database": "Database: {place}",
}
