"""
The vocabulary of the features: one module per domain word.

Belongs here: sentences, each of which is parsed, makes one call and returns or raises. Does not belong here: waiting,
judging, requests; facts kept from one step to the next (the recorded history holds them all).
"""
