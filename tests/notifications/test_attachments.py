"""Pictures and papers: small, readable, and saying what the text says."""

from __future__ import annotations

import io
from datetime import date

import pytest
from PIL import Image

from core.texts import TextError
from notifications import attachments, words
from notifications.attachments import RECEIPT_LIMIT
from notifications.messages import Attachment, Button, Content, Say

LINK = "https://t.me/kopdes_bot?start=ABCD-EFGH"
INVITE = {
    "cooperative": "Koperasi Desa Merah Putih Sungai Meriam & Kawan",
    "name": "Siti <Aminah>",
    "role": "bendahara",
    "link": LINK,
    "code": "ABCD-EFGH",
    "expires": date(2026, 12, 8),
}
RECEIPT = (
    "<b>Tercatat</b> ✅\nSimpanan Wajib\nAnggota: Siti Aminah (A-001)\n"
    "Jumlah: <b>Rp50.000</b> (lima puluh ribu rupiah)\nTanggal: 24 November 2026\n\n"
    "Saldo: <b>Rp1.250.000</b>\nNomor bukti: 2026-000123\nKode periksa: 7KQ4 &amp; 9ZP2"
)


def make(kind: str, facts=None, text: str = "") -> attachments.File:
    return attachments.make(Attachment(kind=kind, facts=facts or {}), text)


def test_the_qr_code_is_a_picture_large_enough_to_scan():
    file = make("qr", {"link": LINK})
    assert file.is_picture
    with Image.open(io.BytesIO(file.data)) as picture:
        assert picture.size[0] == picture.size[1] >= 300
    assert len(file.data) < 20_000


def test_the_invite_sheet_is_one_a4_page():
    file = make("invite-sheet", INVITE)
    assert (file.name, file.is_picture) == ("undangan.pdf", False)
    assert file.data.startswith(b"%PDF")
    assert file.data.count(b"/Type /Page\n") + file.data.count(b"/Type /Page ") == 1
    assert b"595.2" in file.data  # A4's width in points.


def test_the_invite_sheet_does_without_role_code_and_expiry():
    facts = {name: INVITE[name] for name in ("cooperative", "name", "link")}
    assert make("invite-sheet", facts).data.startswith(b"%PDF")


def test_a_sheet_without_a_name_is_a_bug():
    with pytest.raises(TextError):
        make("invite-sheet", {"cooperative": "K", "link": LINK})


def test_a_receipts_picture_is_small_and_has_a_row_for_each_line():
    short = make("receipt-picture", text="Tercatat")
    file = make("receipt-picture", {"heading": "Koperasi Sungai Meriam"}, RECEIPT)
    assert len(file.data) < RECEIPT_LIMIT
    with (
        Image.open(io.BytesIO(file.data)) as picture,
        Image.open(io.BytesIO(short.data)) as small,
    ):
        assert picture.size[0] == 720
        assert picture.size[1] > small.size[1] + 8 * 40
        dark = picture.convert("L").point(lambda shade: 255 * (shade < 128)).histogram()[255]
    assert dark > 5000


def test_a_long_receipt_stays_under_the_limit():
    text = "\n".join(f"{n}. <b>Rp50.000</b> Nama Anggota Yang Panjang Sekali" for n in range(60))
    assert len(make("receipt-picture", text=text).data) < RECEIPT_LIMIT


def test_nothing_a_font_lacks_is_drawn_and_markup_is_not_spelt_out():
    shown = attachments._words("<b>Tercatat</b> ✅ 7KQ4 &amp; 9ZP2 <i>x</i>")
    assert shown == [("Tercatat", True), ("7KQ4", False), ("&", False), ("9ZP2", False), ("x", False)]  # fmt: skip


def test_an_unknown_kind_is_a_bug():
    with pytest.raises(KeyError):
        make("song")


def test_labels_are_plain_and_lines_are_html_and_the_mark_comes_last():
    link = Say("sheet-link", {"link": "a & b"})
    content = Content(
        lines=(link, Say(""), link),
        buttons=((Button(label=Say("sheet-code", {"code": "<x>"}), data="d"),),),
    )
    made = words.make(content, resent=True)
    assert made.text == (
        "Tautan: a &amp; b\n\nTautan: a &amp; b\n\n<i>(kirim ulang)</i>"
    )  # fmt: skip
    assert made.buttons == ((("Kode undangan: <x>", "d"),),)


def test_a_message_with_a_file_cannot_stand_in_the_place_of_another():
    content = Content(lines=(), attachment=Attachment(kind="qr", facts={"link": LINK}))
    made = words.make(content, resent=False)
    assert made.file is not None
    assert not made.can_replace
    assert words.make(Content(lines=()), resent=False).can_replace
