"""Goods of the gerai. Read catalogue (names and prices), stock (quantities at average cost), counts, then bons.

Who may, the entry itself and its limits are core.everyday's.
"""
