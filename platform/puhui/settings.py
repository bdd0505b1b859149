"""Configuration: one frozen object, read once from the environment, every fault reported at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class SettingsInvalid(Exception):
    """The environment does not make a valid configuration; the message lists every fault, a line each."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What an operator may set. Each field is an environment variable ``PUHUI_<NAME>``; the README describes them."""

    data_dir: Path
    database_url: str | None
    database_owner_url: str | None
    environment: str
    secret_key: str
    data_key: str
    host: str
    port: int
    web_workers: int
    trusted_proxies: int
    code_step_seconds: int
    payments_url: str
    payments_key: str
    payments_webhook_secret: str

    @property
    def is_development(self) -> bool:
        """Whether the development log-in shows its codes and cookies travel without TLS."""
        return self.environment == "development"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Settings:
        """Read the settings. Raises SettingsInvalid listing every fault at once."""
        faults: list[str] = []
        known = {f"PUHUI_{name.upper()}" for name in cls.__dataclass_fields__} | {
            "PUHUI_REAL_DATA",
            "PUHUI_TEST_SERVER",
        }
        faults += [
            f"{name} is not a setting of Puhui"
            for name in sorted(env)
            if name.startswith("PUHUI_") and name not in known
        ]
        environment = env.get("PUHUI_ENVIRONMENT", "development")
        if environment not in ("development", "production"):
            faults.append(f"PUHUI_ENVIRONMENT must be development or production, not {environment!r}")
        data_dir = Path(env.get("PUHUI_DATA_DIR", ".puhui")).resolve()
        port = _whole_number(env, "PUHUI_PORT", 8470, range(1, 65536), faults)
        web_workers = _whole_number(env, "PUHUI_WEB_WORKERS", 2, range(1, 65), faults)
        code_step_seconds = _whole_number(env, "PUHUI_CODE_STEP_SECONDS", 30, range(10, 601), faults)
        trusted_proxies = _whole_number(env, "PUHUI_TRUSTED_PROXIES", 0, range(9), faults)
        secret_key = env.get("PUHUI_SECRET_KEY", "")
        if environment == "production" and len(secret_key) < 32:
            faults.append("PUHUI_SECRET_KEY must be set to at least 32 characters in production")
        data_key = env.get("PUHUI_DATA_KEY", "")
        if environment == "production" and len(data_key) < 32:
            faults.append("PUHUI_DATA_KEY must be set to at least 32 characters in production")
        for name in ("PUHUI_DATABASE_URL", "PUHUI_DATABASE_OWNER_URL"):
            if env.get(name) and not env[name].startswith(("postgresql://", "postgres://")):
                faults.append(f"{name} must begin with postgresql://")
        payments_url = env.get("PUHUI_PAYMENTS_URL", "http://127.0.0.1:12111")
        faults += _payment_faults(payments_url)
        is_production = environment == "production"
        if faults:
            raise SettingsInvalid("\n".join(faults))
        return cls(
            data_dir=data_dir,
            database_url=env.get("PUHUI_DATABASE_URL") or None,
            database_owner_url=env.get("PUHUI_DATABASE_OWNER_URL") or None,
            environment=environment,
            secret_key=secret_key or _development_secret(data_dir, "secret"),
            data_key=data_key or _development_secret(data_dir, "data-key"),
            host=env.get("PUHUI_HOST", "127.0.0.1"),
            port=port,
            web_workers=web_workers,
            trusted_proxies=trusted_proxies,
            code_step_seconds=code_step_seconds,
            payments_url=payments_url,
            payments_key=env.get("PUHUI_PAYMENTS_KEY", "" if is_production else "sk_test_puhui"),
            payments_webhook_secret=env.get("PUHUI_PAYMENTS_WEBHOOK_SECRET")
            or ("" if is_production else _development_secret(data_dir, "webhook-secret")),
        )


def _whole_number(env: Mapping[str, str], name: str, default: int, allowed: range, faults: list[str]) -> int:
    text = env.get(name, str(default))
    if text.isascii() and text.isdigit() and int(text) in allowed:
        return int(text)
    faults.append(f"{name} must be a whole number from {allowed[0]} to {allowed[-1]}, not {text!r}")
    return default


def _payment_faults(url: str) -> list[str]:
    """Our key travels with every call, so it may go unencrypted within this machine alone."""
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        is_whole = False
    if not is_whole or parts.scheme not in ("http", "https") or parts.path.strip("/"):
        return ["PUHUI_PAYMENTS_URL must be http:// or https://, a host and perhaps a port"]
    if parts.scheme == "http" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        return ["PUHUI_PAYMENTS_URL must begin with https:// unless it is on this machine"]
    return []


def _development_secret(data_dir: Path, name: str) -> str:
    """Keep a secret per data folder, so that log-ins and sealed names outlive a restart on a laptop."""
    path = data_dir / name
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(32))
    return path.read_text().strip()
