"""What does it look like? Maps that need nothing from outside."""
