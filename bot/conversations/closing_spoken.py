"""How months, years and the surplus are spoken of: "tutup bulan oktober", "atur SHU 2026: …", "SHU saya dari mana?"."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from bot.conversations import closing as cards
from bot.conversations import forms, loan_labels, looks, statements
from bot.conversations.operations import PERIODS
from bot.state import Draft
from bot.talk import Reply, Turn, one_line, say
from bot.understand import dates, periods
from bot.understand.readings import PeopleKind
from core import closing
from core.calendar import month_of, next_month
from core.errors import Refusal
from core.looks import What
from core.people import Member
from core.permissions import Action, NotAllowed, may, who_may
from core.shu import plan, policy, sharing
from core.shu.policy import Departed, ModalBase, Outside, Policy, UsahaBase
from core.surplus import JASA_MODAL, JASA_USAHA
from notifications import slips

Step = Callable[[Turn], Awaitable[Reply]]

_WHY = (
    r"(?:[\s,;.:]*(?:karena|krn|alasan(?:nya)?|penjelasan(?:nya)?|sebab)[\s:]+(?P<why>.{3,500}))?"
)
_MONTH = re.compile(
    rf"\s*/?(?P<what>tutup|buka)\s+(?:lagi\s+|kembali\s+)?(?P<of>(?:buku\s+)?bulan|buku)(?:\s+(?P<month>(?!karena|tahun).{{2,20}}?))?{_WHY}[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)
_YEAR = re.compile(
    rf"\s*/?(?P<what>tutup|buka)\s+(?:lagi\s+|kembali\s+)?(?:buku\s+)?tahun(?:\s+(?:buku\s+)?(?P<year>20\d\d|lalu))?{_WHY}[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)
_SET = re.compile(
    r"\s*/?(?:atur|tetapkan|ubah|kebijakan)\s+(?:pembagian\s+)?shu\b\s*(?:tahun\s+)?(?P<year>20\d\d)?[\s:,]*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_SHARE = re.compile(
    r"\s*/?(?:bagi|bagikan|pembagian)\s+shu(?:\s+(?:tahun\s+)?(?P<year>20\d\d))?[\s.!]*",
    re.IGNORECASE,
)
_BACK = re.compile(
    rf"\s*/?(?:batal(?:kan)?|tarik|cabut)\s+(?:pembagian|bagi)\s+shu(?:\s+(?:tahun\s+)?(?P<year>20\d\d|lalu))?{_WHY}[\s.!]*",
    re.IGNORECASE | re.DOTALL,
)
_UNPAID = re.compile(
    r"\s*/?(?:(?:daftar\s+)?shu\s+(?:siapa(?:\s+(?:saja|aja))?\s+|anggota\s+)?(?:yang\s+|yg\s+)?(?:belum|blm)\s+(?:di)?(?:ambil|bayar|terima|cairkan)"
    r"|siapa(?:\s+(?:saja|aja))?\s+(?:yang\s+|yg\s+)?(?:belum|blm)\s+(?:ambil|mengambil|ngambil|terima|menerima)\s+shu(?:nya)?)[\s?.!]*",
    re.IGNORECASE,
)
_ALL = re.compile(
    r"\s*/?(?:(?:pindahkan|masukkan|bayar|setor)\s+)?(?:semua\s+shu|shu\s+semua(?:\s+anggota)?|shu)\s+(?:ke|jadi)\s+"
    r"(?:simpanan\s+)?sukarela[\s.!]*",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"\s*/?(?:bayar|bayarkan|cairkan|ambil)\s+shu\b(?P<rest>.*)", re.IGNORECASE | re.DOTALL
)
_ASKED = re.compile(
    r"\s*/?(?:(?:perkiraan|berapa|lihat|cek|slip)\s+shu|shu\s+(?:saya|ku|aku)|shu)(?P<rest>[\w\s]{0,40})[\s?.!]*",
    re.IGNORECASE,
)
_PLAIN = re.compile(  # what is said beside a name
    r"\b(?:20\d\d|tahun|lalu|ini|saya|aku|ku|punya|milik|dari\s*mana|berapa|nya|dong|ya|kah|sih)\b",
    re.IGNORECASE,
)
_MINUTES = re.compile(
    r"(?:nomor\s+|no\.?\s*)?(?:berita\s+acara|ba)\b(?:\s+rat)?(?:\s+(?:nomor|no\.?))?[\s:]*(?P<number>[\w./-]{1,60})",
    re.IGNORECASE,
)
_ON = re.compile(r"\b(?:tanggal|tgl)\s+(?P<day>[\w ./-]{3,25})", re.IGNORECASE)
_SHARES = re.compile(
    r"(?P<name>[a-z][a-z_ /]{2,40}?)\s*[:=]?\s*(?P<share>\d{1,3}(?:[.,]\d{1,4})?)\s*(?:%|persen)?",
    re.IGNORECASE,
)
_OPTIONS: tuple[tuple[str, str, object], ...] = (
    (r"modal\s+(?:dari|menurut)\s+(?:simpanan\s+)?wajib(?:\s+saja)?", "modal_base", ModalBase.WAJIB),
    (r"modal\s+(?:dari|menurut)\s+(?:simpanan\s+)?pokok\s*(?:dan|\+)\s*wajib", "modal_base", ModalBase.POKOK_WAJIB),
    (r"modal\s+(?:dari|menurut)\s+(?:saldo\s+)?rata-?\s*rata", "modal_base", ModalBase.AVERAGE),
    (r"usaha\s+(?:dari|menurut)\s+belanja", "usaha_base", UsahaBase.PURCHASES),
    (r"usaha\s+(?:dari|menurut)\s+jasa(?:\s+pinjaman)?", "usaha_base", UsahaBase.INTEREST),
    (r"usaha\s+(?:dari|menurut)\s+pinjaman", "usaha_base", UsahaBase.BORROWED),
    (r"(?:dari\s+)?(?:non|bukan)[\s-]*anggota\s+(?:ikut\s+)?dibagi", "outside", Outside.SHARED),
    (r"(?:dari\s+)?(?:non|bukan)[\s-]*anggota\s+(?:ke\s+)?cadangan", "outside", Outside.RESERVE),
    (r"(?:anggota\s+)?(?:yang\s+)?keluar\s+(?:tetap\s+)?dapat", "departed", Departed.PAID),
    (r"(?:anggota\s+)?(?:yang\s+)?keluar\s+(?:ke\s+)?cadangan", "departed", Departed.RESERVE),
)  # fmt: skip
_POOLS: tuple[tuple[str, str], ...] = (
    (r"cadangan[\s_]+risiko", "cadangan_risiko"),
    (r"cadangan", "cadangan"),
    (r"jasa[\s_]+(?:modal|simpanan)", JASA_MODAL),
    (r"jasa[\s_]+(?:usaha|transaksi|belanja|pinjaman|anggota)", JASA_USAHA),
    (r"pendidikan|pembangunan", "pendidikan"),
    (r"sosial", "sosial"),
    (r"pengurus|pengawas", "pengurus"),
    (r"karyawan|pengelola", "karyawan"),
    (r"desa|pades|kelurahan", "desa"),
)


_SHOWN = 20  # members in one list


class NoMinutes(Refusal):
    """What the RAT decided names its minutes."""

    text = "refusal-shu-no-minutes"


class NotDecided(Refusal):
    """What a member reads while the RAT's decision is not written down. Facts: year."""

    text = "refusal-shu-not-decided"


def spoken(turn: Turn, text: str) -> tuple[str, Step] | None:
    """Read a sentence about closings or the surplus; nothing for any other."""
    if (said := _MONTH.fullmatch(text)) and _names_month(said, turn.today):
        return "period-month", partial(_month, said)
    if said := _YEAR.fullmatch(text):
        return "period-year", partial(_year, said)
    if (said := _SET.fullmatch(text)) and (said["rest"] or said["year"]):
        return "shu-policy", partial(_policy, said)
    if said := _SHARE.fullmatch(text):
        return "shu-split", partial(_share, said)
    if said := _BACK.fullmatch(text):
        return "shu-take-back", partial(_take_back, said)
    if _UNPAID.fullmatch(text):
        return "shu-unpaid", _unpaid
    if _ALL.fullmatch(text):
        return "shu-to-savings", partial(_show, Draft(operation="shusukarela"))
    if said := _PAY.fullmatch(text):
        return "shu-payment", partial(_pay, said["rest"])
    if said := _ASKED.fullmatch(text):
        return "shu-asked", partial(_asked, said["rest"])
    return None


def _names_month(said: re.Match[str], today: date) -> bool:
    """Tell "tutup buku" and "tutup buku oktober" from other books that are closed or opened."""
    if said["of"].lower() != "buku":
        return True
    if said["month"]:
        return bool(periods.read(said["month"], today).months)
    return said["what"].lower() == "tutup"


async def _show(draft: Draft, turn: Turn) -> Reply:
    action = PERIODS[draft.operation or ""].action
    if not may(turn.here.roles, action):
        raise NotAllowed(who=who_may(action))
    return await forms.proceed(turn, draft)


async def _month(said: re.Match[str], turn: Turn) -> Reply:
    closes = said["what"].lower() == "tutup"
    month = await _which(turn, said["month"], closes=closes)
    note = one_line(said["why"])
    if not closes:
        draft = Draft(operation="bukabulan", note=note, extra={cards.MONTH: month.isoformat()})
        return await _show(draft, turn)
    draft = Draft(operation="tutupbulan", note=note, extra={cards.MONTH: month.isoformat()})
    if not may(turn.here.roles, Action.CLOSE_BOOKS):
        raise NotAllowed(who=who_may(Action.CLOSE_BOOKS))
    found = await closing.checks(
        turn.db, cooperative=turn.here.cooperative, month=month, today=turn.today, explained=bool(note)
    )  # fmt: skip
    if any(check.stops for check in found):
        head = say("closing-not-ready", month=month)
        return Reply(lines=(head, *map(cards.check_line, found), say("closing-stopped")))
    return await forms.proceed(turn, draft)


async def _which(turn: Turn, said: str | None, *, closes: bool) -> date:
    """Return the month that is meant: of a name without a year the last one that is behind us."""
    if said:
        before = re.fullmatch(r"\s*(?:lalu|kemarin|kemaren)\s*", said, re.IGNORECASE)
        found = periods.read(said, turn.today).months
        if before:
            return next_month(month_of(turn.today), -1)
        if found:
            month = found[-1]
            later = month > turn.today and str(month.year) not in said
            return next_month(month, -12) if later else month
    here = turn.koperasi_id
    if closes:
        turn_of = await closing.next_to_close(turn.db, here, turn.today)
    else:
        turn_of = await closing.last_closed_month(turn.db, here)
    return turn_of or month_of(turn.today)


async def _year(said: re.Match[str], turn: Turn) -> Reply:
    name = "tutuptahun" if said["what"].lower() == "tutup" else "bukatahun"
    draft = Draft(
        operation=name, note=one_line(said["why"]), extra={cards.YEAR: _year_of(turn, said["year"])}
    )
    return await _show(draft, turn)


def _year_of(turn: Turn, said: str | None) -> int:
    return int(said) if said and said.isdigit() else turn.today.year - 1


async def _policy(said: re.Match[str], turn: Turn) -> Reply:
    found = read_policy(said["rest"], _year_of(turn, said["year"]), turn.today)
    draft = Draft(operation="aturshu", extra={cards.POLICY: policy.as_facts(found)})
    return await _show(draft, turn)


def read_policy(said: str, year: int, today: date) -> Policy:
    """Read what the RAT decided from one sentence. Refuses NoMinutes, NoSuchPool."""
    minutes = _MINUTES.search(said)
    if minutes is None:
        raise NoMinutes
    rest = said.replace(minutes[0], " ")
    day = _ON.search(rest)
    decided = dates.read(f"tanggal {day['day']}", today).day if day else None
    if day:
        rest = rest.replace(day[0], " ")
    chosen: dict[str, object] = {}
    for pattern, field, value in _OPTIONS:
        if (option := re.search(rf"(?:jasa\s+)?{pattern}", rest, re.IGNORECASE)) is not None:
            chosen[field] = value
            rest = rest.replace(option[0], " ")
    pools: dict[str, Decimal] = {}
    for share in _SHARES.finditer(rest):
        name = _pool(share["name"])
        pools[name] = pools.get(name, Decimal()) + Decimal(share["share"].replace(",", "."))
    return Policy(
        year=year, pools=pools, minutes=minutes["number"], decided_on=decided or today,
        **chosen,  # type: ignore[arg-type]  # each with the type of its field
    )  # fmt: skip


def _pool(said: str) -> str:
    plain = re.sub(r"^(?:dana|dan|untuk|insentif)\s+", "", said.strip().lower())
    for pattern, name in _POOLS:
        if re.search(pattern, plain):
            return name
    raise policy.NoSuchPool(name=said.strip(), known=", ".join(policy.POOLS).replace("_", " "))


async def _share(said: re.Match[str], turn: Turn) -> Reply:
    draft = Draft(operation="bagishu", extra={cards.YEAR: _year_of(turn, said["year"])})
    return await _show(draft, turn)


async def _take_back(said: re.Match[str], turn: Turn) -> Reply:
    draft = Draft(
        operation="batalshu",
        note=one_line(said["why"]),
        extra={cards.YEAR: _year_of(turn, said["year"])},
    )
    return await _show(draft, turn)


async def _unpaid(turn: Turn) -> Reply:
    """List who has not taken the part yet, the largest first."""
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    found = await sharing.not_taken(turn.db, koperasi_id=turn.koperasi_id, most=_SHOWN)
    if not found.count:
        raise sharing.NobodyHasParts
    await looks.seen(turn, None, What.SHU_UNPAID)
    return Reply(
        lines=(
            say("shu-not-taken", count=found.count, amount=found.amount),
            *(
                say("shu-not-taken-row", name=one.name, number=one.number, amount=one.amount)
                for one in found.largest
            ),
            *(
                [say("shu-not-taken-more", count=more)]
                if (more := found.count - len(found.largest))
                else ()
            ),
            say("shu-not-taken-how"),
        )
    )


async def _pay(rest: str, turn: Turn) -> Reply:
    if not may(turn.here.roles, Action.RECORD_SAVINGS):
        raise NotAllowed(who=who_may(Action.RECORD_SAVINGS))
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = await loan_labels.read(turn, f"bayar {rest.strip()}", directory)
    to_savings = bool(re.search(r"\b(?:ke|jadi)\s+(?:simpanan\s+)?sukarela\b", rest, re.IGNORECASE))
    draft = Draft(
        operation="bayarshu", amount=reading.amount.value, on=reading.date.day,
        extra={cards.SAVINGS: True} if to_savings else {},
    )  # fmt: skip
    if reading.people.kind is PeopleKind.ONE:
        draft = replace(draft, member=reading.people.members[0].id)
    elif reading.people.kind is not PeopleKind.NONE:
        return await forms.ask_which(turn, draft, reading.people)
    return await forms.proceed(turn, draft)


async def _asked(said: str, turn: Turn) -> Reply:
    """Tell a member the own part and where it comes from, an officer a named member's or how all is divided."""
    year = await _year_asked(turn, said)
    name = _PLAIN.sub(" ", said).strip()
    directory = await turn.services.directories.of(turn.db, turn.here.cooperative, turn.today)
    reading = await loan_labels.read(turn, f"saldo {name}", directory)
    if name and reading.people.members and reading.people.kind is not PeopleKind.SELF:
        found = await statements.meant(turn, reading, "shu")
        return found if isinstance(found, Reply) else await of_member(turn, found, year)
    if turn.here.member is not None:
        return await of_member(turn, turn.here.member, year)
    if not may(turn.here.roles, Action.SEE_BOOKS):
        raise NotAllowed(who=who_may(Action.SEE_BOOKS))
    divided = await _plan(turn, year)
    title = say("shu-estimate" if divided.estimate else "shu-final", year=str(year))
    return Reply(lines=(title, *cards.plan_lines(divided)))


async def of_member(turn: Turn, member: Member, year: int | None = None) -> Reply:
    """Say one member's part with base, share and formula, of a year or of the one people ask for now."""
    found = await _plan(turn, year or await _year_asked(turn, ""))
    left = await sharing.unpaid(turn.db, koperasi_id=turn.koperasi_id, member_id=member.id)
    lines = slips.lines(found, member.id, left)
    if member.id != turn.here.person_id:
        lines = (say("card-member", name=member.name, number=member.number), *lines)
    return Reply(lines=lines)


async def _plan(turn: Turn, year: int) -> plan.Plan:
    try:
        return await plan.plan(turn.db, koperasi_id=turn.koperasi_id, year=year, today=turn.today)
    except policy.NoPolicy as refusal:
        raise (
            refusal if may(turn.here.roles, Action.SET_SHU) else NotDecided(year=str(year))
        ) from None


async def _year_asked(turn: Turn, said: str) -> int:
    if named := re.search(r"20\d\d", said):
        return int(named[0])
    before = turn.today.year - 1
    if re.search(r"\blalu\b", said, re.IGNORECASE) or await _undecided_before(turn, before):
        return before
    return turn.today.year


async def _undecided_before(turn: Turn, year: int) -> bool:
    """Say whether last year's part is what people ask for: its year is closed and no later one is near its end."""
    entries = await closing.year_entries(turn.db, koperasi_id=turn.koperasi_id, year=year)
    return bool(entries) and turn.today.month <= 6
