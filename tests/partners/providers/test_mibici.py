"""The adapter of the bike files: what it reads, what it leaves, and what it does with bad files."""

from __future__ import annotations

import gzip
from datetime import datetime
from pathlib import Path

import pytest

from partners.providers import FileUnreadable, FormatUnknown, Provider, Report, open_format
from partners.providers.mibici import great_circle_metres, reader

STATIONS = """id,name,obcn,location,latitude,longitude,status\r
19,C. Colón,GDL-1,POLÍGONO,20.67,-103.35,IN_SERVICE\r
25,B,GDL-2,P,20.68,-103.35,NOT_IN_SERVICE\r
"""
HEADER = "Viaje_Id,Usuario_Id,Genero,Año_de_nacimiento,Inicio_del_viaje,Fin_del_viaje,Origen_Id,Destino_Id"
BIKES = Provider(code="demo-bike", formats=["mibici"], methods=["T02"])


@pytest.fixture
def stations(tmp_path: Path) -> Path:
    path = tmp_path / "stations.csv"
    path.write_bytes(STATIONS.encode("iso-8859-1"))
    return path


def rides(folder: Path, *lines: str, header: str = HEADER) -> Path:
    path = folder / "rides.csv.gz"
    path.write_bytes(gzip.compress("\n".join([header, *lines]).encode()))
    return path


def test_a_ride_becomes_a_report_without_gender_or_birth_year(tmp_path: Path, stations: Path) -> None:
    line = "42047,13525,M,1983.0,2015-01-01 07:06:08,2015-01-01 07:16:59,19,25"
    (report,) = reader(stations).read(rides(tmp_path, line))
    assert isinstance(report, Report)
    assert (report.id, report.trip, report.rider, report.method, report.unit) == (
        "42047",
        "42047",
        "13525",
        "T02",
        "km",
    )
    assert report.quantity == "1.111"
    assert report.started_at == datetime(2015, 1, 1, 7, 6, 8)  # noqa: DTZ001  # The file has no zone.
    assert "1983" not in str(report)


def test_bad_rows_come_out_as_codes_and_the_good_ones_go_on(tmp_path: Path, stations: Path) -> None:
    good = "1,2,M,1983.0,2015-01-01 07:06:08,2015-01-01 07:16:59,19,25"
    bad = [
        "",
        "1,2,3",
        good.replace("2015-01-01 07:06:08", "yesterday"),
        good.replace(",25", ",999"),
        good.replace("1,2,M", ",2,M"),
    ]
    found = list(reader(stations).read(rides(tmp_path, *bad, good)))
    assert found[:-1] == ["row_malformed", "row_malformed", "row_malformed", "station_unknown", "row_malformed"]
    assert isinstance(found[-1], Report)


def test_a_file_that_is_not_its_format_is_refused_by_name(tmp_path: Path, stations: Path) -> None:
    plain = tmp_path / "plain.csv.gz"
    plain.write_text("no gzip")
    cut = tmp_path / "cut.csv.gz"
    cut.write_bytes(gzip.compress((HEADER + "\n" + "x," * 5000).encode())[:-20])
    for path in (plain, cut, rides(tmp_path, header="a,b,c")):
        with pytest.raises(FileUnreadable, match=path.name):
            list(reader(stations).read(path))
    with pytest.raises(FileUnreadable):
        reader(None)
    with pytest.raises(FileUnreadable):
        reader(plain)


def test_a_provider_has_its_own_formats(stations: Path) -> None:
    assert open_format("mibici", provider=BIKES, stations=stations) is not None
    with pytest.raises(FormatUnknown):
        open_format("csv", provider=BIKES, stations=stations)


@pytest.mark.parametrize(
    ("one", "other", "metres"),
    [
        ((0.0, 0.0), (0.0, 0.0), 0),
        ((0.0, 0.0), (0.0, 1.0), 111_195),
        ((0.0, 0.0), (0.0, 180.0), 20_015_114),
        ((20.666378, -103.34882), (20.667228, -103.366), 1_789),
    ],
)
def test_the_distance_is_the_great_circle(one: tuple[float, float], other: tuple[float, float], metres: int) -> None:
    assert abs(great_circle_metres(one, other) - metres) <= 1


def test_every_station_of_the_real_rides_is_known(real_data: Path) -> None:
    bikes = reader(real_data / "trips" / "mibici_stations_2023_05.csv")
    rows = list(bikes.read(real_data / "trips" / "mibici_2015_02.csv.gz"))
    assert len(rows) == 32_787
    assert all(isinstance(row, Report) for row in rows)
