"""Phones, projector and files over HTTP, on the grid city; what citizens write never becomes markup or a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.access import AccessRules, passwords
from app.access.users import UserFile, make_account
from app.desk import Desk
from app.factory import create_app
from app.features.workshop import posts
from app.features.workshop.board import Plan
from app.features.workshop.export import FILES, safe_cell, write_file, write_markdown
from app.features.workshop.limits import Pace
from app.features.workshop.minutes import note
from app.features.workshop.moderation import judge
from app.features.workshop.record import Section
from app.features.workshop.room import Room
from app.features.workshop.themes import offered_themes
from app.features.workshop.venue import is_loopback, join_addresses, own_addresses, start_commands
from app.text import say
from sim.kpi import KPIS
from tests.guarded import CHEAP, HASH, PASSWORD
from tests.unit.app.workshop.sending import about, hexed, message, voice, vote
from tests.visits import open_page, script_headers

EVIL = "<script>alert(1)</script><b>太字</b> & \"引用\" '値'"


@pytest.fixture
def desk(page_settings, page_services, tmp_path):
    settings = page_settings.model_copy(update={"database": tmp_path / "desk.sqlite", "home_folder": tmp_path})
    made = Desk(settings, page_services)
    yield made
    made.database.close()


@pytest.fixture
def held(desk):
    plan = Plan("団地の足", dt.date(2029, 10, 1), ("baseline-r5", "new-clinic"), themes=("バス", "医療"))
    return desk.workshops.board.open(plan)


@pytest.fixture
def client(desk):
    return create_app(desk.settings, desk.services, desk).server.test_client()


@pytest.fixture
def post(client, held):
    def sent(where, body, code=""):
        headers = script_headers(client)
        return client.post(f"/w/{code or held.code}/{where}", json=body, headers=headers)

    return sent


def plain(who, *posts):
    return message(who, *posts).model_dump(mode="json")


def own_voice(name, text="", **more):
    return {**voice(name, text, **more), "run": "new-clinic"}


def say_and_approve(desk, post, held, text, **more):
    answer = post("posts", plain("a", own_voice("1", text, **more)))
    assert answer.json["answers"][0]["kept"], answer.json
    judge(desk.workshops.database, held.workshop_id, hexed("1"), "approved", desk.workshops.now())


# ---------------------------------------------------------------- phones


def test_a_phone_sees_what_is_on_the_wall(client, desk, held):
    assert "まもなく始まります" in client.get(f"/w/{held.code}").text
    desk.workshops.board.show_step(held.workshop_id, 3)  # figures of the second scenario
    text = client.get(f"/w/{held.code}").text
    run = desk.services.list_runs()["new-clinic"]
    assert "診療所の新設" in text
    assert f'data-key="{run.key}"' in text
    value = run.rows["clinic_within_30min_share", "default", "all"].value
    assert KPIS["clinic_within_30min_share"].title.ja in text
    assert f"<b>{value * 100:.1f}</b>" in text
    assert 'class="badge status-' in text
    english = client.get(f"/w/{held.code}?lang=en").text
    assert '<html lang="en">' in english
    assert "New clinic" in english


def test_a_phone_loads_nothing_but_three_small_files(client, held):
    text = client.get(f"/w/{held.code}").text
    loaded = re.findall(r'<(?:script|link|img)[^>]+(?:src|href)="([^"]+)"', text)
    assert sorted(one.partition("?")[0] for one in loaded if not one.startswith("data:")) == [
        "/assets/workshop.css",
        "/assets/workshop_outbox.js",
        "/assets/workshop_phone.js",
    ]
    packed = client.get(f"/w/{held.code}", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.data) < 10_000


def test_a_phone_has_no_field_for_anything_personal(client, held):
    text = client.get(f"/w/{held.code}").text
    assert re.findall(r'<(?:input|select|textarea)[^>]*? id="([^"]+)"', text) == ["comment", "place", "age", "home"]
    assert set(re.findall(r'<input[^>]*? name="([^"]+)"', text)) == {"theme"}
    assert f"{held.expires_on:%Y-%m-%d}" in text  # how long it is kept


def test_themes_that_are_offered_are_told_in_the_readers_language_and_kept_as_typed(desk, client):
    themes = (*offered_themes("ja"), "猫バス")
    held = desk.workshops.board.open(Plan("題", dt.date(2029, 10, 1), ("new-clinic",), themes=themes))
    english = client.get(f"/w/{held.code}?lang=en").text
    assert re.findall(r'name="theme" value="([^"]+)"><span>([^<]+)<', english) == [
        *zip(offered_themes("ja"), offered_themes("en"), strict=True),
        ("猫バス", "猫バス"),
    ]
    sent = plain("a", own_voice("1", "話", theme="買い物・日常"))
    headers = script_headers(client)
    assert client.post(f"/w/{held.code}/posts", json=sent, headers=headers).json["answers"][0]["kept"]
    own = client.post(f"/w/{held.code}/mine?lang=en", json={"token": hexed("a")}, headers=headers).json
    assert own["voices"][0]["theme"] == "Shopping, daily life"
    judge(desk.workshops.database, held.workshop_id, hexed("1"), "approved", desk.workshops.now())
    desk.workshops.board.show_step(held.workshop_id, 9)
    assert "Shopping, daily life" in client.get(f"/workshop/wall/{held.workshop_id}?lang=en").text
    assert "Shopping, daily life" in client.get(f"/workshop/files/{held.workshop_id}/record.md?lang=en").text


def test_what_is_left_on_the_wall_holds_nothing_to_judge(client, desk, post, held):
    post("posts", plain("a", own_voice("1", "まだ確かめていない声")))
    page = client.get(f"/workshop/wall/{held.workshop_id}").text
    assert "まだ確かめていない声" not in page
    over = page[page.index('id="over"') :]
    assert "投影を終えました" in over
    assert (
        f"/workshop?w={held.workshop_id}" in over
    )  # the way on is a link, which nobody follows by a key pressed twice
    assert f"/workshop?w={held.workshop_id}" not in page[: page.index('id="over"')]


def test_what_is_on_the_wall_is_only_sent_when_it_is_new(client, desk, held):
    first = client.get(f"/w/{held.code}/now").json
    assert client.get(f"/w/{held.code}/now?have={first['revision']}").status_code == 204
    desk.workshops.board.show_step(held.workshop_id, 3)
    second = client.get(f"/w/{held.code}/now?have={first['revision']}").json
    assert (second["run_id"], second["title"]) == ("new-clinic", "診療所の新設")
    assert 'class="vote up"' in second["now"]
    assert 'class="vote up"' not in first["now"]


def test_a_code_that_is_wrong_is_asked_for_again(client, held):
    answer = client.get("/w/NOPE12")
    assert answer.status_code == 404
    assert "この参加コードのワークショップはありません" in answer.text
    assert 'name="code"' in answer.text
    assert client.get("/w/NOPE12/now").json["code"] == "no_such_code"
    assert client.get("/w/<b>x</b>").text.count("<b>x") == 0
    assert client.get(f"/w/?code={held.code.lower()}").headers["Location"].startswith(f"/w/{held.code}")
    assert client.get("/w/").status_code == 200


def test_posts_are_answered_one_by_one(post, desk, held):
    answer = post("posts", plain("a", vote("1", "new-clinic", 1, 1), own_voice("2", "x" * 300), own_voice("3", "ok")))
    assert [one["code"] for one in answer.json["answers"]] == ["ok", "comment_too_long", "ok"]
    assert desk.workshops.summary(held).runs["new-clinic"].up == 1
    own = post("mine", {"token": hexed("a")}).json
    assert own["votes"] == {"new-clinic": 1}
    assert [one["text"] for one in own["voices"]] == ["ok"]
    assert post("mine", {"token": hexed("stranger")}).json["voices"] == []
    assert post("forget", {"token": hexed("stranger"), "id": hexed("3")}).json == {"gone": 0}
    assert post("forget", {"token": hexed("a")}).json == {"gone": 1}
    assert post("mine", {"token": hexed("a")}).json == {
        "voices": [],
        "votes": {},
        "about": {"age_band": "", "district": ""},
    }


@pytest.mark.parametrize(
    "body",
    [
        {"token": "short", "posts": []},
        {"posts": []},
        {"token": "0" * 32, "posts": [{"kind": "vote"}]},
        {"token": "0" * 32, "posts": [], "name": "who"},
        [],
        "text",
    ],
)
def test_what_no_phone_of_ours_sends_is_refused(post, body):
    answer = post("posts", body)
    assert answer.status_code == 400
    assert answer.json["code"] == "unreadable"


def test_too_much_at_once_is_refused(post, client, held):
    assert post("posts", {"token": "0" * 32, "posts": [], "x": "y" * 120_000}).json["code"] == "too_large"


def test_a_post_of_another_site_is_refused(client, held, desk):
    open_page(client)
    body = plain("a", vote("1", "new-clinic", 1, 1))
    assert client.post(f"/w/{held.code}/posts", json=body).status_code == 403  # without the token of the page
    assert desk.workshops.summary(held).runs["new-clinic"].up == 0


def test_a_phone_that_sends_too_fast_is_told_when_to_come_again(client, post, desk, held):
    desk.workshops.pace = Pace(by_phone=2)
    post("posts", plain("a", vote("1", "new-clinic", 1, 1), vote("2", "new-clinic", -1, 2)))
    answer = post("posts", plain("a", vote("3", "new-clinic", 1, 3)))
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 50
    assert "秒" in answer.json["message"]


def test_looking_at_ones_own_posts_and_deleting_them_is_paced_too(client, post, desk, held):
    post("posts", plain("a", vote("1", "new-clinic", 1, 1)))
    desk.workshops.asking = Pace(by_phone=2)
    assert post("mine", {"token": hexed("a")}).json["votes"] == {"new-clinic": 1}
    assert post("forget", {"token": hexed("a"), "id": hexed("9")}).json["gone"] == 0
    for where in ("mine", "forget"):
        refused = post(where, {"token": hexed("a")})
        assert (refused.status_code, refused.json["code"]) == (429, "busy")
    assert post("forget", {"token": hexed("b")}).json["gone"] == 0  # others go on
    assert desk.workshops.summary(held).runs["new-clinic"].up == 1


def test_who_says_nothing_takes_nobodys_place(client, post, desk, held, monkeypatch):
    monkeypatch.setattr(posts, "MOST_PHONES", 2)
    for number in range(5):
        post("posts", plain(f"silent-{number}"))
        refused = post("posts", plain(f"wrong-{number}", vote(f"w{number}", "nowhere", 1, 1)))
        assert not refused.json["answers"][0]["kept"]
    assert desk.workshops.board.turnout(held.workshop_id).sent == 0
    for number in range(2):
        assert post("posts", plain(f"real-{number}", vote(f"v{number}", "new-clinic", 1, 1))).json["answers"][0]["kept"]
    assert post("posts", plain("late", vote("l", "new-clinic", 1, 1))).json["code"] == "full"


def test_who_opens_the_page_is_told_apart_from_who_sends(client, desk, post, held):
    assert 'data-joins="1"' in client.get(f"/w/{held.code}").text
    assert 'data-joins="0"' in client.get(f"/w/{held.code}?look=1").text  # the facilitator only looks
    for who in ("a", "b", "a"):
        assert post("join", {"token": hexed(who)}).json == {"joined": True}
    post("posts", plain("a", vote("1", "new-clinic", 1, 1)))
    wall = client.get(f"/workshop/wall/{held.workshop_id}").text
    assert "参加 2 台" in wall
    assert "送信 1 台" in wall
    record = write_file(desk.workshops, held, "record.md", "en")
    assert "Joined 2" in record
    assert "Sent something 1" in record


def test_made_up_phones_that_join_do_not_keep_others_from_posting(client, desk, post, held):
    codes = [post("join", {"token": hexed(f"made-up-{n}")}).status_code for n in range(61)]
    assert (codes[0], codes[-1]) == (200, 429)
    assert post("join", {"token": hexed("made-up-0")}).status_code == 200  # who is in is not asked again
    assert post("posts", plain("real", vote("1", "new-clinic", 1, 1))).json["answers"][0]["kept"]


def test_nothing_a_citizen_writes_becomes_markup(client, post, desk, held):
    say_and_approve(desk, post, held, EVIL, theme="バス")
    for text in (client.get(f"/w/{held.code}").text, client.get(f"/w/{held.code}/now").json["voices"]):
        assert "<script>alert" not in text
        assert "<b>太字" not in text
        assert "&lt;script&gt;alert(1)" in text
    desk.workshops.board.show_step(held.workshop_id, 99)
    wall = client.get(f"/workshop/wall/{held.workshop_id}").text
    assert "&lt;script&gt;alert(1)" in wall
    assert "<script>alert" not in wall


def test_voices_wait_for_the_moderator(client, post, desk, held):
    post("posts", plain("a", own_voice("1", "まだ見せない")))
    assert "まだ見せない" not in client.get(f"/w/{held.code}").text
    judge(desk.workshops.database, held.workshop_id, hexed("1"), "approved", desk.workshops.now())
    assert "まだ見せない" in client.get(f"/w/{held.code}").text


def test_counts_reach_phones_only_when_the_facilitator_wants_it(client, post, desk, held):
    desk.workshops.board.show_step(held.workshop_id, 3)
    post("posts", plain("a", vote("1", "new-clinic", 1, 1)))
    assert "代表値ではありません" not in client.get(f"/w/{held.code}/now").json["now"]
    desk.workshops.board.show_results(held.workshop_id, shown=True)
    now = client.get(f"/w/{held.code}/now").json["now"]
    assert "1 票" in now
    assert "参加者の意見であり市民の代表値ではありません" in now


def test_a_closed_workshop_is_read_only_on_the_phone(client, post, desk, held):
    desk.workshops.board.close(held.workshop_id)
    assert post("posts", plain("a", vote("1", "new-clinic", 1, 1))).status_code == 409
    text = client.get(f"/w/{held.code}").text
    assert 'id="say"' not in text
    assert "終わりました" in text
    for told in ("まもなく始まります", "投票できます"):  # neither begins nor goes on
        assert told not in text


# ---------------------------------------------------------------- maps


def test_maps_hide_cells_with_few_people(client, desk, held, monkeypatch):
    run = desk.services.list_runs()["baseline-r5"]
    few = run.cells.copy()
    few["persons"] = 4.0
    monkeypatch.setattr(type(run), "cells", few)
    desk.services._findings.clear()
    found = json.loads(
        client.get(f"/w/{held.code}/areas/baseline-r5.json", headers={"Accept-Encoding": "identity"}).data
    )
    assert found["classes"]["features"] == []
    monkeypatch.undo()
    desk.services._findings.clear()
    found = json.loads(
        client.get(f"/w/{held.code}/areas/baseline-r5.json", headers={"Accept-Encoding": "identity"}).data
    )
    assert found["classes"]["features"]
    assert found["land"]["type"] == "Polygon"


def test_approved_pins_lie_on_the_map_of_their_scenario(client, desk, post, held):
    lon, lat = desk.services.city.population.lonlat[0].tolist()
    for step, pins in ((2, 0), (4, 0)):
        desk.workshops.board.show_step(held.workshop_id, step)
        assert client.get(f"/workshop/wall/{held.workshop_id}").text.count('class="pins"') == pins
    say_and_approve(desk, post, held, "ここ", lon=lon, lat=lat)
    wall = client.get(f"/workshop/wall/{held.workshop_id}").text
    assert wall.count('class="pins"') == 1
    assert say("ja", "ws_pin_means") in wall
    desk.workshops.board.show_step(held.workshop_id, 2)  # of the other scenario
    assert 'class="pins"' not in client.get(f"/workshop/wall/{held.workshop_id}").text


def test_a_pin_lies_where_the_map_has_that_place():
    from app.features.workshop.moderation import Voice
    from app.features.workshop.wall_map import draw_pins, stations
    from app.import_report.canvas import canvas_of
    from geodata.hitachi import load_hitachi

    city = load_hitachi()
    names = {ja: (lon, lat) for ja, _, lon, lat in stations(city)}
    lon, lat = names["日立駅"]
    pin = Voice("1", "", "", lon, lat, "", "", "", "approved", "", dt.datetime.now(dt.UTC))
    stop = next(k for k in city.timetable.stops_of_class("rail") if city.timetable.stops.name[k] == "日立駅")
    x, y = canvas_of(city).pixels(city.timetable.stops.xy[stop])[0]
    drawn = re.search(r"translate\((\d+) (\d+)\)", draw_pins(city, [pin]))
    assert (int(drawn[1]), int(drawn[2])) == pytest.approx((x, y), abs=2)
    assert draw_pins(city, []) == ""


def test_pins_are_told_from_every_class_and_line_and_named_in_the_legend():
    """Ink on a white rim: far in lightness from any class next to it, or from the rim that stands between."""
    from app import theme
    from app.features.workshop.wall_map import LINES, NEW_LINE, PIN

    def luminance(color):
        parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        light, dark = sorted((luminance(one), luminance(other)), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    ink = re.search(r'fill="(#\w+)" stroke="#fff"', PIN)[1]
    ramps = {*theme.RAMP, *theme.PLAIN, *theme.BETTER, *theme.WORSE, theme.NOTHING, theme.SAME}
    lines = {color for color, _ in (*LINES.values(), NEW_LINE)}
    assert all(max(contrast(ink, one), contrast("#ffffff", one)) > 3 for one in ramps | lines)
    assert contrast(ink, "#ffffff") > 12
    assert ink not in ramps | lines


@pytest.mark.parametrize(("lang", "words"), [("ja", "−5〜−2 回"), ("en", "−5 to −2 times")])
def test_ranges_of_classes_are_read_as_ranges(lang, words):
    from app.features.compare.metrics import list_metrics
    from app.features.workshop.wall_map import _labels

    every = [
        label
        for metric in list_metrics().values()
        for label in _labels(metric, metric.difference_breaks, lang, is_difference=True)
    ]
    assert words in every
    assert not any(" – " in label for label in every)


def test_only_scenarios_of_the_workshop_are_shown(client, desk, held):
    answer = client.get(f"/w/{held.code}/map/new-clinic.svg", headers={"Accept-Encoding": "identity"})
    assert answer.mimetype == "image/svg+xml"
    assert answer.text.startswith("<svg")
    plan = Plan("ほか", dt.date(2029, 10, 1), ("baseline-r5",))
    other = desk.workshops.board.open(plan)
    assert client.get(f"/w/{other.code}/map/new-clinic.svg").status_code == 400
    assert client.get(f"/w/{other.code}/areas/nowhere.json").json["code"] == "no_such_run"


def test_thirty_phones_have_a_map_drawn_once(desk, monkeypatch):
    from app.features.workshop import wall_map

    run, drawn = desk.services.list_runs()["new-clinic"], []
    original = wall_map._paint

    def counted(*given):
        drawn.append(given)
        time.sleep(0.1)
        return original(*given)

    desk.services._findings.clear()
    monkeypatch.setattr(wall_map, "_paint", counted)
    with ThreadPoolExecutor(30) as pool:
        found = list(pool.map(lambda _: desk.workshops.paint(run, "ja"), range(30)))
    assert len(drawn) == 1
    assert all(one is found[0] for one in found)


def test_a_place_is_of_the_city_or_refused(desk):
    cells = desk.services.city.population
    lon, lat = cells.lonlat[0]
    found = desk.workshops.find_district(lon, lat)
    assert found == str(cells.district_id[cells.district[0]])
    assert desk.workshops.find_district(lon + 3, lat) is None


# ---------------------------------------------------------------- projector


def test_the_projector_steps_and_ends_with_what_was_said(client, desk, held):
    of = held.workshop_id
    page = client.get(f"/workshop/wall/{of}")
    assert held.code in page.text
    steps = int(re.search(r'data-steps="(\d+)"', page.text)[1])
    assert steps == 6
    headers = script_headers(client)
    view = client.post(f"/workshop/wall/{of}/step", json={"step": 2}, headers=headers).json
    assert (view["step"], view["title"]) == (2, "基準（R5）")
    assert "/map/baseline-r5.svg" in view["body"]
    last = client.post(f"/workshop/wall/{of}/step", json={"step": 5}, headers=headers).json
    assert "参加者の意見であり市民の代表値ではありません" in last["body"]
    assert client.get(f"/workshop/wall/{of}/now?have={last['revision']}").status_code == 204
    desk.workshops.board.close(of)
    assert client.post(f"/workshop/wall/{of}/step", json={"step": 1}, headers=headers).status_code == 409
    assert client.get(f"/workshop/wall/{of}/now?look=1").json["step"] == 1
    over = client.get(f"/workshop/wall/{of}/now?look=0").json
    assert "終わりました" in over["body"]
    assert held.code not in over["body"] + over["foot"], "nobody is asked to join what is over"
    assert "qr-box" not in over["body"]
    assert client.get("/workshop/wall/nowhere/now").status_code == 404


def test_guests_and_phones_cannot_steer_or_take_files(desk, held, tmp_path, monkeypatch):
    monkeypatch.setattr(passwords, "_HASHER", CHEAP)
    users = UserFile(tmp_path / "users.json")
    for name, role in (("hanako", 2), ("taro", 3)):
        users.put(make_account(name, type_of_role(role), HASH))
    changed = {"listen_host": "0.0.0.0", "access": AccessRules(users_file=users.path)}  # noqa: S104 - what is tested
    settings = desk.settings.model_copy(update=changed)
    opened = Desk(settings, desk.services)
    client = create_app(settings, desk.services, opened).server.test_client()
    of = held.workshop_id
    assert client.get(f"/w/{held.code}").status_code == 200  # a phone needs no login
    addresses = (f"/workshop/wall/{of}", f"/workshop/wall/{of}/now", f"/workshop/files/{of}/voices.csv")
    script = {"Sec-Fetch-Dest": "empty"}
    assert {client.get(one, headers=script).status_code for one in addresses} == {401}
    log_in(client, "hanako")
    assert {client.get(one, headers=script).status_code for one in addresses} == {403}
    log_in(client, "taro")
    assert {client.get(one, headers=script).status_code for one in addresses} == {200}
    opened.database.close()


def type_of_role(number):
    from app.access import Role

    return Role(number)


def log_in(client, name):
    headers = script_headers(client) | {"Accept": "text/html", "Sec-Fetch-Dest": "document"}
    answer = client.post("/login", data={"name": name, "password": PASSWORD}, headers=headers)
    assert answer.status_code == 303, answer.text[:200]


def test_addresses_for_phones_are_told_only_where_phones_can_come():
    assert join_addresses("127.0.0.1", 8050, "ABC234", ["192.0.2.7"]) == []
    assert join_addresses("0.0.0.0", 8050, "ABC234", ["192.0.2.7", "192.0.2.8"]) == [  # noqa: S104
        "http://192.0.2.7:8050/w/ABC234",
        "http://192.0.2.8:8050/w/ABC234",
    ]
    assert join_addresses("2001:db8::7", 80, "A", []) == ["http://[2001:db8::7]:80/w/A"]
    assert is_loopback("localhost")
    assert is_loopback("::1")
    assert not is_loopback("venue.example")
    assert all("--users" in one for one in start_commands(8050, "ja"))
    assert all(not address.startswith("127.") for address in own_addresses())


def test_a_server_that_only_hears_itself_says_how_to_start_it(client, held):
    text = client.get(f"/workshop/wall/{held.workshop_id}").text
    assert "この PC だけ" in text
    assert all(one in text for one in start_commands(8050, "ja"))
    assert 'class="qr"' not in text


# ---------------------------------------------------------------- files


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1", "@SUM(A1)", "\t=1", "＝1", " =1", "'=1", "|cmd", "%0A"])
def test_no_cell_is_a_formula(text):
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("ふつうの文 = 式") == "ふつうの文 = 式"
    assert safe_cell(-51.2) == -51.2


def rows(text):
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_voices_are_handed_out_without_small_groups(desk, post, held, tmp_path):
    for number in range(11):
        who = f"p{number}"
        post(
            "posts", plain(who, about(f"{who}-a", "75+", "east"), own_voice(f"{who}-v", f"=声 {number}", theme="バス"))
        )
    post("posts", plain("single", about("s-a", "u20", "west"), own_voice("s-v", "一人の声\n二行目")))
    for name in (*(f"p{number}-v" for number in range(11)), "s-v"):
        judge(desk.workshops.database, held.workshop_id, hexed(name), "approved", desk.workshops.now())
    post("posts", plain("late", own_voice("late-v", "まだ確認待ち")))
    head, *found = rows(write_file(desk.workshops, held, "voices.csv", "ja"))
    by_text = {row[head.index("意見")]: row for row in found}
    assert len(found) == 12
    assert by_text["'=声 3"][head.index("テーマ")] == "バス"
    only = by_text["一人の声\n二行目"]
    assert (only[head.index("年代")], only[head.index("地区")]) == ("", "")
    assert all(row[head.index("備考")] == "参加者の意見であり市民の代表値ではありません" for row in found)
    assert "まだ確認待ち" in write_file(desk.workshops, held, "voices-all.csv", "ja")
    summary = desk.workshops.summary(held)
    assert [group.persons for group in summary.ages if group.name == "u20"] == [None]


def test_voices_can_be_read_into_a_city(desk, post, held, tmp_path):
    import pandas as pd

    from geodata.config.opinions import OpinionsConfig
    from geodata.readers.opinion_columns import find_columns

    lon, lat = desk.services.city.population.lonlat[0]
    say_and_approve(desk, post, held, "便利になる", theme="バス", lon=float(lon), lat=float(lat))
    path = tmp_path / "voices.csv"
    path.write_text(write_file(desk.workshops, held, "voices.csv", "ja"), encoding="utf-8")
    frame = pd.read_csv(path, dtype=str, encoding="utf-8-sig")
    columns, _ = find_columns(OpinionsConfig(path="voices.csv"), frame, "voices.csv")
    assert {
        name: columns.of[name] for name in ("text", "theme", "place", "district", "age_group", "lon", "lat", "date")
    } == {
        "text": "意見",
        "theme": "テーマ",
        "place": "場所",
        "district": "地区",
        "age_group": "年代",
        "lon": "経度",
        "lat": "緯度",
        "date": "日付",
    }


def test_the_record_holds_everything_and_no_markup_of_others(desk, client, post, held):
    desk.workshops.board.show_step(held.workshop_id, 3)
    client.get(f"/w/{held.code}")
    post("posts", plain("a", vote("9", "new-clinic", 1, 1)))
    say_and_approve(desk, post, held, EVIL, theme="バス")
    note(desk.workshops.database, held.workshop_id, "# 見出しではない | 表でもない", "new-clinic", desk.workshops.now())
    page = write_file(desk.workshops, held, "record.html", "ja")
    assert "&lt;script&gt;alert(1)" in page
    assert "<script" not in page
    key = desk.services.list_runs()["new-clinic"].key
    assert key in page  # which result was on the wall
    text = write_file(desk.workshops, held, "record.md", "ja")
    assert r"\# 見出しではない \| 表でもない" in text
    assert "&lt;script>" in text
    assert "<script" not in text
    for told in (page, text, write_file(desk.workshops, held, "summary.csv", "ja")):
        assert "参加者の意見であり市民の代表値ではありません" in told
    assert rows(write_file(desk.workshops, held, "minutes.csv", "ja"))[1][1:] == [
        "診療所の新設",
        "# 見出しではない | 表でもない",
    ]


def test_an_address_somebody_typed_is_no_link_in_the_record():
    text = write_markdown([Section("https://evil.example", ("www.evil.example と http://x.example",))])
    assert text == "# https\\://evil.example\n\nwww\\.evil.example と http\\://x.example\n"


def test_every_file_is_there_in_both_languages_and_no_other(client, held):
    for name in FILES:
        for lang in ("ja", "en"):
            answer = client.get(f"/workshop/files/{held.workshop_id}/{name}?lang={lang}")
            assert answer.status_code == 200
            assert name in answer.headers["Content-Disposition"]
    assert client.get(f"/workshop/files/{held.workshop_id}/users.json").status_code == 404


def test_what_was_on_the_wall_is_kept_once_with_its_digests(desk, client, held):
    from sqlalchemy import select

    from app.features.workshop.tables import wall

    desk.workshops.board.show_step(held.workshop_id, 3)
    for room in (desk.workshops, Room(desk.database, desk.services)):  # another process knows nothing yet
        room.wall(held)
    with desk.database.reading() as connection:
        found = connection.execute(select(wall)).mappings().all()
    assert sorted(row["run_id"] for row in found) == ["baseline-r5", "new-clinic"]
    manifest = desk.services.list_runs()["new-clinic"].stored.manifest
    kept = next(row for row in found if row["run_id"] == "new-clinic")
    assert kept["digests"]["city"] == manifest["digests"]["city"]
    assert kept["figures"]["figures"]
