"""The tags that features may carry, and what each means; every one is registered as a pytest marker."""

__all__ = ["TAGS"]

TAGS = {
    "needs_containers": "containers must really run: data, exec, probes",
    "needs_three_nodes": "the cluster must have three nodes or more",
    "needs_dynamic_volumes": "a default storage class must make volumes on demand",
    "needs_csi": "volumes must be attached, expanded or copied by a CSI driver",
    "exclusive": "hurts its neighbours (nodes, control plane, cluster DNS): nothing else runs meanwhile",
    "slow": "takes more than a minute on a healthy cluster",
}
