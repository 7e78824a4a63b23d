"""Imports: a whole sheet of members, opening balances, loans or officers, booked only when every row is good.

Each noun has two steps. `check` reads the file and returns a plan with every row's errors at once; `apply`
writes a plan without errors, all or nothing in the caller's transaction. Read rows, cells, then the nouns;
loans are checked in `loans` (its warnings in `loan_warnings`) and written by `loan_books`.
"""
