"""The office's other money: bank interest, grants, advances, funds, assets, loans from banks (domain 3.1, 26-34, 41).

Read events (what there is and which accounts it moves), limits (what the law and the cooperative's rules
say of it), book (recording it), held (receipts nobody could name yet).
"""
