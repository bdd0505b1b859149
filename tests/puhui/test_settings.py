"""Settings: read once, every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from puhui.settings import Settings, SettingsInvalid


def test_a_laptop_needs_no_setting(tmp_path: Path) -> None:
    settings = Settings.from_env({"PUHUI_DATA_DIR": str(tmp_path)})
    assert settings.is_development
    assert settings.port == 8470
    assert len(settings.secret_key) == 64


def test_the_development_secret_outlives_a_restart(tmp_path: Path) -> None:
    first = Settings.from_env({"PUHUI_DATA_DIR": str(tmp_path)})
    assert Settings.from_env({"PUHUI_DATA_DIR": str(tmp_path)}).secret_key == first.secret_key
    assert (tmp_path / "secret").stat().st_mode & 0o077 == 0


def test_every_fault_is_said_at_once(tmp_path: Path) -> None:
    environment = {
        "PUHUI_DATA_DIR": str(tmp_path),
        "PUHUI_ENVIRONMENT": "production",
        "PUHUI_SECRET_KEY": "short",
        "PUHUI_PORT": "99999",
        "PUHUI_DATABASE_URL": "mysql://x",
        "PUHUI_DATABSE_URL": "postgresql://typo",
    }
    with pytest.raises(SettingsInvalid) as refusal:
        Settings.from_env(environment)
    faults = str(refusal.value).splitlines()
    for word in ("PUHUI_SECRET_KEY", "PUHUI_PORT", "PUHUI_DATABASE_URL", "PUHUI_DATABSE_URL"):
        assert any(word in fault for fault in faults)
