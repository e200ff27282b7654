"""Names: where they lead, seen by a client of the cluster's DNS and from inside a pod."""

from __future__ import annotations

from collections.abc import Callable

from pytest_bdd import then

from harness.faults.commands import run_command
from harness.history.observation import ANSWER, OUTPUT, Observation
from harness.naming.names import full_name, srv_name
from harness.promises import conditions
from harness.promises.names import STALE_S
from harness.scenario.judge import Judge
from harness.scenario.place import Place
from harness.scenario.sandbox import Sandbox

from .parsing import sentence


def ask(sandbox: Sandbox, name: str, record_type: str = "A") -> Callable[[], object]:
    """Have the DNS asked for a full name; return what asks again."""
    sandbox.look(ANSWER, name, lambda place: place.ask(name, record_type))
    return lambda: sandbox.place.ask(name, record_type)


@then(sentence('within {span:Span} name "{name:Name}" leads to pod "{pod:Name}" alone'))
def name_leads_to_pod(span: float, name: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_to(full, pod), probe=again)


@then(sentence('for {span:Span} name "{name:Name}" leads to pod "{pod:Name}" alone'))
def name_keeps_leading_to_pod(span: float, name: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.throughout(span, conditions.leads_to(full, pod), probe=again)


@then(sentence('within {span:Span} name "{name:Name}" leads to a new pod "{pod:Name}"'))
def name_leads_to_new_pod(span: float, name: str, pod: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_to(full, pod, new=True), probe=again)


@then(sentence('within {span:Span} name "{name:Name}" leads nowhere'))
def name_leads_nowhere(span: float, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_nowhere(full), probe=again)


@then(sentence('for {span:Span} name "{name:Name}" leads nowhere'))
def name_keeps_leading_nowhere(span: float, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.throughout(span, conditions.leads_nowhere(full), probe=again)


@then(sentence('within {span:Span} name "{name:Name}" exists without an IPv6 address'))
def name_has_no_ipv6_address(span: float, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(name, harness_sandbox.namespace)
    again = ask(harness_sandbox, full, "AAAA")
    harness_judge.within(span, conditions.no_record(full, "AAAA"), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" leads to exactly the ready pods of "{name:Name}"'))
def name_leads_to_ready_pods(
    span: float, service: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    full = full_name(service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_to_ready(full, name), probe=again)


@then(sentence('within {span:Span} name "{service:Name}" leads to exactly the ready pods that it selects'))
def name_leads_to_selected_pods(span: float, service: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    full = full_name(service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full)
    harness_judge.within(span, conditions.leads_to_selected(full, service), probe=again)


@then(
    sentence(
        'within {span:Span} port "{port:Name}" of "{service:Name}" is served by exactly the ready pods of "{name:Name}"'
    )
)
def port_is_served_by_ready_pods(
    span: float, port: str, service: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    full = srv_name(port, service, harness_sandbox.namespace)
    again = ask(harness_sandbox, full, "SRV")
    harness_judge.within(span, conditions.serves(full, name), probe=again)


@then(sentence(f'at no time was a name of "{{name:Name}}" wrong for more than {STALE_S:.0f} seconds'))
def names_were_right(name: str, harness_judge: Judge) -> None:
    harness_judge.keeps("DNS identity", name, since=0)


@then(sentence('within {span:Span} pod "{asking:Name}" finds pod "{pod:Name}" by the name "{name:Name}"'))
def pod_finds_pod(
    span: float, asking: str, pod: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge
) -> None:
    def question(place: Place) -> Observation:
        return place.ask_inside(asking, name)

    harness_sandbox.look(ANSWER, name, question)
    harness_judge.within(span, conditions.leads_to(name, pod), probe=lambda: question(harness_sandbox.place))


@then(sentence('pod "{pod:Name}" calls itself "{name:Name}"'))
def pod_calls_itself(pod: str, name: str, harness_sandbox: Sandbox, harness_judge: Judge) -> None:
    harness_sandbox.look(OUTPUT, pod, lambda place: run_command(place, pod, ["hostname", "-f"], name=pod))
    harness_judge.shows(conditions.printed(pod, full_name(name, harness_sandbox.namespace)))
