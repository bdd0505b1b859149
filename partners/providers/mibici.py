"""The open data of Guadalajara's public bikes: a gzipped CSV of rides and a file of stations.

The files say where a ride began and ended, not how long the way was, so the distance is the great circle between the
stations: a lower bound, rounded down to whole metres. Gender and year of birth are in the files and are never read.
"""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator
from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from partners.providers.errors import FileUnreadable
from partners.providers.model import Report

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the WGS 84 ellipsoid (IUGG), in metres."""

COLUMNS = ("Viaje_Id", "Usuario_Id", "Inicio_del_viaje", "Fin_del_viaje", "Origen_Id", "Destino_Id")
Place = tuple[float, float]


class MibiciReader:
    """Turns rides between known stations into reports of method T02, in kilometres."""

    def __init__(self, stations: dict[str, Place]) -> None:
        self._stations = stations
        self._distances: dict[tuple[str, str], str] = {}

    def read(self, path: Path) -> Iterator[Report | str]:
        """Yield a report per ride; ``row_malformed`` or ``station_unknown`` where none can be made."""
        try:
            with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
                rows = csv.reader(file)
                header = next(rows, [])
                if missing := [name for name in COLUMNS if name not in header]:
                    raise FileUnreadable(file=path.name, fault=f"columns missing: {', '.join(missing)}")
                places = [header.index(name) for name in COLUMNS]
                for row in rows:
                    yield self._report(row, places)
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
            raise FileUnreadable(file=path.name, fault=str(error)) from error

    def _report(self, row: list[str], places: list[int]) -> Report | str:
        try:
            trip, rider, start, end, origin, destination = (row[place] for place in places)
            started_at, ended_at = datetime.fromisoformat(start), datetime.fromisoformat(end)
        except (IndexError, ValueError):
            return "row_malformed"
        if not (trip and trip.isascii() and len(trip) <= 64 and rider):
            return "row_malformed"
        quantity = self._distance(origin, destination)
        if quantity is None:
            return "station_unknown"
        return Report(
            id=trip,
            rider=rider,
            method="T02",
            quantity=quantity,
            unit="km",
            started_at=started_at,
            ended_at=ended_at,
            trip=trip,
            from_place=origin,
            to_place=destination,
        )

    def _distance(self, origin: str, destination: str) -> str | None:
        known = self._distances.get((origin, destination))
        if known is None:
            one, other = self._stations.get(origin), self._stations.get(destination)
            if one is None or other is None:
                return None
            metres = great_circle_metres(one, other)
            known = self._distances[origin, destination] = f"{metres // 1000}.{metres % 1000:03d}"
        return known


def reader(stations: Path | None) -> MibiciReader:
    """Make the reader. *stations* is the CSV of stations, ISO-8859-1 with CRLF. Raises FileUnreadable."""
    if stations is None:
        raise FileUnreadable(file="", fault="this format needs the file of stations")
    try:
        with stations.open(encoding="iso-8859-1", newline="") as file:
            rows = csv.DictReader(file)
            places = {row["id"]: (float(row["latitude"]), float(row["longitude"])) for row in rows}
    except (OSError, KeyError, ValueError, TypeError, csv.Error) as error:
        raise FileUnreadable(file=stations.name, fault=str(error)) from error
    if not places:
        raise FileUnreadable(file=stations.name, fault="no station")
    return MibiciReader(places)


def great_circle_metres(one: Place, other: Place) -> int:
    """The great circle between two places (degrees of latitude and longitude), by haversine, in whole metres."""
    (lat1, lon1), (lat2, lon2) = [(radians(lat), radians(lon)) for lat, lon in (one, other)]
    h = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return int(2 * EARTH_RADIUS_M * asin(sqrt(h)))
