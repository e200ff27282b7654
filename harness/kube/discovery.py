"""Where the server serves which kind: the kinds the harness knows by name, and what the server says of the others."""

from __future__ import annotations

from harness.errors import NotFound
from harness.kube.connection import Connection
from harness.kube.refusal import Request
from harness.model import KINDS, Kind

__all__ = ["Discovery"]


class Discovery:
    """Answers from memory where it can; a kind that is not there is looked up anew, since a CRD may have brought it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known = {(kind.api_version, kind.name): kind for kind in KINDS.values()}

    def kind(self, api_version: str, name: str) -> Kind:
        """Return where the server serves a kind; NotFound where it serves no such kind in this version."""
        if (api_version, name) not in self._known:
            self._known |= {(kind.api_version, kind.name): kind for kind in self._served(api_version)}
        try:
            return self._known[api_version, name]
        except KeyError:
            text = f"the server has {api_version} but no {name} in it"
            raise NotFound(text, verb="find", resource=f"kind {name}", name=f"of {api_version}") from None

    def kinds(self, *verbs: str) -> list[Kind]:
        """
        Return every kind that the server serves with all these verbs, each once, in the version that it prefers.

        A group whose own server does not answer raises Unreachable.
        """
        request = Request("find", "kinds", name="of all groups")
        groups = self._connection.ask_object(request, "GET", "/apis").get("groups") or ()
        versions = ["v1"]
        for group in groups:
            preferred = str(group["preferredVersion"]["groupVersion"])
            versions += [preferred, *(each["groupVersion"] for each in group["versions"])]
        found: dict[tuple[str, str], Kind] = {}
        for version in dict.fromkeys(versions):
            for kind in self._served(version, *verbs):
                found.setdefault((kind.group, kind.plural), kind)
        return list(found.values())

    def _served(self, api_version: str, *verbs: str) -> list[Kind]:
        request = Request("find", "kinds", name=f"of {api_version}")
        path = f"/{'apis' if '/' in api_version else 'api'}/{api_version}"
        resources = self._connection.ask_object(request, "GET", path).get("resources") or ()
        return [
            Kind(resource["kind"], api_version, resource["name"], bool(resource["namespaced"]))
            for resource in resources
            if "/" not in resource["name"] and set(verbs) <= set(resource.get("verbs") or ())
        ]
