"""``python -m connector`` is the command ``onward``."""

from connector.cli import main

main()
