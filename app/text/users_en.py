"""Owns the English words of the commands of users, and of who may open the page."""

MESSAGES: dict[str, str] = {
    "help.serve.log_format": "How logs are written: text (lines) or json (one object a line; logs of jobs as well)",
    "help.serve.log_file": "Where to log; - is standard error (default: logs/access.log in the user's folder)",
    "help.serve.users": "File of who can log in (made by ekisei user add); editing then needs a login",
    "help.serve.header": "Header in which a reverse proxy names the user it has checked, such as X-Remote-User",
    "help.serve.proxy": "Address of a reverse proxy to believe (default: this PC; may be repeated), such as 10.1.2.3",
    "help.serve.name": "Host name under which the page is opened (may be repeated), such as ekisei.city.example.jp",
    "help.serve.guests": "Let those look who are not logged in",
    "help.serve.database": (
        "Database (default: SQLite in the user's folder)."
        " An address of PostgreSQL begins with postgresql:// ; the environment variable EKISEI_DATABASE does as well"
    ),
    "help.user": "Say who can log in to the page",
    "help.user.add": (
        "Add a user (the password is asked for without echo)\n"
        "\n"
        "Example\n"
        "  ekisei user add yamada --role editor\n"
        "  ekisei serve --host 0.0.0.0 --users users.json"
    ),
    "help.user.list": "List the users and their roles\n\nExample\n  ekisei user list --users users.json",
    "help.user.remove": "Take a user out (a session that runs ends at once)\n\nExample\n  ekisei user remove yamada",
    "help.user.name": "Name",
    "help.user.role": "Role: viewer | editor | facilitator; each may do what the ones before it may",
    "help.user.users": "File of users (default: users.json in the user's folder)",
    "help.user.replace": "Change the password and role of a user of this name",
    "help.user.no_password": "No password: a reverse proxy checks who it is",  # nosec B105 - words of a form
    "help.user.stdin": "Read the password from the first line of standard input",
    "user.added": "{name} ({role}) is in {path}",
    "user.removed": "{name} is out of {path}",
    "user.by_proxy": "by reverse proxy only",
    "user.ask": "Password of {name}: ",
    "user.again": "Again: ",
    "user.differ": "the two passwords differ",
    "user.no_terminal": "there is no terminal to ask for the password",
    "user.no_terminal_hint": "give --password-stdin and write it on the first line of standard input",
}
