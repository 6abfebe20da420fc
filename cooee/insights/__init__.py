"""What the operator learns of how it is here: what people thought, with the figures of what they heard beside it."""
