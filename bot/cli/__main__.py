"""`python -m bot.cli` is `kopdes`."""

from bot.cli import main

main()
