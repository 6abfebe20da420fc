"""Recognisers of speech, in processes of their own: what becomes of them harms nobody's sound."""
