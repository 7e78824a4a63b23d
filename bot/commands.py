"""The commands, whom each is for, and those a channel shows in its own menu; all work in plain words too."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from bot.conversations import (
    announcements,
    approvals,
    books,
    joining,
    loans,
    members,
    menu,
    monitoring,
    offices,
    own_data,
    receipts,
    simulation,
    statements,
    welcome,
)
from bot.talk import Reply, Turn
from core.permissions import Action, NotAllowed, may, who_may

Step = Callable[[Turn], Awaitable[Reply]]

MENU = (
    ("menu", "Apa yang bisa dilakukan"),
    ("saldo", "Saldo simpanan saya"),
    ("riwayat", "Riwayat simpanan saya"),
    ("pinjaman", "Pinjaman saya"),
    ("simulasi", "Hitung angsuran pinjaman"),
    ("cek", "Periksa kode bukti"),
    ("datasaya", "Data saya yang disimpan"),
    ("catat", "Pengurus: catat transaksi"),
    ("anggota", "Pengurus: daftar anggota"),
    ("kas", "Pengurus: kas dan bank"),
    ("laporan", "Pengurus: laporan singkat"),
    ("persetujuan", "Yang menunggu persetujuan"),
    ("pengumuman", "Pengurus dan provinsi: pengumuman"),
    ("pantau", "Provinsi: pantauan koperasi"),
    ("batal", "Batalkan yang sedang diisi"),
    ("bantuan", "Bantuan"),
)


@dataclass(frozen=True, slots=True)
class Route:
    """A step and whom it is for: anyone who is linked, members, or officers who may."""

    step: Step
    member: bool = False
    officer: bool = False
    action: Action | None = None
    province: bool = False


COMMANDS = {
    "start": Route(welcome.explain),
    "menu": Route(menu.show),
    "bantuan": Route(welcome.help_me),
    "batal": Route(menu.cancel),
    "saldo": Route(statements.balance),
    "riwayat": Route(statements.history),
    "pinjaman": Route(loans.own),
    "simulasi": Route(simulation.show),
    "cek": Route(receipts.check),
    "datasaya": Route(own_data.show),
    "catat": Route(menu.record, action=Action.RECORD_TRADE),
    "anggota": Route(members.listing, action=Action.SEE_MEMBERS),
    "kas": Route(books.cash, action=Action.SEE_BOOKS),
    "laporan": Route(books.report, action=Action.SEE_BOOKS),
    "persetujuan": Route(approvals.listing),
    "pengurus": Route(offices.listing, action=Action.SEE_MEMBERS),
    "pengumuman": Route(announcements.listing, action=Action.ANNOUNCE, province=True),
    "pantau": Route(monitoring.overview, province=True),
    "ganti": Route(joining.choose_cooperative),
}


def step_of(turn: Turn, name: str) -> Step:
    """Find a command's step; who may not is told so, who is not meant is told what there is."""
    route = COMMANDS[name]
    here = turn.standing
    if route.province and (turn.province or route.action is None):
        return route.step if turn.province else welcome.not_for_you
    if here is None:
        return route.step if name in ("start", "menu", "bantuan", "batal") else welcome.not_for_you
    if route.action and not may(here.roles, route.action):
        if not here.roles:
            return welcome.not_for_you
        return partial(_not_allowed, route.action)
    return route.step


async def _not_allowed(action: Action, turn: Turn) -> Reply:
    raise NotAllowed(who=who_may(action))
