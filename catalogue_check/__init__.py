"""The catalogue against the packages that it speaks of; see ``__main__``."""
