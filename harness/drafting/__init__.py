"""
Features drafted from an application's own manifests: which promises apply to it, and the sentences that ask for them.

Belongs here: what the manifests say, which promises follow from that and which do not and why, bounds, advice. Does
not belong here: playing them (a drafted feature is played as any other), sentences of its own.
"""
