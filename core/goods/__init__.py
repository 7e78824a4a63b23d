"""Goods of the gerai. Read catalogue (names and prices), then stock (quantities at average cost), then bons.

Who may, the entry itself and its limits are core.everyday's.
"""
