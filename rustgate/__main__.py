"""Entry point of `python -m rustgate`."""

import os
import sys

if sys.path[:1] in ([""], [os.getcwd()]):
    del sys.path[0]  # a `click.py` in the checked folder must not be imported instead of the library

from rustgate.cli import main

if __name__ == "__main__":
    main()
