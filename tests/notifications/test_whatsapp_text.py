"""WhatsApp's markup and limits: emphasis comes from the same HTML as Telegram's, facts stay what they are."""

from __future__ import annotations

import re

import pytest

from notifications.senders import whatsapp_text as texts

LABELS = (
    "Ya", "✅ Simpan", "Bayar Rp1.500.000 sekarang", "Undang Ny. Siti Aminah binti Ahmad Dahlan",
    "Rp12.345.678.901.234.567.890", "Pertanggungjawabankeuangan", "Belum terhubung, menurut desa",
    "👨‍👩‍👧 Keluarga besar Bapak Usman",
)  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Saldo <b>Rp50.000</b>.", "Saldo *Rp50.000*."),
        ("<i>(kirim ulang)</i>", "_(kirim ulang)_"),
        ("<b><i>x</i></b>", "*_x_*"),
        ("<b>satu\ndua</b>", "*satu*\n*dua*"),
        ("<b> satu </b>dua", " *satu* dua"),
        ("Rp<b>50</b>rb", "Rp\u200a*50*\u200arb"),
        ("Toko &amp; Co &lt;3", "Toko & Co <3"),
        ("*Siti* _x_ ~y~ `z`", "∗Siti∗ ˍxˍ ∼y∼ ˋzˋ"),
        ("<b>*Siti*</b>", "*∗Siti∗*"),
        ("2*3=6, a_b", "2*3=6, a_b"),
        ("https://t.me/bot?start=_a_*b*", "https://t.me/bot?start=_a_*b*"),
        ("&gt; kutip", "› kutip"),
        ("<b></b>kosong", "kosong"),
        ("<u>garis</u>", "garis"),
    ],
)
def test_emphasis_is_whatsapps_own_and_facts_never_become_markup(said, expected):
    assert texts.formatted(said) == expected


@pytest.mark.parametrize("most", [10, 20, 24, 72])
@pytest.mark.parametrize("label", LABELS)
def test_a_label_is_shortened_within_its_limit_and_no_number_is_cut(label, most):
    made = texts.short(label, most)
    assert texts.length(made) <= most
    assert made == label or made.endswith("…")
    numbers = re.findall(r"\d[\d.]*\d", label)
    assert all(number in numbers for number in re.findall(r"\d[\d.]*\d", made))


@pytest.mark.parametrize("label", LABELS)
def test_a_rows_description_goes_on_where_its_title_ends(label):
    row = texts.row(label, "x")
    assert texts.length(row.title) <= 24
    assert texts.length(row.description) <= 72
    if not row.title.endswith("…"):
        assert " ".join(f"{row.title} {row.description}".split()) == label


def test_two_rows_never_bring_back_the_same():
    assert texts.rows([("a", "x"), ("b", "x")]) is None
    assert texts.rows([]) is None
