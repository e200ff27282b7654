"""What the credentials may not do is told before the first scenario, with the rule that would allow it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.cluster.rights import RULES, lacking, manifests, refuse_lack
from harness.errors import EnvironmentUnfit
from harness.kube.api import Api
from tests.fakes.apiserver import FakeServer, status

REVIEWS = "/apis/authorization.k8s.io/v1/selfsubject"
EVERYTHING = [{"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"]}]


def grant(server: FakeServer, listed: list[dict[str, Any]], *allowed: tuple[str, str]) -> None:
    """Let the server list these rules, and say yes of these other pairs of verb and resource."""

    def access(call: Any) -> tuple[int, Any]:
        wanted = call.body["spec"]["resourceAttributes"]
        resource = "/".join(filter(None, (wanted["resource"], wanted["subresource"])))
        return 201, {"status": {"allowed": (wanted["verb"], resource) in allowed}}

    server.answers["POST", f"{REVIEWS}rulesreviews"] = lambda _call: (201, {"status": {"resourceRules": listed}})
    server.answers["POST", f"{REVIEWS}accessreviews"] = access


def granted() -> list[dict[str, Any]]:
    """Return the rules of the role that `statefulspec rbac` prints, read from what it prints."""
    documents = YAML(typ="safe", pure=True).load_all("\n".join(manifests("ns/runner")))
    (role,) = [one for one in documents if one["kind"] == "ClusterRole"]
    rules: list[dict[str, Any]] = role["rules"]
    return rules


@pytest.mark.parametrize("listed", [pytest.param(EVERYTHING, id="everything"), pytest.param(granted(), id="our role")])
def test_who_has_all_rights_costs_one_request(server: FakeServer, api: Api, listed: list[dict[str, Any]]) -> None:
    grant(server, listed)
    assert lacking(api) == []
    assert len(server.calls) == 1


@pytest.mark.row(14)
def test_each_missing_right_is_named_with_its_rule(server: FakeServer, api: Api) -> None:
    """Not those that something else than RBAC allows, nor those of a rule that holds for some names only."""
    listed = [rule for rule in granted() if "pods/exec" not in rule["resources"]]
    listed.append({"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["*"], "resourceNames": ["one"]})
    grant(server, listed, ("get", "pods/exec"))
    lack = lacking(api)
    assert [str(rule) for rule in lack] == ['{apiGroups: [""], resources: [pods/exec], verbs: [create]}']
    refuse_lack(lack, "context kind-dev")


@pytest.mark.row(14)
def test_credentials_with_which_no_scenario_can_run_are_refused_with_the_rules(server: FakeServer, api: Api) -> None:
    grant(server, [rule for rule in granted() if rule["apiGroups"] != ["apps"]])
    with pytest.raises(EnvironmentUnfit) as refused:
        refuse_lack(lacking(api), "context kind-dev")
    verbs = "get, list, watch, create, patch, delete"
    assert str(refused.value).splitlines() == [
        "the credentials of context kind-dev lack what every scenario needs",
        "  expected: a role with these rules as well, bound in the whole cluster",
        f'  observed: - {{apiGroups: ["apps"], resources: [statefulsets], verbs: [{verbs}]}}',
        '            - {apiGroups: ["apps"], resources: [controllerrevisions], verbs: [list, watch]}',
        "  look at:  statefulspec rbac",
        "  look at:  kubectl auth can-i --list",
    ]


def test_nothing_is_said_where_the_server_may_not_be_asked(server: FakeServer, api: Api) -> None:
    refused = (403, status(403, "Forbidden", 'cannot create resource "selfsubjectrulesreviews"'))
    server.answers["POST", f"{REVIEWS}rulesreviews"] = lambda _call: refused
    assert lacking(api) == []


def test_the_role_in_the_repository_is_the_one_that_is_printed() -> None:
    printed = "\n".join(manifests("statefulspec/runner")) + "\n"
    assert (Path(__file__).parents[2] / "ci" / "rbac" / "cluster.yaml").read_text() == printed


def test_no_right_is_asked_for_twice() -> None:
    pairs = [(rule.group, resource, verb) for rule in RULES for resource in rule.resources for verb in rule.verbs]
    assert len(pairs) == len(set(pairs))
