#!/usr/bin/env bash
# sigs.k8s.io/yaml (what kubectl reads manifests with): a key that is merged in with `<<` replaces the mapping's own key
# where `<<` stands after it. The YAML merge type lets the mapping's own key win wherever it stands.
# Needs Go 1.26; the go command's usual caches are used.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding

go 1.26

require sigs.k8s.io/yaml v1.6.0
MOD
cat >main.go <<'GO'
package main

import (
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

func read(text string) string {
	json, err := yaml.YAMLToJSON([]byte(text))
	if err != nil {
		return err.Error()
	}
	return string(json)
}

func main() {
	usual := "usual: &usual {cpu: 100m}\n"
	first := read(usual + "requests: {<<: *usual, cpu: 250m}\n")
	last := read(usual + "requests: {cpu: 250m, <<: *usual}\n")
	fmt.Println("sigs.k8s.io/yaml v1.6.0")
	fmt.Println("guess: cpu is 250m, the mapping's own, in both orders")
	fmt.Println("seen:  `<<` first: ", first)
	fmt.Println("seen:  `<<` last:  ", last)
	if first != `{"requests":{"cpu":"250m"},"usual":{"cpu":"100m"}}` ||
		last != `{"requests":{"cpu":"100m"},"usual":{"cpu":"100m"}}` {
		fmt.Println("another behaviour than before")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod GOTOOLCHAIN=local go run .
