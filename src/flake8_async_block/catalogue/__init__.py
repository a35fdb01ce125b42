"""What async-block knows about the outside world: blocking APIs, types, frameworks."""
