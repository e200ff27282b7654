#!/usr/bin/env bash
# k8s.io/apimachinery (what kubectl splits manifests with): the document between a line `...` and the next line `---` is
# dropped without a word. In YAML `...` ends a document, and another one may begin after it.
# Needs Go 1.26; the go command's usual caches are used.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >go.mod <<'MOD'
module finding

go 1.26

require k8s.io/apimachinery v0.36.3
MOD
cat >main.go <<'GO'
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/util/yaml"
)

// kinds returns the kinds of the objects that are read, and how the reading ended.
func kinds(text string) string {
	var found []string
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(text), 4096)
	for {
		var object struct{ Kind string }
		if err := decoder.Decode(&object); errors.Is(err, io.EOF) {
			return strings.Join(found, " ")
		} else if err != nil {
			return err.Error()
		}
		found = append(found, object.Kind)
	}
}

func main() {
	dots := kinds("kind: Service\n...\nkind: StatefulSet\n---\nkind: ConfigMap\n")
	dashes := kinds("kind: Service\n---\nkind: StatefulSet\n---\nkind: ConfigMap\n")
	fmt.Println("k8s.io/apimachinery v0.36.3")
	fmt.Println("guess: three objects, or an error that names the line")
	fmt.Println("seen:  Service, `...`, StatefulSet, `---`, ConfigMap are read as:", dots)
	fmt.Println("seen:  the same with `---` twice:", dashes)
	if dots != "Service ConfigMap" || dashes != "Service StatefulSet ConfigMap" {
		fmt.Println("another behaviour than before")
		os.Exit(1)
	}
}
GO
GOFLAGS=-mod=mod GOTOOLCHAIN=local go run .
