"""Data the product ships: the uniform chart of accounts, the villages of Kaltim and their licence."""
