"""The command line: `cooee serve` and what an operator needs besides."""

import sys
from typing import TYPE_CHECKING, Annotated, Literal, get_args

import typer
from click import Choice
from pydantic import ValidationError
from rich.console import Console

from cooee.kit.errors import Refusal
from cooee.settings import Settings

if TYPE_CHECKING:
    from cooee.kit.db import Database

Hosting = Literal["everyone", "followers"]

cli = typer.Typer(
    help="Cooee: live audio rooms inside a small social network.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
_out = Console(highlight=False)
_err = Console(stderr=True, highlight=False)


def main() -> int:
    """The `cooee` command."""
    cli()
    return 0


@cli.command()
def serve() -> None:
    """Run this node. Settings come from COOEE_* and cooee.toml."""
    from cooee.cli.serve import run

    settings = _settings()
    sys.exit(run(settings, _out))


@cli.command()
def migrate() -> None:
    """Bring the database's schema up to this program's. Run it once before the nodes of a new release start."""
    from cooee import migrations

    database = _database(_settings())
    try:
        found = migrations.version(database)
        if found == migrations.HEAD:
            _out.print(f"The schema is current ({found}).")
            return
        if database.is_sqlite and found:
            _out.print(f"Copied to {migrations.copy_sqlite(database, found)}.")
        migrations.upgrade(database)
        _out.print(f"The schema is now {migrations.HEAD} (it was {found or 'empty'}).")
    finally:
        database.close()


@cli.command()
def doctor() -> None:
    """Look at this node from outside: ports, addresses, database, secure context. Each finding has its remedy."""
    from cooee.cli.doctor import examine
    from cooee.cli.findings import Severity

    settings = _settings()
    marks = {Severity.fine: "[green]✓[/]", Severity.warning: "[yellow]![/]", Severity.problem: "[red]✗[/]"}
    worst = Severity.fine
    for finding in examine(settings):
        worst = max(worst, finding.severity)
        _out.print(f"{marks[finding.severity]} {finding.what}")
        if finding.remedy:
            _out.print(f"  → {finding.remedy}", style="dim")
    sys.exit(1 if worst is Severity.problem else 0)


@cli.command("create-admin")
def create_admin(
    username: Annotated[str, typer.Option(prompt=True, help="For signing in")],
    password: Annotated[
        str, typer.Option(prompt=True, confirmation_prompt=True, hide_input=True, help="At least 8 characters")
    ],
    display_name: Annotated[str, typer.Option(help="Left out, the username")] = "",
    hosting: Annotated[
        Hosting | None, typer.Option(help="Who may host Spaces: `followers` (those with enough of them) or `everyone`")
    ] = None,
) -> None:
    """Make an administrator, or make one of an account, and say who may host Spaces."""
    from cooee import migrations
    from cooee.cli.accounts import make_admin

    settings = _settings()
    if hosting is None and sys.stdin.isatty():
        question = f"Who may host Spaces: everyone, or those with {settings.host_min_followers} followers?"
        hosting = typer.prompt(question, default="followers", type=Choice(get_args(Hosting)))
    database = _database(settings)
    try:
        migrations.ensure(database)
        make_admin(database, username, password, display_name, hosting)
    except (Refusal, migrations.SchemaOutdated) as problem:
        _err.print(f"[red]✗[/] {problem}", soft_wrap=True)
        sys.exit(1)
    finally:
        database.close()
    _out.print(f"{username} is an administrator.")


@cli.command()
def invite(
    uses: Annotated[int, typer.Option(min=1, max=1000, help="How many accounts it is good for")] = 1,
    days: Annotated[int, typer.Option(min=1, max=365, help="For how long")] = 7,
    note: Annotated[str, typer.Option(help="For whom: administrators see it in their list")] = "",
) -> None:
    """Make an invitation to sign up, and print its link."""
    from cooee import migrations
    from cooee.cli.invite import make_invitation

    settings = _settings()
    if settings.signup == "closed":
        _err.print("[yellow]![/] COOEE_SIGNUP=closed: the link opens nothing until that is `invite` or `open`.")
    database = _database(settings)
    try:
        migrations.ensure(database)
        link = make_invitation(database, settings.site_url, uses=uses, days=days, note=note)
    except migrations.SchemaOutdated as problem:
        _err.print(f"[red]✗[/] {problem}", soft_wrap=True)
        sys.exit(1)
    finally:
        database.close()
    _out.print(link, soft_wrap=True)


@cli.command()
def demo(
    remove: Annotated[bool, typer.Option("--remove", help="Delete the demo's accounts and all that is theirs")] = False,
) -> None:
    """Remove the demo. (It is made by starting with COOEE_DEMO=1.)"""
    from cooee.demo import remove_from

    if not remove:
        _err.print("Start with COOEE_DEMO=1 to have a demo, or say --remove.")
        sys.exit(2)
    database = _database(_settings())
    try:
        _out.print(f"Removed {remove_from(database)} accounts of the demo, and all that was theirs.")
    finally:
        database.close()


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        for problem in error.errors():
            name = "COOEE_" + "_".join(map(str, problem["loc"])).upper() if problem["loc"] else "Settings"
            _err.print(f"[red]✗[/] {name}: {problem['msg'].removeprefix('Value error, ')}", soft_wrap=True)
        sys.exit(2)


def _database(settings: Settings) -> "Database":
    from cooee.kit import logs
    from cooee.kit.db import Database

    # Commands speak for themselves; only what goes wrong is logged besides.
    logs.configure(settings.log_format, "warning")
    settings.make_data_dir()
    return Database(settings.database)
