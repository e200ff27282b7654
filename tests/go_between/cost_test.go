package main

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"
)

// What the go-between adds: the same request, straight and through it, one after another over HTTP/2 and TLS.
func BenchmarkStraight(b *testing.B) { measure(b, false) }
func BenchmarkBetween(b *testing.B)  { measure(b, true) }

func measure(b *testing.B, through bool) {
	body := make([]byte, 4096)
	answer := func(answer http.ResponseWriter, _ *http.Request) { _, _ = answer.Write(body) }
	server := httptest.NewUnstartedServer(http.HandlerFunc(answer))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	if through {
		between := httptest.NewUnstartedServer(&goBetween{
			rules: newRules(), server: must(url.Parse(server.URL)), anonymous: server.Client().Transport,
		})
		between.EnableHTTP2 = true
		between.StartTLS()
		defer between.Close()
		server = between
	}
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		got := must(server.Client().Get(server.URL + "/api/v1/namespaces/here/pods/a"))
		_ = got.Body.Close()
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
