"""The nouns of async-block: frozen plain data that every layer may hold and none owns."""
