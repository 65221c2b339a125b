"""How the inputs of each kind are written, drawn and made simpler, whatever their labels."""
