#!/bin/sh
# The network of a node, in the place of kind's own daemon, whose sources the Go module proxy does not have: tells
# containerd the addresses of this node's pods, and the kernel the way to the pods of every other node.
# It knows no network policies. kind's manifest gives it its variables, its rights and the folder of the node.
set -eu
account=/var/run/secrets/kubernetes.io/serviceaccount
settings=/etc/cni/net.d/10-kindnet.conflist

configure() {
  cat >"$settings.new" <<EOF
{"cniVersion": "1.0.0", "name": "kindnet", "plugins": [
  {"type": "ptp", "ipMasq": false, "ipam":
    {"type": "host-local", "dataDir": "/run/cni-ipam-state", "routes": [{"dst": "0.0.0.0/0"}], "ranges": [[{"subnet": "$1"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}
]}
EOF
  cmp -s "$settings.new" "$settings" || mv "$settings.new" "$settings"
}

# A node has no network for its pods before this runs, so the API server is asked at its own address.
kubectl --server="https://$CONTROL_PLANE_ENDPOINT" --certificate-authority="$account/ca.crt" --token="$(cat $account/token)" \
  get nodes --watch \
  -o jsonpath='{.spec.podCIDR}{" "}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}' |
  while read -r pods address; do
    if [ -z "$address" ]; then
      continue # the controller manager has given this node no addresses for its pods yet
    elif [ "$address" = "$HOST_IP" ]; then
      configure "$pods"
    else
      ip route replace "$pods" via "$address"
    fi
  done
