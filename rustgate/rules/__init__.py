"""Rule pages, the catalogue and packs."""
