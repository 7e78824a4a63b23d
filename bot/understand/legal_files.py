"""Sentences that name a document or a paper of the annual meeting: "lihat akta", "unggah izin apotek", "cara urus NIB"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.understand import legal
from core.documents import Kind
from core.legal_files import Paper

_PAPERS = {
    Paper.INVITATION: r"undangan",
    Paper.ATTENDANCE: r"(?:daftar|absen(?:si)?)\s+hadir|presensi",
    Paper.MINUTES: r"berita\s+acara|notulen",
    Paper.REPORT: r"laporan\s+(?:pertanggungjawaban|pengurus)|lpj",
}
_OF_MEETING = "|".join(f"(?P<{paper.value}>{words})" for paper, words in _PAPERS.items())
_NAMED = (
    rf"(?:(?:{_OF_MEETING})\s+(?:rat|rapat\s+anggota)(?:\s+(?:tahun\s+)?(?:buku\s+)?(?P<year>20\d\d))?"
    rf"|(?:{legal.KINDS})(?P<permit>(?:\s+[a-z]+){{1,4}})?)"
)
_PAGE = r"(?:\s+(?P<page>\d))?"
_FILE = r"(?P<file>(?:\s+(?:berkas|file|foto|scan|salinan|dokumen)(?:nya)?)*)"
_END = r"[\s?.!]*"
_SEE = re.compile(
    rf"\s*(?:tolong\s+)?(?:lihat|lihatkan|tampilkan){_FILE}\s+{_NAMED}{_PAGE}{_END}", re.IGNORECASE
)
_SEND = re.compile(
    rf"\s*(?:unggah|upload|lampirkan|(?:kirim|simpan)(?=\s+(?:berkas|file|foto|scan))){_FILE}\s+{_NAMED}{_END}",
    re.IGNORECASE,
)
_HOW = re.compile(
    r"\s*(?:bagaimana\s+|gimana\s+)?cara(?:nya)?\s+(?:(?:buat|membuat|bikin|urus|mengurus|dapat|mendapat|mendapatkan|daftar)\s+)+"
    rf"{_NAMED}{_END}",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\s*(?:ini\s+)?(?:foto\s+|berkas\s+|scan\s+)?{_NAMED}{_END}", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A document, or a paper of a meeting: of last year's where no year is said."""

    kind: Kind | None = None
    permit: str = ""
    paper: Paper | None = None
    year: int = 0
    page: int = 0  # 0: not said


def asked(text: str) -> Named | None:
    """Read a wish to see a file; a bank account only where its file is spoken of: its balance is asked for alike."""
    said = _SEE.fullmatch(text)
    return None if said and said[Kind.ACCOUNT.value] and not said["file"] else _named(said)


def sent(text: str) -> Named | None:
    """Read that a file will be sent."""
    return _named(_SEND.fullmatch(text))


def how(text: str) -> Named | None:
    """Read a question how a document is got."""
    return _named(_HOW.fullmatch(text))


def below(text: str) -> Named | None:
    """Read what stands below a picture: a name and nothing else."""
    return _named(_ALONE.fullmatch(text))


def _named(said: re.Match[str] | None) -> Named | None:
    if said is None:
        return None
    groups = said.groupdict()
    page = int(groups.get("page") or 0)
    paper = next((paper for paper in Paper if said[paper.value]), None)
    if paper is not None:
        return Named(paper=paper, year=int(said["year"] or 0), page=page)
    kind, permit = legal.kind_of(said), legal.permit(said["permit"] or "")
    if permit and kind is not Kind.PERMIT:
        return None
    return Named(kind=kind, permit=permit, page=page)
