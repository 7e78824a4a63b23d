"""What the command line says of refusals and of rows: English, one line each, by the keys of core."""

from __future__ import annotations

from collections.abc import Mapping

_SAID = {
    "refusal-no-such-village": "no village has the code {code}",
    "refusal-no-such-cooperative": "no cooperative has the code {code}",
    "refusal-no-such-member": "no member has the number {number}",
    "refusal-no-such-region": "no region has the code {code}: 64 is the province, 64.72 one of its kota",
    "refusal-no-such-office": "no office {office} is held there now",
    "refusal-not-a-phone": "not a phone number: {phone}",
    "refusal-book-closed": "the books are closed through {through}",
    "refusal-future-date": "{on} is in the future",
    "refusal-below-floor": "account {account} would fall to {balance}",
    "refusal-amount-too-large": "the amount, or the balance with it, is too large",
    "refusal-member-has-left": "{member} left on {left_on}",
    "refusal-not-yet-member": "{member} is a member from {joined_on} on",
    "refusal-sheet-too-large": "the file is larger than {limit} MB",
    "refusal-sheet-too-long": "the sheet has more than {limit} rows",
    "refusal-sheet-too-wide": "the sheet has more than {limit} columns",
    "refusal-sheet-not-one": "the file is no .xlsx or .csv sheet, or not what its name says",
    "refusal-sheet-old": "the file is an .xls of old Excel: save it as .xlsx",
    "refusal-sheet-macros": "the file has macros in it: save it as .xlsx without them",
    "refusal-sheet-locked": "the file is locked with a password",
    "refusal-sheet-broken": "the file is damaged and cannot be read",
    "refusal-sheet-empty": "the sheet has no rows below its heading",
    "refusal-sheet-column-missing": "column missing: {columns}",
    "refusal-sheet-column-twice": "column {column} is there twice",
    "refusal-import-repeated": "this very file was imported on {on} (entry {entry}); nothing was written",
    "refusal-import-loans-repeated": "this very file was imported on {on}; nothing was written",
    "refusal-rate-above-cap": "{rate} per cent a year is above the cap of {cap}",
    "refusal-bad-terms": "terms no loan may have: {what}",
    "refusal-split-not-hundred": "the percentages add up to {sum}, not to exactly 100",
    "refusal-split-total": "total_{what} is {total}, less than the {sum} of the members together",
    "import-unknown-column": "unknown column, left out",
    "import-empty": "must not be empty",
    "import-formula": "a formula without a computed value",
    "import-cell-error": "an error value of the spreadsheet",
    "import-not-an-amount": "not an amount: {value}",
    "import-not-whole": "not whole rupiah: {value}",
    "import-negative": "below zero: {value}",
    "import-zero": "must be more than zero",
    "import-amount-too-large": "too large: {value}",
    "import-not-a-kind": "no kind of goods: {value}; there are sembako, pupuk, lpg, obat",
    "import-not-a-date": "not a date: {value}",
    "import-date-too-early": "too early: {value}",
    "import-date-in-future": "in the future: {date}",
    "import-not-text": "not readable as text: {value}",
    "import-not-a-name": "not a name",
    "import-name-too-long": "a name has at most {limit} characters",
    "import-address-too-long": "an address has at most {limit} characters",
    "import-not-a-phone": "not a phone number",
    "import-not-a-nik": "a NIK has 16 digits",
    "import-nik-rounded": "the spreadsheet rounded this NIK: make the column text",
    "import-not-a-gender": "neither L nor P: {value}",
    "import-not-a-number": "not a member's number (letters, digits, . - /, at most 20): {value}",
    "import-number-in-book": "number {number} is another member's",
    "import-number-twice": "number {number} is that of row {other}",
    "import-nik-in-book": "this NIK is that of member {number}",
    "import-nik-twice": "this NIK is that of row {other}",
    "import-member-already": "same name and phone as member {number}; if it is another person, give no_anggota",
    "import-phone-twice": "same phone as row {other}",
    "import-phone-in-book": "same phone as member {number}",
    "import-is-officer": "the phone of officer {officer}: both are one person now",
    "import-unknown-code": "no account has the code {code}",
    "import-code-of-members": "account {code} is kept per member",
    "import-code-reserved": "account {code} is the other side of every opening balance",
    "import-code-twice": "same code as row {other}",
    "import-has-balance": "account {code} has a balance of {balance} already; this adds to it",
    "import-unknown-cooperative": "no cooperative has the code {code}",
    "import-not-a-role": "not an office: {value}",
    "import-no-such-member": "no member has the number {number}",
    "import-good-twice": "the same good as row {other}",
    "import-above-het": "the price is above the HET",
    "import-keeps-stock": "this good has stock: its unit cannot change",
    "import-stock-and-value": "stok and modal are both filled in, or neither",
    "import-stock-not-kept": "no stock is kept of this good",
    "import-not-in-books": "modal adds up to {value}, more than the {left} of stock in the book that is not itemised",
    "import-name-length": "at most {most} characters",
    "import-not-a-quantity": "no quantity (like 10 or 2.5): {value}",
    "import-yes-or-no": "neither ya nor tidak",
    "import-not-a-rate": "no rate in per cent (like 1.5): {value}",
    "import-not-a-period": "neither bulan nor tahun: {value}",
    "import-not-a-method": "none of flat, menurun, anuitas, jatuh tempo: {value}",
    "import-not-a-state": "neither berjalan nor disetujui: {value}",
    "import-not-a-count": "no number of instalments: {value}",
    "import-zero-count": "at least one instalment",
    "import-all-paid": "{paid} of {count} instalments are paid: nothing runs, leave the row out",
    "import-nothing-left": "no principal is left: leave the row out",
    "import-waiting-but-paid": "an approved loan that waits has no instalments paid",
    "import-waiting-but-dated": "an approved loan that waits has no day of disbursement",
    "import-bad-terms": "no schedule can be made: {what}",
    "import-no-licence": "the cooperative has no licence to lend; the loans are written down all the same",
    "import-rate-above-cap": "{rate} per cent a year is above the cap of {cap}; written down all the same",
    "import-rate-small": "only {rate} per cent a year: write 1.5 for 1.5 per cent",
    "import-above-bmpp": "owes {owed} in all, above the BMPP of {limit}; written down all the same",
    "import-before-joining": "paid out before joining on {joined_on}",
    "import-member-left": "the member left on {left_on}",
    "import-loan-twice": "same member, principal and day as row {other}",
    "import-loan-in-book": "same member, principal and day as loan {loan}",
}


def said(key: str, facts: Mapping[str, object]) -> str:
    """Say a key in English; one that is not listed is shown with its facts."""
    pattern = _SAID.get(key)
    if pattern is None:
        named = ", ".join(f"{name}={value}" for name, value in facts.items())
        return f"{key} ({named})" if named else key
    return pattern.format_map({name: _inline(value) for name, value in facts.items()})


def keys() -> frozenset[str]:
    """List the keys that are said: a test holds them against core's."""
    return frozenset(_SAID)


def _inline(value: object) -> object:
    return " ".join(value.split()) if isinstance(value, str) else value
