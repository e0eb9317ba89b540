"""Settings are read once, and a wrong or misspelt one is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from assistant.settings import Settings
from index.settings import in_words


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LOCUS_LIBRARY", str(tmp_path))
    monkeypatch.setenv("LOCUS_PORT", "8123")
    assert (Settings().library, Settings().port) == (tmp_path, 8123)


@pytest.mark.parametrize(
    ("variable", "value", "told"),
    [("LOCUS_PORT", "many", "LOCUS_PORT is wrong"), ("LOCUS_GENERATR", "openai", "There is no setting LOCUS_GENERATR")],
)
def test_a_wrong_or_unknown_setting_is_told_by_name(
    variable: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert in_words(caught.value).startswith(told)


def test_the_key_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOCUS_OPENAI_KEY", "sk-secret-1234")
    assert "secret" not in repr(Settings())
