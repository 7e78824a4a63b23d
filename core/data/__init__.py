"""Data the product ships: the uniform chart of accounts, holidays, the villages of Kaltim and their licence."""
