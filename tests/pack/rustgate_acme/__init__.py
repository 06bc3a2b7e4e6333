"""Rules of a company that does not exist; the pages lie beside this file."""
