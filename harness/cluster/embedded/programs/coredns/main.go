// CoreDNS with the plugins that a cluster's DNS needs, those of kubeadm's Corefile and bind: upstream's own main has
// also those that ask cloud providers, which are most of what it takes to build.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/loadbalance"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/loop"
	_ "github.com/coredns/coredns/plugin/metrics"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
)

// In the order of upstream's plugin.cfg, which is the order in which a query passes them.
var plugins = []string{
	"reload", "bind", "health", "ready", "prometheus", "errors", "log", "cache", "loadbalance", "loop", "kubernetes",
	"forward",
}

func init() { dnsserver.Directives = append(plugins, "startup", "shutdown") }

func main() { coremain.Run() }
