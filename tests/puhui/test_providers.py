"""A data provider's program shows its secret, gets a token, and is known by it."""

from flask.testing import FlaskClient

from ledger.kernel import clock
from puhui.db import Database
from puhui.identity.model import ProviderClient
from puhui.identity.providers import create_client, revoke_client

FORM = {"grant_type": "client_credentials", "scope": "activities:write"}


def _demo_bike(database: Database) -> tuple[str, str]:
    with database.transaction() as session:
        client, secret = create_client(
            session, client_id="demo-bike", provider_code="demo-bike", scopes=["activities:write"], now=clock.now()
        )
    return client.client_id, secret


def test_a_program_gets_a_token_for_its_secret(client: FlaskClient, own_database: Database) -> None:
    answer = client.post("/api/v1/oauth/token", data=FORM, auth=_demo_bike(own_database))
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["token_type"] == "Bearer"
    assert answer.json["expires_in"] == 3600
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_wrong_secret_gets_nothing(client: FlaskClient, own_database: Database) -> None:
    client_id, _ = _demo_bike(own_database)
    answer = client.post("/api/v1/oauth/token", data=FORM, auth=(client_id, "guessed"))
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")


def test_a_scope_that_was_not_granted_is_refused(client: FlaskClient, own_database: Database) -> None:
    form = {**FORM, "scope": "activities:read"}
    answer = client.post("/api/v1/oauth/token", data=form, auth=_demo_bike(own_database))
    assert (answer.status_code, answer.json["error"]) == (400, "invalid_scope")


def test_a_revoked_program_gets_nothing(client: FlaskClient, own_database: Database) -> None:
    client_id, secret = _demo_bike(own_database)
    with own_database.transaction() as session:
        revoke_client(session, client=session.get_one(ProviderClient, client_id), now=clock.now())
    assert client.post("/api/v1/oauth/token", data=FORM, auth=(client_id, secret)).status_code == 401


def test_no_secret_and_no_token_lie_open_in_the_database(client: FlaskClient, own_database: Database) -> None:
    client_id, secret = _demo_bike(own_database)
    token = client.post("/api/v1/oauth/token", data=FORM, auth=(client_id, secret)).json["access_token"]
    with own_database.transaction() as session:
        rows = session.connection().exec_driver_sql(
            "SELECT c::text FROM platform.provider_client c UNION ALL SELECT t::text FROM platform.provider_token t"
        )
        text = "\n".join(row[0] for row in rows)
    assert secret not in text
    assert token not in text


def test_asking_too_often_is_refused(client: FlaskClient) -> None:
    answers = [client.post("/api/v1/oauth/token", data=FORM).status_code for _ in range(61)]
    assert answers[-1] == 429
    assert 429 not in answers[:59]
