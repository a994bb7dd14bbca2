"""The checked-in JSON Schema is what the types say, and the library keeps to it."""

from __future__ import annotations

import json

from scenarios.files import LIBRARY, list_library, read_scenario
from scenarios.modifications import TYPE_ORDER
from scenarios.schema import SCHEMA_FILE, json_schema, main, schema_text


def test_the_checked_in_schema_is_current(capsys):
    assert main(["--check"]) == 0
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text()


def test_an_outdated_schema_is_told_and_mended(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr("scenarios.schema.SCHEMA_FILE", tmp_path / "s.json")
    assert main(["--check"]) == 1
    assert "--write" in capsys.readouterr().err
    assert main(["--write"]) == 0
    assert main(["--check"]) == 0


def test_schema_lists_every_type_with_japanese_descriptions():
    schema = json_schema()
    types = schema["properties"]["modifications"]["items"]["discriminator"]["mapping"]
    assert set(types) == set(TYPE_ORDER)
    assert set(schema["required"]) == {"schema", "id", "title", "description", "year", "plan_status", "modifications"}
    text = json.dumps(schema, ensure_ascii=False)
    assert "運行間隔" in text


def test_the_schema_knows_the_short_forms():
    shapes = json_schema()["$defs"]["AddOnDemand"]["properties"]
    for key, short in (("zones", "array"), ("to", "string"), ("name", "string")):
        assert short in {option.get("type") for option in shapes[key]["anyOf"]}, key
    fleet = json_schema()["$defs"]["Fleet"]["properties"]
    assert (fleet["vehicles"]["minimum"], fleet["seats"]["minimum"]) == (1, 1)


def test_library_files_are_named_by_id_and_say_where_numbers_come_from():
    for scenario_id in list_library():
        scenario = read_scenario(scenario_id)
        assert scenario.id == scenario_id
        assert (LIBRARY / f"{scenario_id}.yaml").exists()
        assert scenario.title.ja != scenario.title.en
        assert all(m.source is not None for m in scenario.modifications)
