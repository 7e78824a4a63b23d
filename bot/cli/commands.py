"""The table of contents of the command line."""

from __future__ import annotations

import typer

from bot.cli import (
    backups,
    balances,
    books,
    koperasi,
    loans,
    looks,
    members,
    officers,
    outbox,
    products,
    province,
    report,
    run,
    schedule,
    service,
    shu,
    unread,
)

app = typer.Typer(
    name="kopdes",
    help="The chat ledger of village cooperatives.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,  # they would print what variables hold
)
service.add_to(app)
books.add_to(app)
backups.add_to(app)
schedule.add_to(app)
shu.add_to(app)
report.add_to(app)
run.add_to(app)
unread.add_to(app)
looks.add_to(app)
app.add_typer(koperasi.app, name="koperasi")
app.add_typer(officers.one, name="officer")
app.add_typer(officers.many, name="officers")
app.add_typer(members.one, name="member")
app.add_typer(members.many, name="members")
app.add_typer(balances.app, name="balances")
app.add_typer(loans.app, name="loans")
app.add_typer(products.app, name="product")
app.add_typer(province.app, name="province")
app.add_typer(outbox.app, name="outbox")
