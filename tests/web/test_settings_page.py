"""The page of settings names all that the code reads, and nothing else."""

import re
from dataclasses import fields

from web.caps import PREFIX, Caps
from web.settings import Settings
from web.settings_page import ELSEWHERE, PAGE, asked_variables, print_settings, setting_meanings

NAMED = re.compile(r"^\| `(\w+)` \|.*\| (file)? ?\|$", re.MULTILINE)
CAPS = {f"{PREFIX}{one.name.upper()}" for one in fields(Caps)}


def test_the_page_is_as_the_code() -> None:
    assert PAGE.read_text(encoding="utf-8") == print_settings()


def test_every_variable_that_is_read_stands_on_the_page() -> None:
    rows = NAMED.findall(PAGE.read_text(encoding="utf-8"))
    listed = {name for name, _ in rows} | {f"{name}_FILE" for name, file in rows if file}
    assert "BATTWHEELS_TOKEN_SECRET_FILE" in listed
    assert listed == asked_variables() - CAPS


def test_every_setting_is_explained() -> None:
    assert {one.name for one in fields(Settings)} - ELSEWHERE <= set(setting_meanings())
