"""The commands of the control plane: what each component is told, and no more than differs from its defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness.cluster.embedded.gates import spelled

__all__ = ["COMPONENTS", "NODE_GRACE_S", "ControlPlane"]

COMPONENTS = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler")

NODE_GRACE_S = 12
"""A node whose lease is this old is held for dead; four renewals long, so that a busy machine does not lose one."""

_INSIDE = "/mnt"
_PROVISIONER_FOLDER = "/tmp"  # noqa: S108 - the host-path provisioner makes its volumes there and nowhere else


@dataclass(frozen=True, slots=True)
class ControlPlane:
    """
    The control plane of one cluster.

    `data` is the cluster's folder with bin, pki and volumes; `address` is where the API server is reached, and
    `api_service` the address of the service `kubernetes` in the network `services`. `gates` are feature gates;
    `programs` is the folder, in `data`, with those of Kubernetes.
    """

    data: Path
    address: str
    api_port: int
    etcd_port: int
    peer_port: int
    services: str
    api_service: str
    real_nodes: bool
    gates: Mapping[str, bool] = field(default_factory=dict)
    programs: str = "bin"

    @property
    def server(self) -> str:
        """The URL of the API server."""
        return f"https://{self.address}:{self.api_port}"

    def etcd(self) -> list[str]:
        """Return etcd's command; nothing of a throw-away cluster needs to survive a power cut, so it never syncs."""
        client, peer = (f"https://127.0.0.1:{port}" for port in (self.etcd_port, self.peer_port))
        return [
            f"{self.data}/bin/etcd",
            f"--data-dir={self.data}/etcd",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            *(f"--{side}trusted-ca-file={self._key('ca.crt')}" for side in ("", "peer-")),
            *(f"--{side}cert-file={self._key('etcd.crt')}" for side in ("", "peer-")),
            *(f"--{side}key-file={self._key('etcd.key')}" for side in ("", "peer-")),
            "--client-cert-auth",
            "--peer-client-cert-auth",
            "--unsafe-no-fsync",
            "--log-level=warn",
        ]

    def kube_apiserver(self) -> list[str]:
        """Return the API server's command."""
        return [
            f"{self.data}/{self.programs}/kube-apiserver",
            f"--advertise-address={self.address}",
            f"--bind-address={self.address}",
            f"--secure-port={self.api_port}",
            f"--etcd-servers=https://127.0.0.1:{self.etcd_port}",
            f"--etcd-cafile={self._key('ca.crt')}",
            f"--etcd-certfile={self._key('etcd.crt')}",
            f"--etcd-keyfile={self._key('etcd.key')}",
            f"--client-ca-file={self._key('ca.crt')}",
            f"--tls-cert-file={self._key('kube-apiserver.crt')}",
            f"--tls-private-key-file={self._key('kube-apiserver.key')}",
            f"--kubelet-certificate-authority={self._key('ca.crt')}",
            f"--kubelet-client-certificate={self._key('kube-apiserver.crt')}",
            f"--kubelet-client-key={self._key('kube-apiserver.key')}",
            "--kubelet-preferred-address-types=InternalIP",
            "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
            f"--service-account-key-file={self._key('service-account.pub')}",
            f"--service-account-signing-key-file={self._key('service-account.key')}",
            f"--service-cluster-ip-range={self.services}",
            "--authorization-mode=Node,RBAC",
            "--enable-admission-plugins=NodeRestriction",
            "--allow-privileged=true",
            "--profiling=false",
            # The endpoint of the service `kubernetes` cannot be loopback, where a cluster of fake nodes lives.
            *([] if self.real_nodes else ["--endpoint-reconciler-type=none"]),
            *self._gates(),
        ]

    def kube_controller_manager(self, *, provision: bool) -> list[str]:
        """
        Return the controller manager's command.

        With `provision` it gets a mount namespace in which the provisioner's fixed folder is this cluster's own.
        """
        folder = _INSIDE if provision else self.data
        command = [
            f"{folder}/{self.programs}/kube-controller-manager",
            f"--kubeconfig={folder}/pki/kube-controller-manager.kubeconfig",
            f"--root-ca-file={folder}/pki/ca.crt",
            f"--service-account-private-key-file={folder}/pki/service-account.key",
            "--use-service-account-credentials=true",
            f"--enable-hostpath-provisioner={str(provision).lower()}",
            f"--pv-recycler-pod-template-filepath-hostpath={folder}/recycler.json",
            # By default it makes this folder below /usr, and calls whatever program lies in it.
            f"--flex-volume-plugin-dir={folder}/plugins",
            "--leader-elect=false",
            "--secure-port=0",
            # A claim that waits is looked at again only at this pace when a volume or a default class comes.
            "--pvclaimbinder-sync-period=1s",
            "--node-monitor-period=1s",
            f"--node-monitor-grace-period={NODE_GRACE_S}s",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            *self._gates(),
        ]
        if not provision:
            return command
        mounts = f'mount --bind "$1" {_INSIDE} && mount --bind {_INSIDE}/volumes {_PROVISIONER_FOLDER}'
        user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        enter = ["unshare", *user, "--mount", "sh", "-c", f'{mounts} && shift && exec "$@"', "sh", str(self.data)]
        return [*enter, *command]

    def kube_scheduler(self) -> list[str]:
        """Return the scheduler's command."""
        return [
            f"{self.data}/{self.programs}/kube-scheduler",
            f"--kubeconfig={self.data}/pki/kube-scheduler.kubeconfig",
            "--leader-elect=false",
            "--secure-port=0",
            "--kube-api-qps=200",
            "--kube-api-burst=400",
            *self._gates(),
        ]

    def write_recycler(self, image: str) -> None:
        """Write the pod that empties a volume whose policy is Recycle, made of an image that the cluster has."""
        scrub = 'find /scrub -mindepth 1 -maxdepth 1 -exec rm -rf {} + && test -z "$(ls -A /scrub)"'
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "pv-recycler", "namespace": "default"},
            "spec": {
                "restartPolicy": "Never",
                "volumes": [{"name": "vol", "hostPath": {"path": "/replaced/by/the/controller"}}],
                "containers": [
                    {
                        "name": "pv-recycler",
                        "image": image,
                        "imagePullPolicy": "IfNotPresent",
                        "command": ["sh", "-c", scrub],
                        "volumeMounts": [{"name": "vol", "mountPath": "/scrub"}],
                    }
                ],
            },
        }
        (self.data / "recycler.json").write_text(json.dumps(pod))

    def _gates(self) -> list[str]:
        return [f"--feature-gates={spelled(self.gates)}"] if self.gates else []

    def _key(self, file: str) -> str:
        return f"{self.data}/pki/{file}"
