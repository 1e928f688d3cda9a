"""The README names every setting and every command (contract.md, Settings)."""

from __future__ import annotations

import re

import pytest

from intake.command_line import app
from intake.settings import Settings
from tests.intake.builders import ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [command.name or command.callback.__name__ for command in app.registered_commands if command.callback]


@pytest.mark.parametrize("section", list(Settings.model_fields))
def test_every_setting_stands_in_the_readme(section: str) -> None:
    assert f"[{section}]" in README
    keys = Settings.model_fields[section].annotation.model_fields  # type: ignore[union-attr]
    assert [key for key in keys if not re.search(rf"`{key}`", README)] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_stands_in_the_readme(command: str) -> None:
    assert f"intake {command}" in README
