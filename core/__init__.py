"""The ledger of the cooperatives: what may be recorded, and how; no clock, no network, no words.

Read in this order: money, calendar, errors; tables; accounts, ledger, balances; cooperatives, rules,
permissions; people, members, identities; savings, receipts; sheets and imports; books (export, verify).
"""
