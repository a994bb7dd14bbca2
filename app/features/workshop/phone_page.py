"""Owns the page on a participant's phone: plain HTML that stands at once, made live by a small script."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from app.features.workshop import fragments, phone_forms
from app.features.workshop.moderation import APPROVED, list_voices
from app.features.workshop.wall_map import picture_key
from app.features.workshop.wording import LONGEST_COMMENT
from app.import_report.markup import esc, tag
from app.text import say

if TYPE_CHECKING:
    from app.features.workshop.board import Workshop
    from app.features.workshop.room import Room
    from app.features.workshop.summary import Count
    from app.runs import Run

MOST_ON_PHONE = 4
"""Figures of a scenario that stand open; the others are one tap away."""
MOST_VOICES = 40
LANGUAGES = {"ja": "日本語", "en": "English"}
SCRIPT_WORDS = (
    "sending",
    "sent",
    "waiting_n",
    "voted_up",
    "voted_down",
    "voted_none",
    "voice_kept",
    "voice_masked",
    "changed",
    "show_now",
    "forget_one",
    "forget_sure",
    "forgotten",
    "forgotten_all",
    "state_waiting",
    "state_approved",
    "state_hidden",
    "state_unread",
    "hidden_why",
    "hidden_again",
    "hidden_kept",
    "pinned",
    "no_own",
    "about_kept",
    "goes_none",
    "goes_unset",
    "goes_pin",
    "goes_place",
    "no_storage",
    "map_failed",
    "map_title",
    "pin",
    "zoom_in",
    "zoom_out",
    "letters_left",
)
REFUSALS = (
    "closed",
    "gone",
    "full",
    "busy",
    "empty",
    "comment_too_long",
    "too_many",
    "outside",
    "no_such_run",
    "no_such_theme",
    "no_such_district",
    "no_such_age",
    "unreadable",
)
"""Why a post may be refused; the words go to the script once."""


@dataclass(frozen=True, slots=True)
class Live:
    """What changes while a page is open."""

    revision: int
    is_open: bool
    run_id: str
    key: str
    title: str
    now: str
    others: str
    voices: str

    def to_plain(self) -> dict[str, object]:
        """Return it as it is sent."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def build_live(room: Room, workshop: Workshop, lang: str) -> Live:
    """Return what is on the wall now, the other scenarios to vote on, and what was approved."""
    runs = room.services.list_runs()
    _, step = room.step_of(workshop)
    run = runs.get(step.run_id)
    shown = None if run is None else room.show(workshop, run, lang)
    counts = room.summary(workshop).runs if workshop.results_shown else {}
    voices = list_voices(room.database, workshop.workshop_id, APPROVED)[-MOST_VOICES:]
    told = fragments.voice_list(voices, room.districts(lang), lang)
    if run is None or shown is None:
        now = _between(step.kind, lang) if workshop.is_open else _after(lang)
        title = say(lang, f"ws_step_{step.kind}")
    else:
        title = shown.title
        now = _now(room, workshop, run, counts.get(run.run_id), lang)
    others = [runs[r] for r in workshop.runs if r in runs and r != step.run_id and not runs[r].is_baseline]
    return Live(
        revision=workshop.revision,
        is_open=workshop.is_open,
        run_id=step.run_id if run is not None else "",
        key="" if run is None else run.key,
        title=title,
        now=now,
        others=_others(workshop, others, lang),
        voices=told,
    )


def _between(kind: str, lang: str) -> str:
    heading = tag("h2", esc(say(lang, f"ws_step_{kind}")))
    return heading + tag("p", esc(say(lang, f"ws_phone_{kind}")), class_="sentence")


def _after(lang: str) -> str:
    heading = tag("h2", esc(say(lang, "ws_step_voices")))
    return heading + tag("p", esc(say(lang, "ws_phone_after")), class_="sentence")


def _now(room: Room, workshop: Workshop, run: Run, count: Count | None, lang: str) -> str:
    """Return a scenario with the vote on it before its figures: what one came for stands within reach of a thumb."""
    shown = room.show(workshop, run, lang)
    parts = [fragments.head_of(shown, "h2", lang)]
    if shown.votable and workshop.is_open:
        parts.append(vote_buttons(run.run_id, run.key, shown.title, lang))
    if count is not None:
        parts.append(fragments.tally(count, lang) + fragments.disclaimer(lang))
    parts.append(fragments.figure_list(shown.figures[:MOST_ON_PHONE], lang))
    rest = shown.figures[MOST_ON_PHONE:]
    if rest:
        inner = fragments.figure_list(rest, lang)
        parts.append(tag("details", tag("summary", esc(say(lang, "ws_more_figures"))) + inner))
    picture = room.paint(run, lang)
    alt = say(lang, "ws_map_alt", title=shown.title, metric=picture.metric.label.get(lang))
    source = esc(map_url(room, workshop, run, lang))
    image = f'<img src="{source}" alt="{esc(alt)}" width="640" height="700" loading="lazy">'
    caption = tag("figcaption", fragments.legend(picture, lang))
    parts.append(tag("details", tag("summary", esc(say(lang, "ws_see_map"))) + tag("figure", image + caption)))
    return "".join(parts)


def map_url(room: Room, workshop: Workshop, run: Run, lang: str) -> str:
    """Return where the map of a scenario is; the key changes with the result."""
    return f"/w/{workshop.code}/map/{quote(run.run_id)}.svg?key={picture_key(room.services, run)}&lang={lang}"


def vote_buttons(run_id: str, key: str, title: str, lang: str, *, small: bool = False) -> str:
    """Return the two buttons for a scenario; the script marks what this phone has chosen."""
    buttons = "".join(
        tag(
            "button",
            fragments.icon(kind) + esc(say(lang, word)),
            type="button",
            class_=f"vote {kind}",
            data_run=run_id,
            data_key=key,
            data_choice=str(choice),
            aria_pressed="false",
        )
        for word, kind, choice in (("ws_up", "up", 1), ("ws_down", "down", -1))
    )
    inner = tag("div", buttons, class_="votes" + (" small" if small else ""))
    return tag("div", inner, role="group", aria_label=say(lang, "ws_vote_on", title=title), class_="vote-group")


def _others(workshop: Workshop, others: list[Run], lang: str) -> str:
    if not others or not workshop.is_open:
        return ""
    rows = "".join(
        tag(
            "li",
            tag("p", esc(run.title.get(lang)))
            + vote_buttons(run.run_id, run.key, run.title.get(lang), lang, small=True),
        )
        for run in others
    )
    return tag("details", tag("summary", esc(say(lang, "ws_vote_others"))) + tag("ul", rows, class_="others"))


# ---------------------------------------------------------------- documents


def build_phone(
    room: Room, workshop: Workshop, lang: str, assets: dict[str, str], token: str, *, is_look: bool = False
) -> str:
    """Return the whole page of a participant; `is_look`: opened at the desk to see it, which joins nobody."""
    live = build_live(room, workshop, lang)
    districts = room.districts(lang)
    words = {key: say(lang, f"wsj_{key}") for key in SCRIPT_WORDS}
    refused = {code: say(lang, f"ws_refused_{code}", **_parts(code)) for code in REFUSALS}
    main = [
        tag("section", live.now, id="now", aria_label=say(lang, "ws_now")),
        tag("section", live.others, id="others", aria_label=say(lang, "ws_vote_others")),
        phone_forms.say_form(workshop, districts, lang) if workshop.is_open else phone_forms.closed(lang),
        phone_forms.about_form(districts, lang) if workshop.is_open else "",
        tag(
            "section",
            tag("h2", esc(say(lang, "ws_own"))) + tag("div", "", id="own") + phone_forms.forget_all(lang),
            class_="card",
        ),
        tag(
            "section",
            tag("h2", esc(say(lang, "ws_voices"))) + fragments.disclaimer(lang) + tag("div", live.voices, id="voices"),
            class_="card",
        ),
        phone_forms.notice(workshop, lang),
    ]
    body = [
        tag("a", esc(say(lang, "skip_to_body")), href="#main", class_="skip"),
        _header(workshop, lang, is_look=is_look),
        tag("noscript", tag("p", esc(say(lang, "ws_noscript")), class_="warning")),
        tag("main", "".join(main), id="main", tabindex="-1"),
        tag("div", "", id="bar", role="status", aria_live="polite"),
        f'<script type="application/json" id="words">{_json({"words": words, "refused": refused})}</script>',
    ]
    return document(
        f"{workshop.title} – {say(lang, 'nav_workshop')}",
        "".join(body),
        lang,
        assets,
        class_="phone",
        data_code=workshop.code,
        data_revision=str(live.revision),
        data_run=live.run_id,
        data_key=live.key,
        data_title=live.title,
        data_first_run=next((run for run in workshop.runs if run in room.services.list_runs()), ""),
        data_token=token,
        data_lang=lang,
        data_joins=str(int(workshop.is_open and not is_look)),
        data_map_js=assets["map_js"],
        data_map_css=assets["map_css"],
        data_pin_js=assets["pin_js"],
    )


def build_entrance(lang: str, assets: dict[str, str], typed: str = "") -> str:
    """Return the page where a code is typed; a code that was not found is told."""
    told = (
        tag("p", esc(say(lang, "ws_refused_no_such_code")), id="told", class_="warning", role="alert") if typed else ""
    )
    described = {"aria_describedby": "told"} if typed else {}
    field = tag("label", esc(say(lang, "ws_code")), for_="code")
    attributes = " ".join(f'{key.replace("_", "-")}="{esc(value)}"' for key, value in described.items())
    field += (
        f'<input id="code" name="code" required maxlength="12" autocomplete="off" autocapitalize="characters" '
        f'spellcheck="false" inputmode="text" value="{esc(typed)}" {attributes}>'
    )
    button = tag("button", esc(say(lang, "ws_join")), type="submit", class_="send")
    form = tag("form", told + field + f'<input type="hidden" name="lang" value="{esc(lang)}">' + button, action="/w/")
    other = "en" if lang == "ja" else "ja"
    link = tag("a", LANGUAGES[other], href=f"/w/?lang={other}", lang=other)
    card = tag("section", tag("h1", esc(say(lang, "ws_entrance"))) + form, class_="card")
    main = tag("main", card + tag("p", link), id="main")
    return document(say(lang, "ws_entrance"), main, lang, assets, class_="phone entrance")


PHONE_SCRIPTS = ("outbox_js", "js")
"""What sends, then what is shown and asked."""


def document(
    title: str,
    body: str,
    lang: str,
    assets: dict[str, str],
    scripts: tuple[str, ...] = PHONE_SCRIPTS,
    **attributes: str,
) -> str:
    """Return an HTML document of the workshop with the style and the scripts of its own; nothing else is loaded."""
    loaded = "".join(f'<script src="{esc(assets[one])}" defer></script>' for one in scripts)
    head = (
        f'<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><title>{esc(title)}</title><link rel="icon" href="data:,">'
        f'<link rel="stylesheet" href="{esc(assets["css"])}">{loaded}'
    )
    return f'<!DOCTYPE html><html lang="{esc(lang)}"><head>{head}</head>{tag("body", body, **attributes)}</html>'


def _header(workshop: Workshop, lang: str, *, is_look: bool) -> str:
    other = "en" if lang == "ja" else "ja"
    link = tag(
        "a",
        LANGUAGES[other],
        href=f"/w/{workshop.code}?lang={other}{'&look=1' if is_look else ''}",
        lang=other,
        class_="lang",
    )
    top = tag(
        "p",
        tag("span", "駅勢", class_="logo", aria_hidden="true") + esc(say(lang, "nav_workshop")) + link,
        class_="top",
    )
    question = tag("p", esc(workshop.question), class_="question") if workshop.question else ""
    short = esc(say(lang, "ws_notice_short")) + " " + tag("a", esc(say(lang, "ws_notice_more")), href="#notice")
    return tag("header", top + tag("h1", esc(workshop.title)) + question + tag("p", short, class_="short"))


def _parts(code: str) -> dict[str, object]:
    return {"most": LONGEST_COMMENT} if code == "comment_too_long" else {"s": "{s}"} if code == "busy" else {}


def _json(value: object) -> str:
    """Return JSON that may stand inside a script element."""
    import json  # noqa: PLC0415 - beside its only use

    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
