"""``puhui providers``: what an operator hands to a provider, and what a demo provider hands to its riders."""

from __future__ import annotations

import re

import click
from rich.console import Console
from rich.table import Table

from ledger.kernel import clock
from partners.providers import ProviderUnknown, all_providers, provider_of, riders_of
from puhui.cli import opening, settings
from puhui.identity.providers import SCOPES, client_of, create_client
from puhui.identity.vault import Vault
from puhui.intake import rider_key

CLIENT_ID = "[a-z0-9-]{3,64}"  # PostgreSQL says so too: platform.provider_client.


@click.group("providers")
def providers_command() -> None:
    """Data providers."""


@providers_command.command("list")
def list_command() -> None:
    """List the providers with their time zone, methods and formats."""
    table = Table("code", "name", "time zone", "methods", "formats", show_edge=False)
    with opening.database() as database, database.transaction() as session:
        for each in all_providers(session):
            name = f"{each.name_zh} {each.name_en}"
            table.add_row(each.code, name, each.time_zone, " ".join(each.methods), " ".join(each.formats))
    Console().print(table)


def _client_id(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if re.fullmatch(CLIENT_ID, value) is None:
        raise click.BadParameter("three to sixty-four of a-z, 0-9 and -")
    return value


@providers_command.command("open-client")
@click.option("--provider", required=True, help="The provider's code, such as demo-bike.")
@click.option("--client", required=True, callback=_client_id, help="The id that the program logs in with.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(SCOPES),
    default=("activities:write",),
    show_default=True,
    help="What it may do; may be given more than once.",
)
def open_client_command(provider: str, client: str, scopes: tuple[str, ...]) -> None:
    """Give a provider's program an id and a secret for the API. The secret is shown this once."""
    try:
        with opening.database() as database, database.transaction() as session:
            if client_of(session, client) is not None:
                raise click.ClickException(f"the client {client} is there already")
            code = provider_of(session, provider).code
            _, secret = create_client(session, client_id=client, provider_code=code, scopes=scopes, now=clock.now())
    except ProviderUnknown as error:
        raise click.ClickException(f"{error.code} {provider}") from error
    click.echo(f"client_id={client}\nclient_secret={secret}")


@providers_command.command("claim-code")
@click.option("--provider", required=True, help="The provider's code, such as demo-bike.")
@click.option("--rider", required=True, help="The provider's own id of the rider.")
def claim_code_command(provider: str, rider: str) -> None:
    """Print the code with which a rider binds the id to an account, as the provider's app would show it."""
    key = rider_key(Vault(settings().data_key))
    try:
        with opening.database() as database, database.transaction() as session:
            riders = riders_of(session, provider_of(session, provider).code, key=key)
            click.echo(riders.claim_code(rider, today=clock.now().date()))
    except ProviderUnknown as error:
        raise click.ClickException(f"{error.code} {provider}") from error
