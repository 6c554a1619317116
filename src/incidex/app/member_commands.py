"""`incidex members`: who may enter the site, and what each may do there."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from incidex.app.settings import Settings

ReadSettings = Callable[[], "Settings"]

WhoArgument = Annotated[str, typer.Argument(metavar="WHO", help="A member's number or name.")]
RoleOption = Annotated[str, typer.Option(help="reader, coder, reviewer or editor.")]
NameOption = Annotated[str, typer.Option(help="Signs what they change, and is shown; none for a reader.")]


def make_members_app(read_settings: ReadSettings) -> typer.Typer:
    """Return the commands, over the accounts that the settings name."""
    app = typer.Typer(
        help="Who may enter the site: list, add, remove, role, phrase, token.",
        rich_markup_mode=None,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
    )
    _add_people(app, read_settings)
    _add_keys(app, read_settings)
    return app


def _add_people(app: typer.Typer, read_settings: ReadSettings) -> None:
    @app.command("list")
    def list_(json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False) -> None:
        """Print the members: number, role, name, and what each sees."""
        from incidex.app import members
        from incidex.app.member_printing import print_members

        with members.opened(read_settings().accounts) as accounts:
            print_members(accounts.members(), as_json=json)

    @app.command()
    def add(role: RoleOption = "reader", name: NameOption = "") -> None:
        """Open an account, and print its phrase once. Only a hash of it is kept."""
        from incidex.app import members
        from incidex.app.member_printing import print_phrase
        from incidex.model import parse_role
        from incidex.web.membership import add_member

        with members.opened(read_settings().accounts) as accounts:
            print_phrase(*add_member(accounts, members.with_name(parse_role(role), name), name))

    @app.command()
    def remove(who: WhoArgument) -> None:
        """Remove an account at once, with its sessions, passkeys and tokens. What it signed stays."""
        from incidex.app import members

        with members.opened(read_settings().accounts) as accounts:
            member = members.find_member(accounts, who)
            accounts.remove(member.id)
            typer.echo(f"{member.name or member.id} may no longer enter.")

    @app.command()
    def role(
        who: WhoArgument,
        new: Annotated[str, typer.Argument(metavar="ROLE", help="reader, coder, reviewer or editor.")],
        name: NameOption = "",
        red: Annotated[bool, typer.Option("--red", help="Name this editor for what is RED.")] = False,
    ) -> None:
        """Give a member another role. Their sessions and tokens end, and they enter again."""
        from incidex.app import members
        from incidex.model import parse_role
        from incidex.web.membership import change_role

        with members.opened(read_settings().accounts) as accounts:
            member = members.find_member(accounts, who)
            changed = change_role(accounts, member, parse_role(new), name, is_named=red)
            typer.echo(
                f"{changed.name or changed.id} is {_a(changed.role)} now, and sees {changed.tier.name}."
            )


def _add_keys(app: typer.Typer, read_settings: ReadSettings) -> None:
    @app.command()
    def phrase(who: WhoArgument) -> None:
        """Make a new phrase for whoever has lost theirs, and print it once. The old one ends."""
        from incidex.app import members
        from incidex.app.member_printing import print_phrase
        from incidex.web.membership import renew_phrase

        with members.opened(read_settings().accounts) as accounts:
            member = members.find_member(accounts, who)
            print_phrase(member, renew_phrase(accounts, member))

    @app.command()
    def token(
        who: WhoArgument,
        scope: Annotated[str, typer.Option(help="read, write (adds reports) or metrics.")] = "read",
        label: Annotated[str, typer.Option(help="What to know it by.")] = "command line",
        days: Annotated[int, typer.Option(help="How long it is valid.")] = 90,
    ) -> None:
        """Make a token for a program of that member's, and print it once."""
        from incidex.app import members

        with members.opened(read_settings().accounts) as accounts:
            member = members.find_member(accounts, who)
            made = members.make_token(accounts, member, label, scope, days)
            typer.echo(f"The token, shown once and kept nowhere: {made}")
            typer.echo(f"It is for {scope}, for {days} days. Send it as `Authorization: Bearer …`.")


def _a(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}"
