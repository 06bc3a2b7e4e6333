"""Rule pages, the catalogue of rules, and packs."""
