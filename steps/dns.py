"""Names and services: what they resolve to, for a client of the cluster's DNS and from inside a pod."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from pytest_bdd import given, then, when

from harness.actions.commands import run_command
from harness.history.observation import ANSWER, OUTPUT, Observation
from harness.manifests.editing import with_service
from harness.model import Since, TimeWord
from harness.naming.dns_names import full_name, reverse_name, srv_name
from harness.promises import conditions
from harness.promises.dns import dns_identity
from harness.promises.leaving import leaves_its_services
from harness.promises.pods import addresses
from harness.scenario.judge import Judge
from harness.scenario.namespace import ScenarioNamespace
from harness.scenario.scenario_actions import ScenarioActions

from .parsing import sentence

RESOLVER_FILE = "/etc/resolv.conf"
OWN_SERVICE = "kubernetes.default"


def ask(actions: ScenarioActions, name: str, record_type: str = "A") -> Callable[[], object]:
    """Have the DNS asked for a full name; return what asks again."""
    actions.query(ANSWER, name, lambda scenario: scenario.ask(name, record_type))
    return lambda: actions.scenario.ask(name, record_type)


@given(sentence('service "{service:Name}" selects the pods of "{name:Name}"'))
def service_selects(service: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.apply(service)
    harness_judge.awaits(conditions.service_lists(service, name))


@given(sentence('service "{service:Name}" is an external name for "{elsewhere:Name}"'))
@when(sentence('service "{service:Name}" becomes an external name for "{elsewhere:Name}"'))
def service_is_external(service: str, elsewhere: str, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(service, with_service(service, type="ExternalName", externalName=elsewhere))


@when(sentence('service "{service:Name}" gets a cluster IP'))
def service_gets_cluster_ip(service: str, harness_actions: ScenarioActions) -> None:
    harness_actions.apply(service, with_service(service, type="ClusterIP", ports=[{"name": "web", "port": 80}]))


@then(sentence('{time:Time} name "{name:Name}" resolves to pod "{pod:Name}" alone'))
def name_resolves_to_pod(
    time: TimeWord, name: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(name, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.holds(time, conditions.leads_to(full, pod), probe=again)


@then(sentence('within {span:Span} name "{name:Name}" resolves to a new pod "{pod:Name}"'))
def name_resolves_to_new_pod(
    span: float, name: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(name, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.within(span, conditions.leads_to(full, pod, new=True), probe=again)


@then(sentence('{time:Time} name "{name:Name}" does not resolve'))
def name_does_not_resolve(time: TimeWord, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    full = full_name(name, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.holds(time, conditions.leads_nowhere(full), probe=again)


@then(sentence('within {span:Span} name "{name:Name}" exists without an IPv6 address'))
def name_has_no_ipv6_address(span: float, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    full = full_name(name, harness_actions.namespace)
    again = ask(harness_actions, full, "AAAA")
    harness_judge.within(span, conditions.no_record(full, "AAAA"), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" resolves to exactly the ready pods of "{name:Name}"'))
def name_resolves_to_ready_pods(
    span: float, service: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(service, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.within(span, conditions.leads_to_ready(full, name), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" resolves to exactly the ready pods that it selects'))
def name_resolves_to_selected_pods(
    span: float, service: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(service, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.within(span, conditions.leads_to_selected(full, service), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" resolves to the cluster IP of the service'))
def name_resolves_to_cluster_ip(
    span: float, service: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(service, harness_actions.namespace)
    again = ask(harness_actions, full)
    harness_judge.within(span, conditions.leads_to_service(full, service), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" is an alias of "{elsewhere:Name}"'))
def name_is_alias(
    span: float, service: str, elsewhere: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = full_name(service, harness_actions.namespace)
    again = ask(harness_actions, full, "CNAME")
    harness_judge.within(span, conditions.answers_with(full, "CNAME", [elsewhere]), probe=again)


@then(
    sentence(
        'within {span:Span} port "{port:Name}" of "{service:Name}" resolves to exactly the ready pods of "{name:Name}"'
    )
)
def port_resolves_to_ready_pods(
    span: float, port: str, service: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = srv_name(port, service, harness_actions.namespace)
    again = ask(harness_actions, full, "SRV")
    harness_judge.within(span, conditions.serves(full, name), probe=again)


@then(sentence('within {span:Span} port "{port:Name}" of "{service:Name}" resolves to the name of the service'))
def port_resolves_to_service(
    span: float, port: str, service: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    full = srv_name(port, service, harness_actions.namespace)
    again = ask(harness_actions, full, "SRV")
    targets = [full_name(service, harness_actions.namespace)]
    harness_judge.within(span, conditions.answers_with(full, "SRV", targets), probe=again)


@then(sentence('within {span:Span} the address of pod "{pod:Name}" resolves back to "{name:Name}"'))
def address_resolves_back(
    span: float, pod: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    reverse = reverse_name(addresses(harness_actions.latest("Pod", pod))[0])
    again = ask(harness_actions, reverse, "PTR")
    wanted = [full_name(name, harness_actions.namespace)]
    harness_judge.within(span, conditions.answers_with(reverse, "PTR", wanted), probe=again)


@then(sentence('at no time {since:Since} was a name of "{name:Name}" wrong for more than {span:Span}'))
def names_were_right(since: Since, name: str, span: float, harness_judge: Judge) -> None:
    harness_judge.keeps(dns_identity, name, since=since, allowed_s=span)


@then(
    sentence(
        'at no time {since:Since} did a name lead to a pod of "{name:Name}" more than {span:Span} after its deletion'
    )
)
def names_led_past_leaving_pods(since: Since, name: str, span: float, harness_judge: Judge) -> None:
    harness_judge.keeps(leaves_its_services, name, since=since, allowed_s=span)


@then(sentence('within {span:Span} pod "{asking:Name}" resolves "{name:Name}" to pod "{pod:Name}"'))
def pod_resolves_name(
    span: float, asking: str, name: str, pod: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    def question(scenario: ScenarioNamespace) -> Observation:
        return scenario.ask_inside(asking, name)

    harness_actions.query(ANSWER, name, question)
    harness_judge.within(span, conditions.leads_to(name, pod), probe=lambda: question(harness_actions.scenario))


@then(
    sentence(
        'within {span:Span} pod "{pod:Name}" resolves each form of "{service:Name}" to the ready pods of "{name:Name}"'
    )
)
def pod_resolves_service(
    span: float, pod: str, service: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge
) -> None:
    namespace = harness_actions.namespace
    forms = (service, f"{service}.{namespace}", f"{service}.{namespace}.svc", full_name(service, namespace))
    for form in forms:
        harness_actions.query(ANSWER, form, partial(ScenarioNamespace.ask_inside, pod=pod, name=form))
    found = conditions.all_of(*(conditions.leads_to_ready(form, name) for form in forms))
    harness_judge.within(span, found, probe=lambda: [harness_actions.scenario.ask_inside(pod, form) for form in forms])


@then(sentence('pod "{pod:Name}" resolves each form of the API server\'s name'))
def pod_resolves_api_server(pod: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    asked = partial(run_command, pod=pod, argv=["sh", "-c", "echo $KUBERNETES_SERVICE_HOST"], name=f"{pod}:host")
    address = str(harness_actions.query(OUTPUT, f"{pod}:host", asked).data["stdout"]).strip()
    forms = (OWN_SERVICE, f"{OWN_SERVICE}.svc", full_name("kubernetes", "default"))
    for form in forms:
        harness_actions.query(ANSWER, form, partial(ScenarioNamespace.ask_inside, pod=pod, name=form))
    harness_judge.shows(conditions.all_of(*(conditions.answers_with(form, "A", [address]) for form in forms)))
    ask(harness_actions, forms[-1])
    harness_judge.shows(conditions.answers_with(forms[-1], "A", [address]))


@then(sentence('pod "{pod:Name}" resolves its own name and "{name:Name}" to its own address'))
def pod_resolves_itself(pod: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    names = (pod, full_name(name, harness_actions.namespace))
    for form in names:
        harness_actions.query(ANSWER, form, partial(ScenarioNamespace.ask_inside, pod=pod, name=form))
    harness_judge.shows(conditions.all_of(*(conditions.knows_itself(form, pod) for form in names)))


@then(sentence('pod "{pod:Name}" has the host name "{name:Name}"'))
def pod_has_host_name(pod: str, name: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    harness_actions.query(OUTPUT, pod, lambda scenario: run_command(scenario, pod, ["hostname", "-f"], name=pod))
    harness_judge.shows(conditions.printed(pod, full_name(name, harness_actions.namespace)))


@then(sentence('pod "{pod:Name}" uses name server "{server:Name}"'))
def pod_uses_name_server(pod: str, server: str, harness_actions: ScenarioActions, harness_judge: Judge) -> None:
    output = f"{pod}:{RESOLVER_FILE}"
    harness_actions.query(OUTPUT, output, partial(run_command, pod=pod, argv=["cat", RESOLVER_FILE], name=output))
    harness_judge.shows(conditions.printed_among(output, f"nameserver {server}"))
