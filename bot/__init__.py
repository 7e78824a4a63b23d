"""The conversation: from a channel's update to one committed turn.

Read in this order: app, channels, turn, routes, conversations, understand; simulator and cli stand beside.
"""
