"""
What a person and a program get to read of a run.

Belongs here: rendering of results that others have reached. It decides nothing, and yields text; who prints it is the
plugin.
"""
