"""Tools without product words: time, ids, the database, refusals, HTTP."""
