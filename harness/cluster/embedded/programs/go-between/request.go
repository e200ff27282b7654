package main

import (
	"net/http"
	"slices"
	"strings"
)

// A request is what the API server's conventions say of a path and its query.
type request struct {
	verb, resource, namespace, name, subresource string
}

var writes = []string{"create", "update", "patch", "delete", "deletecollection"}

func (r request) isWrite() bool { return slices.Contains(writes, r.verb) }

// read returns what is asked for; a path of another kind, such as /healthz, has no resource.
func read(asked *http.Request) request {
	parts := strings.Split(strings.Trim(asked.URL.Path, "/"), "/")
	switch {
	case len(parts) > 2 && parts[0] == "api":
		parts = parts[2:]
	case len(parts) > 3 && parts[0] == "apis":
		parts = parts[3:]
	default:
		return request{verb: strings.ToLower(asked.Method)}
	}
	found := request{}
	if parts[0] == "namespaces" && len(parts) > 2 {
		found.namespace, parts = parts[1], parts[2:]
	}
	found.resource = parts[0]
	if len(parts) > 1 {
		found.name = parts[1]
	}
	if len(parts) > 2 {
		found.subresource = parts[2]
	}
	found.verb = verb(asked, found.name != "")
	return found
}

func verb(asked *http.Request, named bool) string {
	switch asked.Method {
	case http.MethodGet:
		if watch := asked.URL.Query().Get("watch"); watch == "true" || watch == "1" {
			return "watch"
		}
		if named {
			return "get"
		}
		return "list"
	case http.MethodPost:
		return "create"
	case http.MethodPut:
		return "update"
	case http.MethodDelete:
		if !named {
			return "deletecollection"
		}
		return "delete"
	}
	return strings.ToLower(asked.Method)
}
