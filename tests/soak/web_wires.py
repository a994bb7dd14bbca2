"""A page of Dash without a screen: it holds what its components hold, and sends callbacks as the page's script does."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.soak.web_client import Answer, Browser

CALLBACK = "/_dash-update-component"
NOTHING_NEW = 204
_SEVERAL = re.compile(r"\.\.(.+)\.\.", re.DOTALL)


class WiredPage:
    """
    One open page.

    Parameters
    ----------
    browser
        Whose it is.
    address
        Of its document.
    """

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser, self.address = browser, address
        self.values: dict[tuple[str, str], Any] = {}
        self.many: dict[str, list[tuple[dict[str, Any], str, Any]]] = {}  # kind → id, property, value of each
        self._wires: list[dict[str, Any]] = []

    def open(self) -> None:
        """Load the document, its layout and its wiring."""
        self.browser.get(self.address, is_page=True)
        layout = self.browser.get("/_dash-layout", on_page=self.address)
        _collect(layout.json(), self.values)
        wires = self.browser.get("/_dash-dependencies").json()
        self._wires = [wire for wire in wires if not wire.get("clientside_function")]

    def call(self, output: str, changed: str) -> Answer:
        """Send the callback that writes `output` because `changed` did; take over what it answers."""
        wire = next(
            wire
            for wire in self._wires
            if output in _plain_outputs(wire["output"])
            and any(_name(one) == _pattern(changed) for one in wire["inputs"])
        )
        body = {
            "output": wire["output"],
            "outputs": self._outputs(wire["output"]),
            "inputs": [self._part(one) for one in wire["inputs"]],
            "state": [self._part(one) for one in wire["state"]],
            "changedPropIds": [changed],
        }
        answer = self.browser.send(CALLBACK, body)
        if answer.status == 200:
            self._take_over(answer.json().get("response", {}))
        return answer

    def press(self, output: str, button: str) -> Answer:
        """Press a button whose callback writes `output`."""
        self.values[button, "n_clicks"] = int(self.values.get((button, "n_clicks")) or 0) + 1
        return self.call(output, f"{button}.n_clicks")

    def _take_over(self, response: Mapping[str, Mapping[str, Any]]) -> None:
        for component, properties in response.items():
            for name, value in properties.items():
                self.values[component, name.partition("@")[0]] = value

    def _part(self, wanted: dict[str, Any]) -> Any:
        component, name = wanted["id"], wanted["property"]
        if not component.startswith("{"):
            return {"id": component, "property": name, "value": self.values.get((component, name))}
        kind = json.loads(component)["kind"]
        return [
            {"id": one, "property": name, **({} if name == "id" else {"value": value})}
            | ({"value": one} if name == "id" else {})
            for one, of, value in self.many.get(kind, ())
            if name in {of, "id"}
        ]

    def _outputs(self, output: str) -> Any:
        several = _SEVERAL.fullmatch(output)
        found = []
        for part in several.group(1).split("...") if several else [output]:
            component, _, name = part.rpartition(".")
            found.append({"id": component.replace("\\.", "."), "property": name.partition("@")[0]})
        return found if several else found[0]


def _collect(part: Any, values: dict[tuple[str, str], Any]) -> None:
    """Gather what the components of a layout hold."""
    if isinstance(part, list):
        for one in part:
            _collect(one, values)
    elif isinstance(part, dict):
        properties = part.get("props")
        if isinstance(properties, dict):
            if isinstance(properties.get("id"), str):
                values.update({(properties["id"], name): value for name, value in properties.items() if name != "id"})
            for value in properties.values():
                _collect(value, values)


def _plain_outputs(output: str) -> list[str]:
    several = _SEVERAL.fullmatch(output)
    parts = several.group(1).split("...") if several else [output]
    return [part.partition("@")[0] for part in parts]


def _name(wired: Mapping[str, str]) -> str:
    return f"{wired['id']}.{wired['property']}" if not wired["id"].startswith("{") else wired["id"]


def _pattern(changed: str) -> str:
    return changed
