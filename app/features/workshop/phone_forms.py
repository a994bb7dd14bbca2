"""Owns the forms on a participant's phone, and what it says of what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.features.workshop.fragments import icon
from app.features.workshop.posts import AGE_BANDS
from app.features.workshop.themes import theme_word
from app.features.workshop.wording import LONGEST_COMMENT
from app.import_report.markup import esc, tag
from app.text import say

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop


def say_form(workshop: Workshop, districts: dict[str, str], lang: str) -> str:
    """Return the form for comment and pin."""
    themes = "".join(
        f'<label class="chip"><input type="radio" name="theme" value="{esc(theme)}"><span>'
        f"{esc(theme_word(theme, lang))}</span></label>"
        for theme in workshop.themes
    )
    fields = [tag("h2", esc(say(lang, "ws_say")))]
    if themes:
        legend = tag("legend", esc(say(lang, "ws_theme")))
        fields.append(tag("fieldset", legend + tag("div", themes, class_="chips")))
    fields.append(tag("label", esc(say(lang, "ws_comment", most=LONGEST_COMMENT)), for_="comment"))
    fields.append(f'<textarea id="comment" rows="3" maxlength="{LONGEST_COMMENT}" aria-describedby="left"></textarea>')
    fields.append(tag("p", "", id="left", class_="small"))
    fields.append(tag("label", esc(say(lang, "ws_place")), for_="place"))
    fields.append(_district_select("place", districts, say(lang, "ws_no_place")))
    fields.append(_pin_map(lang))
    remove = tag("button", esc(say(lang, "ws_remove_pin")), type="button", id="remove-pin", class_="link")
    goes = f'<span role="status">{icon("pin")}<span id="goes-text"></span></span>{remove}'
    fields.append(tag("p", goes, id="goes"))
    fields.append(tag("button", esc(say(lang, "ws_send")), type="submit", class_="send", aria_describedby="goes-text"))
    fields.append(tag("p", esc(say(lang, "ws_moderated")), class_="small"))
    return tag("section", f'<form id="say" novalidate>{"".join(fields)}</form>', class_="card")


def _pin_map(lang: str) -> str:
    """Return the button that unfolds the map, and the map: a touch puts the pin, a button does so for keys."""
    word = icon("pin") + esc(say(lang, "ws_open_map"))
    opening = tag(
        "button",
        word,
        type="button",
        id="open-map",
        class_="quiet-button",
        aria_expanded="false",
        aria_controls="pin-map",
    )
    inner = (
        tag("p", esc(say(lang, "ws_map_help")), class_="small")
        + tag("div", '<div id="map"></div><span class="cross"></span>', class_="map-box")
        + tag("details", tag("summary", esc(say(lang, "ws_map_key"))) + tag("div", "", id="pin-key"))
        + tag("button", esc(say(lang, "ws_set_pin")), type="button", id="set-pin", class_="quiet-button")
    )
    return opening + f'<div id="pin-map" hidden>{inner}</div>'


def about_form(districts: dict[str, str], lang: str) -> str:
    """Return what the holder of the phone may say of themselves; all of it optional."""
    ages = "".join(tag("option", esc(say(lang, f"ws_age_{age}")), value=age) for age in AGE_BANDS)
    empty = tag("option", esc(say(lang, "ws_not_said")), value="")
    fields = [
        tag("p", esc(say(lang, "ws_about_help")), class_="small"),
        tag("label", esc(say(lang, "ws_age")), for_="age"),
        tag("select", empty + ages, id="age"),
        tag("label", esc(say(lang, "ws_home_district")), for_="home"),
        _district_select("home", districts, say(lang, "ws_not_said")),
    ]
    return tag("section", tag("details", tag("summary", esc(say(lang, "ws_about"))) + "".join(fields)), class_="card")


def _district_select(name: str, districts: dict[str, str], empty: str) -> str:
    options = "".join(tag("option", esc(label), value=district) for district, label in districts.items())
    return tag("select", tag("option", esc(empty), value="") + options, id=name)


def closed(lang: str) -> str:
    """Return that the workshop has ended."""
    return tag("section", tag("p", esc(say(lang, "ws_refused_closed"))), class_="card closed")


def forget_all(lang: str) -> str:
    """Return the button that deletes everything a phone has sent."""
    return tag("button", esc(say(lang, "ws_forget_all")), type="button", id="forget-all", class_="link")


def notice(workshop: Workshop, lang: str) -> str:
    """Return what is kept, for what, how long, and how to delete it."""
    day = f"{workshop.expires_on:%Y-%m-%d}"
    lines = "".join(tag("li", esc(say(lang, f"ws_notice_{k}", day=day))) for k in ("kept", "purpose", "time", "delete"))
    return tag("section", tag("h2", esc(say(lang, "ws_notice"))) + tag("ul", lines), id="notice", class_="card notice")
