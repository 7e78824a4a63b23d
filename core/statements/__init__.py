"""The statements of Permenkop 2/2024, worked out from postings alone for any period; nothing here is stored.

Read `figures` (what moved between two codes of the chart), `tables` (rows and columns), then `assembly` (the
statements made of figures), `notes` (what they are made of, with `policies` from the rules), `lists` (registers by
account and member), `checks` (what must hold before a report is issued) and `reports` (a report by its name).
"""
