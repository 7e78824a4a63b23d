"""A channel only translates: an update of its wire into an Incoming, files fetched before the turn.

It answers the channel after the turn's commit, and never before.
"""
