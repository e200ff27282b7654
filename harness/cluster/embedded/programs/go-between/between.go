package main

import (
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"
)

// A goBetween passes on what a program asks, and what it is answered. `user` is who the program's certificate says.
type goBetween struct {
	rules     *rules
	server    *url.URL
	user      string
	certified http.RoundTripper
	anonymous http.RoundTripper
}

func (b *goBetween) ServeHTTP(answer http.ResponseWriter, asked *http.Request) {
	way, problem := b.way(asked)
	if problem != "" {
		refuse(answer, http.StatusForbidden, problem)
		return
	}
	what := read(asked)
	decisive, counting := b.rules.meet(what)
	if len(counting) > 0 {
		defer b.rules.ended(counting)
	}
	if decisive != nil && b.decide(decisive, answer, asked, way) {
		return
	}
	if version := b.rules.frozenAt(what.resource); version != "" && b.asOf(version, what, answer, asked) {
		return
	}
	if what.verb == "watch" {
		b.watch(what.resource, answer, asked, way)
		return
	}
	b.pass(way).ServeHTTP(answer, asked)
}

// way returns the connections that make the server see who connects to us, or why there are none.
func (b *goBetween) way(asked *http.Request) (http.RoundTripper, string) {
	if asked.Header.Get("Authorization") != "" || len(asked.TLS.PeerCertificates) == 0 {
		return b.anonymous, ""
	}
	if name := asked.TLS.PeerCertificates[0].Subject.CommonName; b.certified == nil || name != b.user {
		return nil, fmt.Sprintf("the go-between of %q does not speak for %q", b.user, name)
	}
	return b.certified, ""
}

// decide does what a rule says of one request, and returns whether that was its answer.
func (b *goBetween) decide(rule *rule, answer http.ResponseWriter, asked *http.Request, way http.RoundTripper) bool {
	switch rule.Do {
	case "slow":
		select {
		case <-time.After(time.Duration(rule.Seconds * float64(time.Second))):
		case <-rule.withdrawn:
		case <-asked.Context().Done():
			panic(http.ErrAbortHandler)
		}
	case "stop":
		rule.wait(asked.Context())
		panic(http.ErrAbortHandler)
	case "late":
		if took, err := way.RoundTrip(b.outgoing(asked)); err == nil {
			_, _ = io.Copy(io.Discard, took.Body)
			took.Body.Close()
		}
		refuse(answer, http.StatusGatewayTimeout, "the answer was lost")
		return true
	case "fail":
		if rule.Code == 0 {
			rule.wait(asked.Context())
			panic(http.ErrAbortHandler)
		}
		refuse(answer, rule.Code, "refused on purpose by the go-between")
		return true
	}
	return false
}

// asOf has a list told as it was at a version. A watch that begins with a list cannot be: who asks for one is told so,
// and asks for a list.
func (b *goBetween) asOf(version string, what request, answer http.ResponseWriter, asked *http.Request) bool {
	query := asked.URL.Query()
	switch {
	case what.verb == "watch" && query.Get("sendInitialEvents") == "true":
		refuse(answer, http.StatusUnprocessableEntity, "this server does not stream lists")
		return true
	case what.verb == "list" && query.Get("continue") == "":
		query.Set("resourceVersion", version)
		query.Set("resourceVersionMatch", "Exact")
		asked.URL.RawQuery = query.Encode()
	}
	return false
}

func (b *goBetween) pass(way http.RoundTripper) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Rewrite: func(passed *httputil.ProxyRequest) {
			passed.Out.URL.Scheme, passed.Out.URL.Host, passed.Out.Host = b.server.Scheme, b.server.Host, ""
		},
		Transport:     way,
		FlushInterval: -1,
		ErrorHandler:  unreachable,
	}
}

// outgoing returns the request as it goes to the server.
func (b *goBetween) outgoing(asked *http.Request) *http.Request {
	sent := asked.Clone(asked.Context())
	sent.URL.Scheme, sent.URL.Host, sent.Host, sent.RequestURI = b.server.Scheme, b.server.Host, "", ""
	sent.Header.Del("Connection")
	return sent
}

// unreachable ends the connection, as a server does that is not there; no client takes us for one that answers.
func unreachable(_ http.ResponseWriter, asked *http.Request, err error) {
	if asked.Context().Err() == nil {
		log.Printf("%s %s: %v", asked.Method, asked.URL.Path, err)
	}
	panic(http.ErrAbortHandler)
}

var reasons = map[int]string{
	http.StatusForbidden:           "Forbidden",
	http.StatusConflict:            "Conflict",
	http.StatusUnprocessableEntity: "Invalid",
	http.StatusTooManyRequests:     "TooManyRequests",
	http.StatusInternalServerError: "InternalError",
	http.StatusGatewayTimeout:      "Timeout",
}

// refuse answers as the API server does, in JSON, which all its clients read.
func refuse(answer http.ResponseWriter, code int, message string) {
	answer.Header().Set("Content-Type", "application/json")
	if code == http.StatusTooManyRequests {
		answer.Header().Set("Retry-After", "1")
	}
	answer.WriteHeader(code)
	status := map[string]any{
		"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "status": "Failure",
		"message": message, "reason": reasons[code], "code": code,
	}
	if err := json.NewEncoder(answer).Encode(status); err != nil {
		log.Print(err)
	}
}
