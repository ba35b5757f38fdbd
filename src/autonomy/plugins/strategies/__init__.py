"""How a chain of attempts goes on."""
