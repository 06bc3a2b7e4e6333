"""`python -m rustgate`."""

from rustgate.cli import main

if __name__ == "__main__":
    main()
