"""Loans, from application to the last instalment.

Read terms (the rule), schedule (pure), penalties, positions and replay (what payments did, pure), book (rows),
journal and keep (how what moved is written down), then products, applications, disbursement, previews and
payments, undo, restructuring, write_offs, guarantors, collectibility.
"""
