"""Lets `python -m symntk` run the command line."""

from __future__ import annotations

import sys

from symntk.cli import main

if __name__ == "__main__":
    sys.exit(main())
