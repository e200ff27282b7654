"""Clusters whose nodes are containers of an engine (docker, podman, nerdctl): those of kind, minikube and k3d."""
