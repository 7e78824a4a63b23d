"""Loans, from application to the last instalment.

Read terms (the rule), schedule (pure), replay (what payments did, pure), book (rows), then products,
applications, disbursement, payments, restructuring, write_offs, guarantors, collectibility.
"""
