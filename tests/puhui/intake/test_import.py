"""Files imported by command: real rides with known totals, repeated, and killed half-way."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import ledger
from puhui.addresses import Addresses
from puhui.db import Database

HEADER = "Viaje_Id,Usuario_Id,Genero,Año_de_nacimiento,Inicio_del_viaje,Fin_del_viaje,Origen_Id,Destino_Id"
KEY = "a data key of the tests, thirty-two characters"
REAL = {
    "rows": 101_027,
    "accepted": 90_841,
    "duplicate": 0,
    "capped": 0,
    "review": 0,
    "rejected": {"overlaps": 297, "ride_too_long": 45, "ride_too_short": 4_730, "same_place": 5_114},
    "grams": 4_249_116,
    "points": 4_249_116,
}


def command(where: Addresses, stations: Path, *files: Path) -> subprocess.Popen[str]:
    """Start the import as a process of its own, on the test's database."""
    env = {key: value for key, value in os.environ.items() if not key.startswith("PUHUI_")}
    env |= {"PUHUI_DATABASE_URL": where.app, "PUHUI_DATABASE_OWNER_URL": where.owner, "PUHUI_DATA_KEY": KEY}
    options = ["--provider", "demo-bike", "--format", "mibici", "--stations", str(stations), "--json"]
    line = [sys.executable, "-m", "puhui.cli", "activities", "import", *options, *map(str, files)]
    return subprocess.Popen(line, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[str]) -> tuple[dict[str, object], str]:
    """Wait for the import; answers its JSON and all that it said."""
    said, complained = process.communicate(timeout=300)
    assert process.returncode == 0, complained
    return json.loads(said.splitlines()[-1]), said


def books(database: Database) -> tuple[list[tuple[object, ...]], int]:
    """Every balance, and how many transfers there are; the books are sound."""
    with database.transaction() as session:
        assert ledger.audit(session).holds
        query = "SELECT owner, purpose, stripe, credits_posted - debits_posted FROM ledger.named_account"
        rows = session.connection().exec_driver_sql(query).all()
        count = session.connection().exec_driver_sql("SELECT count(*) FROM ledger.transfer").scalar_one()
    return sorted(tuple(row) for row in rows), count


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    path = tmp_path / "stations.csv"
    lines = [f"{n},S,X,Y,{20.6 + n / 100},-103.35,IN_SERVICE" for n in range(12)]
    path.write_text("\r\n".join(["id,name,obcn,location,latitude,longitude,status", *lines]), "iso-8859-1")
    return path


@pytest.fixture
def rides(tmp_path: Path) -> Path:
    """35,000 rides of 900 riders in two weeks, seeded: caps, overlaps and short rides among them."""
    dice, start, path = random.Random(7), datetime(2015, 3, 2), tmp_path / "rides.csv.gz"  # noqa: DTZ001  # Files hold local times without a zone.
    lines = [HEADER]
    for n in range(35_000):
        at = start + timedelta(seconds=n * 34)
        end = at + timedelta(seconds=dice.choice([30, 400, 900, 2400]))
        lines.append(f"{n},{dice.randrange(900)},F,1990.0,{at},{end},{dice.randrange(12)},{dice.randrange(12)}")
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


@pytest.mark.slow
def test_an_import_killed_half_way_and_run_again_ends_in_the_same_balances(
    own_addresses: Addresses, own_database: Database, other_addresses: Addresses, stations: Path, rides: Path
) -> None:
    finish(command(other_addresses, stations, rides))
    whole = Database(other_addresses.app)
    expected = books(whole)
    whole.dispose()
    for kept in (1, 10_001):
        process = command(own_addresses, stations, rides)
        wait_for_rows(own_database, kept)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    assert 0 < count_rows(own_database) < 35_000
    finish(command(own_addresses, stations, rides))
    assert books(own_database) == expected
    again, said = finish(command(own_addresses, stations, rides))
    assert (again["rows"], again["accepted"], again["capped"], again["grams"]) == (35_000, 0, 0, 0)
    assert "nothing was posted" in said
    assert books(own_database) == expected


def wait_for_rows(database: Database, least: int) -> None:
    """Wait until the import has committed *least* rows."""
    for _ in range(3000):
        if count_rows(database) >= least:
            return
        time.sleep(0.02)
    raise AssertionError("the import did not get that far in a minute")


def count_rows(database: Database) -> int:
    with database.transaction() as session:
        return int(session.connection().exec_driver_sql("SELECT count(*) FROM rewards.activity").scalar_one())


@pytest.mark.slow
def test_the_real_rides_come_to_the_documented_totals_and_again_to_nothing(
    own_addresses: Addresses, own_database: Database, real_data: Path
) -> None:
    trips = real_data / "trips"
    files = [trips / f"mibici_2015_0{month}.csv.gz" for month in (1, 2, 3)]
    first, _ = finish(command(own_addresses, trips / "mibici_stations_2023_05.csv", *files))
    assert first == REAL
    before = books(own_database)
    again, said = finish(command(own_addresses, trips / "mibici_stations_2023_05.csv", *files))
    assert again == {**REAL, "accepted": 0, "duplicate": 90_841, "grams": 0, "points": 0}
    assert "nothing was posted" in said
    assert books(own_database) == before


def test_an_unknown_provider_format_or_file_is_named(own_addresses: Addresses, stations: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.csv.gz"
    broken.write_text("no gzip")
    process = command(own_addresses, stations, broken)
    _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "file_unreadable" in complained
    assert "broken.csv.gz" in complained
