"""What the copy of one's own data is read by: a statement a section; what is left out, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A section's statement of ($1 cooperative, $2 person, $3 rows); a column `…_sealed` is opened."""

    title: str
    tables: tuple[str, ...]
    sql: str


_OWN_LOANS = "(SELECT id FROM loans WHERE koperasi_id = $1 AND member_id = $2)"


def _of_loans(table: str, columns: str, order: str) -> str:
    return (
        f"SELECT {columns} FROM {table} t WHERE t.koperasi_id = $1 AND t.loan_id IN {_OWN_LOANS}"
        f" ORDER BY {order} LIMIT $3"
    )


QUERIES: Final = (
    Query(
        title="Profil",
        tables=("people", "members", "cooperatives"),
        sql="""
SELECT p.name AS nama, p.gender AS jenis_kelamin, p.phone_sealed AS nomor_hp_sealed, p.nik_sealed,
  p.address_sealed AS alamat_sealed, c.name AS koperasi, m.number AS nomor_anggota, m.joined_on AS masuk,
  m.left_on AS keluar, m.dues_from AS simpanan_wajib_sejak, p.created_at AS dicatat
FROM people p
JOIN cooperatives c ON c.koperasi_id = p.koperasi_id
LEFT JOIN members m ON m.koperasi_id = p.koperasi_id AND m.id = p.id
WHERE p.koperasi_id = $1 AND p.id = $2 LIMIT $3
""",
    ),
    Query(
        title="Jabatan",
        tables=("officers",),
        sql="""
SELECT role AS jabatan, since AS sejak, until AS sampai FROM officers
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT $3
""",
    ),
    Query(
        title="Chat yang terhubung",
        tables=("addresses",),
        sql="""
SELECT channel AS saluran, chat, linked_at AS sejak, ended_at AS sampai, reason AS sebab FROM addresses
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY linked_at DESC LIMIT $3
""",
    ),
    Query(
        title="PIN",
        tables=("pins",),
        sql="""
SELECT set_at AS dibuat, locked_until AS terkunci_sampai FROM pins
WHERE koperasi_id = $1 AND person_id = $2 LIMIT $3
""",
    ),
    Query(
        title="Izin",
        tables=("consents",),
        sql="""
SELECT purpose AS untuk, channel AS saluran, text_version AS versi_teks, given_at AS diberikan,
  withdrawn_at AS ditarik FROM consents
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY given_at DESC, purpose LIMIT $3
""",
    ),
    Query(
        title="Saldo per akun",
        tables=("ledger.accounts",),
        sql="""
SELECT c.name AS akun, a.loan_id AS pinjaman, a.balance AS saldo
FROM ledger.accounts a JOIN ledger.chart c ON c.code = a.code
WHERE a.koperasi_id = $1 AND a.member_id = $2 ORDER BY a.code, a.loan_id LIMIT $3
""",
    ),
    Query(
        title="Transaksi",
        tables=("ledger.postings", "ledger.entries"),
        sql="""
WITH own AS (
  SELECT id, code, loan_id, normal FROM ledger.accounts WHERE koperasi_id = $1 AND member_id = $2
), moved AS (
  SELECT p.entry, p.line, o.code, o.loan_id, p.debit_balance AS balance,
    CASE o.normal WHEN 'D' THEN p.amount ELSE -p.amount END AS amount
  FROM own o JOIN ledger.postings p ON p.koperasi_id = $1 AND p.debit = o.id
  UNION ALL
  SELECT p.entry, p.line, o.code, o.loan_id, p.credit_balance,
    CASE o.normal WHEN 'D' THEN -p.amount ELSE p.amount END
  FROM own o JOIN ledger.postings p ON p.koperasi_id = $1 AND p.credit = o.id
)
SELECT e.number AS nomor, e."on" AS tanggal, c.name AS akun, m.loan_id AS pinjaman, m.amount AS jumlah,
  m.balance AS saldo, e.reverses AS membatalkan_nomor, e.reason AS keterangan, e.source AS lewat,
  r.name AS dicatat_oleh
FROM moved m
JOIN ledger.entries e ON e.koperasi_id = $1 AND e.number = m.entry
JOIN ledger.chart c ON c.code = m.code
LEFT JOIN people r ON r.koperasi_id = $1 AND r.id = substring(e.recorder FROM '^person:([0-9]{1,9})$')::integer
ORDER BY m.entry DESC, m.line LIMIT $3
""",
    ),
    Query(
        title="Simpanan wajib per bulan",
        tables=("dues",),
        sql="""
SELECT to_char(month, 'YYYY-MM') AS bulan, amount AS jumlah, entry AS nomor_transaksi FROM dues
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY month DESC, entry DESC LIMIT $3
""",
    ),
    Query(
        title="Simpanan berjangka dan hari raya",
        tables=("term_savings",),
        sql="""
SELECT entry AS nomor, kind AS jenis, amount AS jumlah, rate AS bunga_persen_setahun, months AS bulan,
  opened_on AS dibuka, matures_on AS jatuh_tempo, closed_on AS ditutup FROM term_savings
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT $3
""",
    ),
    Query(
        title="Bukti transaksi",
        tables=("receipts",),
        sql="""
SELECT entry AS nomor, code AS kode, kind AS jenis, amount AS jumlah, balance_before AS saldo_sebelum,
  balance AS saldo, made_at AS dibuat, answer AS jawaban, answered_at AS dijawab FROM receipts
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY entry DESC LIMIT $3
""",
    ),
    Query(
        title="Pinjaman",
        tables=("loans",),
        sql="""
SELECT id AS nomor, product AS jenis, principal AS pokok, count AS kali_angsuran, state AS keadaan,
  applied_on AS diajukan, told_sealed AS disampaikan_sealed, decided_at AS diputuskan,
  disbursed_on AS dicairkan, outstanding AS sisa_pokok, oldest_due AS tunggakan_sejak,
  settled_on AS lunas, class AS kolektibilitas, written_off AS dihapusbukukan, recovered AS tertagih_kembali
FROM loans WHERE koperasi_id = $1 AND member_id = $2 ORDER BY id DESC LIMIT $3
""",
    ),
    Query(
        title="Perjanjian pinjaman",
        tables=("loan_versions",),
        sql=_of_loans(
            "loan_versions",
            "loan_id AS pinjaman, version AS versi, starts_on AS mulai, principal AS pokok,"
            " count AS kali_angsuran, terms::text AS ketentuan, reason AS sebab",
            "loan_id DESC, version DESC",
        ),
    ),
    Query(
        title="Jadwal angsuran",
        tables=("loan_instalments",),
        sql=_of_loans(
            "loan_instalments",
            "loan_id AS pinjaman, version AS versi, n AS ke, due AS jatuh_tempo, principal AS pokok,"
            " interest AS jasa, principal_paid AS pokok_dibayar, interest_paid AS jasa_dibayar,"
            " penalty_paid AS denda_dibayar, paid_on AS lunas",
            "loan_id DESC, version DESC, n",
        ),
    ),
    Query(
        title="Pembayaran pinjaman",
        tables=("loan_payments",),
        sql=_of_loans(
            "loan_payments",
            'loan_id AS pinjaman, entry AS nomor_transaksi, kind AS jenis, "on" AS tanggal,'
            " amount AS jumlah, principal AS pokok, interest AS jasa, penalty AS denda",
            "entry DESC",
        ),
    ),
    Query(
        title="Kolektibilitas pinjaman",
        tables=("loan_classes",),
        sql=_of_loans(
            "loan_classes",
            'loan_id AS pinjaman, "on" AS sejak, class AS kolektibilitas, overdue_days AS hari_tunggakan',
            "loan_id DESC, n DESC",
        ),
    ),
    Query(
        title="Penjaminan",
        tables=("loan_guarantors",),
        sql="""
SELECT loan_id AS pinjaman, amount AS jumlah, state AS keadaan, answered_at AS dijawab FROM loan_guarantors
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY loan_id DESC LIMIT $3
""",
    ),
    Query(
        title="Barang yang dititipkan di gerai",
        tables=("consigned", "consigned_moves"),
        sql="""
SELECT c.name AS barang, c.unit AS satuan, c.price AS harga_jual, c.share AS bagian_gerai, v."on" AS tanggal,
  v.kind AS jenis, trim_scale(v.quantity::numeric / 1000) AS jumlah, v.owed AS hak_saya, v.entry AS nomor_transaksi
FROM consigned c
LEFT JOIN consigned_moves v ON v.koperasi_id = c.koperasi_id AND v.consigned_id = c.id
WHERE c.koperasi_id = $1 AND c.member_id = $2 ORDER BY c.id DESC, v.n DESC LIMIT $3
""",
    ),
    Query(
        title="Sisa hasil usaha",
        tables=("surplus_parts",),
        sql="""
SELECT year AS tahun, simpanan, usaha, jasa_modal, jasa_usaha FROM surplus_parts
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY year DESC LIMIT $3
""",
    ),
    Query(
        title="Permintaan persetujuan",
        tables=("approvals", "approval_votes"),
        sql="""
SELECT a.number AS nomor, a.kind AS jenis, a."on" AS tanggal, a.state AS keadaan, a.decided_at AS diputuskan,
  a.member_id IS NOT DISTINCT FROM $2 AS tentang_saya, a.maker_person IS NOT DISTINCT FROM $2 AS saya_yang_minta,
  (SELECT CASE WHEN v.approved THEN 'setuju' ELSE 'tolak' END FROM approval_votes v
    WHERE v.koperasi_id = a.koperasi_id AND v.number = a.number AND v.person_id = $2) AS suara_saya
FROM approvals a WHERE a.koperasi_id = $1 AND (a.member_id = $2 OR a.maker_person = $2 OR EXISTS (
  SELECT FROM approval_votes v WHERE v.koperasi_id = a.koperasi_id AND v.number = a.number AND v.person_id = $2))
ORDER BY a.number DESC LIMIT $3
""",
    ),
    Query(
        title="Permintaan kepada pengurus",
        tables=("wishes",),
        sql="""
SELECT at AS pada, said_sealed AS isi_sealed, done_at AS selesai FROM wishes
WHERE koperasi_id = $1 AND member_id = $2 ORDER BY id DESC LIMIT $3
""",
    ),
    Query(
        title="Jawaban atas pengingat",
        tables=("reminder_answers",),
        sql="""
SELECT at AS pada, loan_id AS pinjaman, answer AS jawaban, checked_at AS diperiksa FROM reminder_answers
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY id DESC LIMIT $3
""",
    ),
    Query(
        title="Pesan yang dikirim (isinya dihapus setelah 90 hari)",
        tables=("outbox", "announcements"),
        sql="""
SELECT o.made_at AS dibuat, o.channel AS saluran, o.purpose AS untuk, a.number AS pengumuman,
  o.words AS isi_sealed, o.state AS keadaan, o.delivered_at AS sampai, o.read_at AS dibaca
FROM outbox o
LEFT JOIN announcements a ON a.koperasi_id = o.koperasi_id AND a.id = o.announcement
WHERE o.koperasi_id = $1 AND o.person_id = $2 ORDER BY o.seq DESC LIMIT least($3, 500)
""",
    ),
    Query(
        title="Temuan dan hitung kas yang saya catat sebagai pengurus",
        tables=("findings", "finding_steps", "cash_seals"),
        sql="""
SELECT at AS pada, 'temuan ' || number AS apa, said_sealed AS isi_sealed FROM findings
WHERE koperasi_id = $1 AND person_id = $2
UNION ALL
SELECT at, 'tindak lanjut temuan ' || finding, said_sealed FROM finding_steps
WHERE koperasi_id = $1 AND person_id = $2
UNION ALL
SELECT at, CASE WHEN counter_id = $2 THEN 'hitung kas ' ELSE 'menyetujui hitung kas ' END || "on", NULL FROM cash_seals
WHERE koperasi_id = $1 AND (counter_id = $2 OR approver_id = $2)
ORDER BY 1 DESC LIMIT $3
""",
    ),
    Query(
        title="Pelajaran yang selesai",
        tables=("lessons_done",),
        sql="""
SELECT lesson AS pelajaran, done_at AS selesai FROM lessons_done
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY done_at DESC LIMIT $3
""",
    ),
    Query(
        title="Permintaan perbaikan data",
        tables=("data_requests",),
        sql="""
SELECT number AS nomor, at AS pada, said_sealed AS isi_sealed, due_at AS batas, outcome AS jawaban,
  because_sealed AS alasan_sealed, decided_at AS dijawab FROM data_requests
WHERE koperasi_id = $1 AND person_id = $2 ORDER BY number DESC LIMIT $3
""",
    ),
    Query(
        title="Yang membuka data saya",
        tables=("looks",),
        sql="""
SELECT l.at AS pada, p.name AS oleh, l.role AS jabatan, l.what AS apa FROM looks l
LEFT JOIN people p ON p.koperasi_id = l.koperasi_id AND p.id = l.person_id
WHERE l.koperasi_id = $1 AND l.member_id = $2 ORDER BY l.id DESC LIMIT $3
""",
    ),
)
# Tables that name a person and are not copied: why.
EXEMPT: Final = {
    "erasures": "written when everything else of the person was taken away",
    "chat.chats": "which chat speaks for whom: the same as addresses, read through two doors alone",
    "chat.links": "as chat.chats",
    "chat.invites": "a keyed hash of a code; who it was for uses it up or lets it lapse",
    "goods_counts": "names who counted the shelf by an office's number, nothing else about the person",
}
