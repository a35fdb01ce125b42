"""Facts and catalogue → meaning: what a path is, what a call reaches, where code runs."""
