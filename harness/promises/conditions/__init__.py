"""
What a step can wait for or forbid: conditions, made by the functions here.

Belongs here: questions about the state at one moment, or about what came about since one event, with an answer that a
reader understands. Does not belong here: rules over a whole window; those are promises.
"""

from harness.promises.conditions.attachment import attached_twice, attached_with, detached, has_its_volumes, unclaimed
from harness.promises.conditions.binding import matched, passed_phases, refused_volume, shared_volume, went
from harness.promises.conditions.clients import (
    acknowledged_in_a_row,
    acknowledges,
    acknowledges_nothing,
    all_answer,
    enough_acknowledged,
    fewer_answering,
    refused_write,
    silent,
)
from harness.promises.conditions.combined import all_of, any_of, opposite
from harness.promises.conditions.disruption import budget_allows, budget_known
from harness.promises.conditions.dns import (
    leads_nowhere,
    leads_to,
    leads_to_ready,
    leads_to_selected,
    no_record,
    serves,
)
from harness.promises.conditions.expansion import attributes_changed, grown, holds, unchanging
from harness.promises.conditions.members import another_member, members_are, same_member
from harness.promises.conditions.objects import (
    claim_bound,
    claim_pending,
    gone,
    service_lists,
    still_exists,
    unbound,
    volume_phase,
)
from harness.promises.conditions.ordering import (
    created_in_order,
    deleted_in_order,
    replaced_together,
)
from harness.promises.conditions.outputs import printed, printed_among
from harness.promises.conditions.ownership import adopted, belongs, no_claim_left_behind, released
from harness.promises.conditions.pods import (
    held,
    is_ready,
    moved,
    not_ready,
    replaced,
    restarted,
    runs_version,
    scheduled_or_not,
    succeeded,
    supplanted,
    unprepared,
)
from harness.promises.conditions.replacements import (
    created_only,
    former_revision,
    new_revision,
    none_replaced,
    remade,
    unreplaced,
)
from harness.promises.conditions.replicas import (
    all_ready,
    at_least_ready,
    count,
    fewer_ready,
    only_ordinals,
    reported,
    rolled_out,
    settled,
    two_versions,
)
from harness.promises.conditions.requests import answered, refused_field
from harness.promises.conditions.services import answers_with, knows_itself, leads_to_service
from harness.promises.conditions.snapshots import found_what_was_there, made_from, snapshot_ready
from harness.promises.conditions.statefulsets import (
    condition_because,
    has_condition,
    names_revisions,
    reports,
    revisions,
)
from harness.promises.conditions.usage import (
    both_run,
    never_started,
    on_nodes,
    unmounted,
    unschedulable,
    unused,
    used,
    used_before,
)
from harness.promises.conditions.volumes import held_back_by_claim, offers
from harness.promises.conditions.workloads import crew_reads, crew_ready, workload_pods

__all__ = [
    "acknowledged_in_a_row",
    "acknowledges",
    "acknowledges_nothing",
    "adopted",
    "all_answer",
    "all_of",
    "all_ready",
    "another_member",
    "answered",
    "answers_with",
    "any_of",
    "at_least_ready",
    "attached_twice",
    "attached_with",
    "attributes_changed",
    "belongs",
    "both_run",
    "budget_allows",
    "budget_known",
    "claim_bound",
    "claim_pending",
    "condition_because",
    "count",
    "created_in_order",
    "created_only",
    "crew_reads",
    "crew_ready",
    "deleted_in_order",
    "detached",
    "enough_acknowledged",
    "fewer_answering",
    "fewer_ready",
    "former_revision",
    "found_what_was_there",
    "gone",
    "grown",
    "has_condition",
    "has_its_volumes",
    "held",
    "held_back_by_claim",
    "holds",
    "is_ready",
    "knows_itself",
    "leads_nowhere",
    "leads_to",
    "leads_to_ready",
    "leads_to_selected",
    "leads_to_service",
    "made_from",
    "matched",
    "members_are",
    "moved",
    "names_revisions",
    "never_started",
    "new_revision",
    "no_claim_left_behind",
    "no_record",
    "none_replaced",
    "not_ready",
    "offers",
    "on_nodes",
    "only_ordinals",
    "opposite",
    "passed_phases",
    "printed",
    "printed_among",
    "refused_field",
    "refused_volume",
    "refused_write",
    "released",
    "remade",
    "replaced",
    "replaced_together",
    "reported",
    "reports",
    "restarted",
    "revisions",
    "rolled_out",
    "runs_version",
    "same_member",
    "scheduled_or_not",
    "serves",
    "service_lists",
    "settled",
    "shared_volume",
    "silent",
    "snapshot_ready",
    "still_exists",
    "succeeded",
    "supplanted",
    "two_versions",
    "unbound",
    "unchanging",
    "unclaimed",
    "unmounted",
    "unprepared",
    "unreplaced",
    "unschedulable",
    "unused",
    "used",
    "used_before",
    "volume_phase",
    "went",
    "workload_pods",
]
