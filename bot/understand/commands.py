"""Commands with a slash: which intent each means, and what stands behind it."""

from __future__ import annotations

from bot.understand.readings import Intent

COMMANDS = {
    "/start": Intent.START,
    "/menu": Intent.MENU,
    "/saldo": Intent.BALANCE_INQUIRY,
    "/pinjaman": Intent.LOAN_INQUIRY,
    "/riwayat": Intent.HISTORY_INQUIRY,
    "/simulasi": Intent.SIMULATION,
    "/bantuan": Intent.HELP,
    "/help": Intent.HELP,
    "/batal": Intent.CANCEL,
    "/cek": Intent.CHECK_RECEIPT,
    "/datasaya": Intent.MY_DATA,
    "/catat": Intent.RECORD,
    "/anggota": Intent.MEMBERS_LIST,
    "/kas": Intent.CASH_INQUIRY,
    "/laporan": Intent.REPORT,
    "/pengumuman": Intent.ANNOUNCEMENT,
    "/pantau": Intent.MONITOR,
    "/stop": Intent.STOP,
    "/mulai": Intent.RESUME,
}


def split(plain: str) -> tuple[Intent | None, str]:
    """Return the command a text begins with, if any, and the rest."""
    stripped = plain.strip()
    if not stripped.startswith("/"):
        return None, ""
    first, _, rest = stripped.partition(" ")
    return COMMANDS.get(first.split("@")[0].split("\n")[0].lower()), rest.strip()
