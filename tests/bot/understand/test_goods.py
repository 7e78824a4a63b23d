"""Which goods a sentence names and how much of each; what may be another thing is not certain."""

from __future__ import annotations

import pytest

from bot.understand.goods import Found, Named, find, quantity

GOODS = [
    Named(id=1, words="beras 5 kg", unit="karung"),
    Named(id=2, words="gula pasir", unit="kg"),
    Named(id=3, words="minyak goreng", unit="liter"),
    Named(id=4, words="telur", unit="butir"),
    Named(id=5, words="sabun mandi", unit="buah"),
    Named(id=6, words="sabun cuci", unit="buah"),
]
SAID = {
    "jual beras 2 karung": (1, 2_000),
    "jual beras 5 kg 2 karung 150rb": (1, 2_000),
    "jual 3 sak beras 5 kg": (1, 3_000),
    "jual beras 5 kg": (1, None),
    "jual beras 5 karung": (1, 5_000),
    "jual beras 10 kg": (1, None),  # of a sack of 5 kg: how many is asked
    "penjualan beras 150rb": (1, None),
    "jual beras 150.000": (1, None),
    "jual beras 5/11 150rb": (1, None),
    "jual beras 5 nov 150rb": (1, None),
    "beras rusak 2 karung": (1, 2_000),
    "jual beras 2 150rb": (1, 2_000),
    "jual gula 2,5 kg 43.750": (2, 2_500),
    "jual gula setengah kilo": (2, 500),
    "jual gula sekilo ke Siti": (2, 1_000),
    "jual gula pasir dua kg": (2, 2_000),
    "laku 30 butir telur": (4, 30_000),
    "jual telur 30": (4, 30_000),
    "jual 2 gula": (2, 2_000),
    "kulakan GULA PASIR 50 KG": (2, 50_000),
    "sabun mandi 3 biji": (5, 3_000),
}


@pytest.mark.parametrize(("text", "meant"), SAID.items())
def test_a_good_and_its_quantity_are_read(text: str, meant: tuple[int, int | None]) -> None:
    (found,) = find(text, GOODS)
    assert found == Found(goods=(meant[0],), certain=True, quantity=meant[1])


def test_several_goods_keep_their_own_quantities() -> None:
    found = find("jual gula 3kg, 2 karung beras dan telur 10 butir", GOODS)
    assert [(one.goods, one.quantity) for one in found] == [
        ((2,), 3_000),
        ((1,), 2_000),
        ((4,), 10_000),
    ]


def test_what_may_be_another_thing_is_not_certain() -> None:
    (oil,) = find("jual minyak kayu putih 2 botol", GOODS)
    assert (oil.goods, oil.certain) == ((3,), False)
    (soap,) = find("jual sabun 2 biji", GOODS)
    assert (soap.goods, soap.certain, soap.quantity) == ((5, 6), False, 2_000)
    assert find("jual kopi 2 gelas", GOODS) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("3", 3_000), ("3 karung", 3_000), ("0,5 sak", 500), ("sekarung", 1_000), ("dua", 2_000), ("3 kg", None),
        ("besok", None), ("0", None), ("1,2345", None), ("3 karung ya bu", None),
    ],
)  # fmt: skip
def test_an_answer_to_how_many_is_a_count_of_its_unit(text: str, meant: int | None) -> None:
    assert quantity(text, "karung") == meant
