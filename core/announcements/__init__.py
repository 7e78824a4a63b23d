"""Announcements: composed once, approved where they reach many, owed to everybody they are for.

Read in this order: audience, reach, estimate; announcement; sending.
"""
