"""What a raw Service says about itself, what a DNS name is about, and why a name that was asked for is not there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harness.history.history import History
from harness.model import Object
from harness.promises.pods import addresses, describe, healthy

__all__ = [
    "Name",
    "headless",
    "namespace_of",
    "own_addresses",
    "publishes_unready",
    "read_name",
    "selects",
    "target",
    "why_missing",
]


@dataclass(frozen=True, slots=True)
class Name:
    """A name in the namespace of a history: of a service, or of a `host` in it; `port` is that of SRV records."""

    service: str
    host: str = ""
    port: str = ""


def read_name(history: History, text: str) -> Name | None:
    """
    Return what a name is about, in whatever form it was asked for; None for one of another namespace, or of no service.

    Known are `SERVICE`, `SERVICE.NAMESPACE`, `….svc` and `….svc.DOMAIN`, each with `HOST.` or `_PORT._PROTOCOL.` before
    it, the last one with or without a final dot. Any other with a final dot is in no namespace.
    """
    labels, port = text.lower().rstrip(".").split("."), ""
    if text.endswith(".") and "svc" not in labels[2:-1]:
        return None
    while len(labels) > 1 and labels[0].startswith("_"):
        port, labels = port or labels[0].removeprefix("_"), labels[1:]
    own = _in_namespace(history, labels)
    return Name(own[-1], own[0] if len(own) > 1 else "", port) if 0 < len(own) < 3 else None


def _in_namespace(history: History, labels: list[str]) -> list[str]:
    """Return the labels before those of the namespace and the domain; none for another namespace."""
    namespace = namespace_of(history)
    zone = max((number for number, label in enumerate(labels) if label == "svc" and number > 1), default=0)
    if zone:
        return labels[: zone - 1] if namespace in ("", labels[zone - 1]) else []
    if len(labels) == 3:
        return labels[:2] if namespace in ("", labels[2]) else []
    if len(labels) == 2 and not _names_a_host(history, *labels):
        there = history.incarnations("Service", labels[1])
        return (
            labels[:1]
            if labels[1] == namespace or (not there and history.incarnations("Service", labels[0]))
            else labels
        )
    return labels


def _names_a_host(history: History, host: str, service: str) -> bool:
    """Return whether there ever was a pod with this name in this service: a resolver looks for that first."""
    specs = (life.first.data["spec"] for life in history.incarnations("Pod"))
    return any((spec.get("hostname"), spec.get("subdomain")) == (host, service) for spec in specs)


def namespace_of(history: History) -> str:
    """Return the namespace that the record is of; empty where no object tells."""
    seen = (one for kind in ("Pod", "StatefulSet", "Service") for one in history.of(kind) if one.is_state)
    return next((str(one.data["metadata"]["namespace"]) for one in seen if one.data["metadata"].get("namespace")), "")


def headless(service: Object) -> bool:
    """Whether the service's name leads to its pods: it has no address of its own, and is no other name of something."""
    spec = service["spec"]
    return bool(spec.get("clusterIP") == "None" and spec.get("type") != "ExternalName")


def own_addresses(service: Object) -> tuple[str, ...]:
    """Return the addresses that the service has of its own, of both families."""
    spec = service["spec"]
    told = spec.get("clusterIPs") or [spec.get("clusterIP")]
    return tuple(str(address) for address in told if address and address != "None")


def publishes_unready(service: Object) -> bool:
    """Whether the service lists pods that are not ready, too."""
    return bool(service["spec"].get("publishNotReadyAddresses"))


def selects(service: Object, pod: Object) -> bool:
    """Whether the service selects the pod by its labels; a service without a selector selects none."""
    selector = service["spec"].get("selector") or {}
    labels: Mapping[str, str] = pod["metadata"].get("labels") or {}
    return len(selector) > 0 and all(labels.get(key) == value for key, value in selector.items())


def target(pod: Object, service: str) -> tuple[str, ...]:
    """Return how the SRV records of a service call a pod: by its hostname in its own service, else by its addresses."""
    spec = pod["spec"]
    if spec.get("hostname") and spec.get("subdomain") == service:
        return (str(spec["hostname"]),)
    return tuple(address.replace(".", "-").replace(":", "-") for address in addresses(pod))


def why_missing(history: History, text: str) -> str:
    """Return why a name leads to no pod at the end of a history, in words; empty where the record does not say it."""
    name = read_name(history, text)
    if name is None:
        return ""
    return _why_no_host(history, name) if name.host else _why_no_service(history, name)


def _why_no_host(history: History, name: Name) -> str:
    alive = history.alive("Pod").values()
    pod = next((life.last.data for life in alive if _hostname(life.last.data) == name.host), None)
    if pod is None:
        return ""
    governing = str(pod["spec"].get("subdomain") or "")
    there = history.current("Service", governing)
    if not governing or not pod["spec"].get("hostname"):
        return f"{name.host} has no name in any service: its set names none, or it lacks a hostname or a subdomain"
    if governing != name.service:
        missing = "" if there else ", and there is no such service"
        return f'service "{governing}" gives {name.host} its name{missing}; "{name.service}" does not'
    if there is None:
        return f'there is no service "{governing}", which is to give {name.host} its name{_instead(history, pod)}'
    return _why_not_through(there, pod, name.host)


def _why_not_through(service: Object, pod: Object, host: str) -> str:
    own, selector = _own(service), service["spec"].get("selector") or {}
    if selector and not selects(service, pod):
        labels = pod["metadata"].get("labels") or {}
        has = {key: labels.get(key, "no such label") for key in selector}
        return f"{own} selects {_spell(selector)}, and {host} has {_spell(has)}"
    if headless(service) and selector and not healthy(pod) and not publishes_unready(service):
        return f"{host} is {describe(pod)}, and {own} lists no pod that is not ready"
    return _why_no_pods(service)


def _why_no_service(history: History, name: Name) -> str:
    service = history.current("Service", name.service)
    if service is None:
        there = ", ".join(f'"{other}"' for other in history.alive("Service")) or "none"
        return f'there is no service "{name.service}" (there are: {there})'
    own, selector = _own(service), service["spec"].get("selector") or {}
    ports = [str(port.get("name") or "one without a name") for port in service["spec"].get("ports") or []]
    if name.port and name.port not in ports:
        return f'{own} has no port of the name "{name.port}" (it has: {", ".join(ports) or "none"})'
    pods = [life.last.data for life in history.alive("Pod").values()]
    chosen = [pod for pod in pods if selects(service, pod)]
    if selector and not chosen:
        return f"{own} selects {_spell(selector)}, and no pod has that"
    if headless(service) and chosen and not publishes_unready(service) and not any(map(healthy, chosen)):
        told = ", ".join(f"{pod['metadata']['name']} is {describe(pod)}" for pod in chosen)
        return f"none of the pods that {own} selects is ready: {told}"
    return _why_no_pods(service)


def _why_no_pods(service: Object) -> str:
    own, spec = _own(service), service["spec"]
    if spec.get("type") == "ExternalName":
        return f"{own} is another name of {spec.get('externalName')}"
    if not headless(service):
        return f"{own} is not headless: it has an address of its own, {', '.join(own_addresses(service))}"
    return "" if spec.get("selector") else f"{own} has no selector, so that it finds no pods by itself"


def _own(service: Object) -> str:
    return f'service "{service["metadata"]["name"]}"'


def _instead(history: History, pod: Object) -> str:
    others = [f'"{name}"' for name, life in history.alive("Service").items() if selects(life.last.data, pod)]
    return f"; it is selected by {', '.join(others)}" if others else ""


def _hostname(pod: Object) -> str:
    return str(pod["spec"].get("hostname") or pod["metadata"]["name"])


def _spell(labels: Mapping[str, str]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))
