package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// A world is an API server of a kind, a go-between before it, and a client of that.
type world struct {
	*testing.T
	rules  *rules
	url    string
	client *http.Client
	kind   string // of the watches' content
	mutex  sync.Mutex
	events map[string]chan []byte // by resource
	got    []string
}

func newWorld(t *testing.T, http2 bool) *world {
	w := &world{T: t, rules: newRules(), kind: "application/json", events: map[string]chan []byte{}}
	server := httptest.NewUnstartedServer(http.HandlerFunc(w.answer))
	server.EnableHTTP2 = true
	server.StartTLS()
	way := server.Client().Transport.(*http.Transport)
	way.DisableCompression = true // as the go-between's own
	between := httptest.NewUnstartedServer(&goBetween{
		rules: w.rules, server: must(url.Parse(server.URL)), anonymous: way,
	})
	between.EnableHTTP2 = http2
	between.Listener = &line{Listener: between.Listener, rules: w.rules}
	between.StartTLS()
	w.url, w.client = between.URL, between.Client()
	t.Cleanup(func() {
		between.CloseClientConnections()
		server.CloseClientConnections()
		between.Close()
		server.Close()
	})
	return w
}

func (w *world) of(resource string) chan []byte {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.events[resource] == nil {
		w.events[resource] = make(chan []byte, 100)
	}
	return w.events[resource]
}

func (w *world) answer(answer http.ResponseWriter, asked *http.Request) {
	w.mutex.Lock()
	w.got = append(w.got, asked.Method+" "+asked.URL.RequestURI())
	w.mutex.Unlock()
	what := read(asked)
	if what.verb != "watch" {
		answer.Header().Set("Served-By", asked.Proto)
		_, _ = answer.Write(must(io.ReadAll(asked.Body))) // as API servers do: first all is read, then answered
		return
	}
	answer.Header().Set("Content-Type", w.kind)
	if strings.Contains(asked.Header.Get("Accept-Encoding"), "gzip") {
		answer.WriteHeader(http.StatusNotImplemented)
		return
	}
	answer.WriteHeader(200)
	answer.(http.Flusher).Flush()
	for {
		select {
		case event := <-w.of(what.resource):
			if event == nil {
				return
			}
			_, _ = answer.Write(event)
			answer.(http.Flusher).Flush()
		case <-asked.Context().Done():
			return
		}
	}
}

// reached returns how many requests have reached the server whose line holds this.
func (w *world) reached(part string) (count int) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	for _, each := range w.got {
		if strings.Contains(each, part) {
			count++
		}
	}
	return count
}

// ask returns the code of an answer and what it says; 0 where there was none.
func (w *world) ask(method, path, body string) (int, string) {
	got, err := w.client.Do(must(http.NewRequest(method, w.url+path, strings.NewReader(body))))
	if err != nil {
		return 0, err.Error()
	}
	defer got.Body.Close()
	said, err := io.ReadAll(got.Body)
	if err != nil {
		return 0, err.Error()
	}
	return got.StatusCode, string(said)
}

// later asks on its own, and tells the code when it is answered.
func (w *world) later(method, path string) chan int {
	answered := make(chan int, 1)
	go func() {
		code, _ := w.ask(method, path, "")
		answered <- code
	}()
	return answered
}

func (w *world) watch(path string) *bufio.Reader {
	w.Helper()
	asked := must(http.NewRequest("GET", w.url+path, nil))
	asked.Header.Set("Accept-Encoding", "gzip")
	got, err := w.client.Do(asked)
	if err != nil || got.StatusCode != http.StatusOK {
		w.Fatal(got, err)
	}
	w.Cleanup(func() { got.Body.Close() })
	return bufio.NewReader(got.Body)
}

// expect fails unless a stream goes on with these events.
func (w *world) expect(from *bufio.Reader, wanted ...[]byte) {
	w.Helper()
	for _, each := range wanted {
		got := make([]byte, len(each))
		if _, err := io.ReadFull(from, got); err != nil || !slices.Equal(got, each) {
			w.Fatalf("got %q (%v), wanted %q", got, err, each)
		}
	}
}

// comes returns whether something comes within this time.
func comes[T any](channel <-chan T, span time.Duration) bool {
	select {
	case <-channel:
		return true
	case <-time.After(span):
		return false
	}
}

func something(from *bufio.Reader) <-chan struct{} {
	came := make(chan struct{})
	go func() { _, _ = from.Peek(1); close(came) }()
	return came
}

func inJSON(kind, name string) []byte {
	return fmt.Appendf(nil, `{"type":%q,"object":{"metadata":{"namespace":"here","name":%q,"uid":"u"}}}`+"\n", kind, name)
}

func inProtobuf(kind, name string) []byte {
	metadata := slices.Concat(sized(1, []byte(name)), sized(3, []byte("here")), sized(5, []byte("u")))
	unknown := slices.Concat(sized(1, []byte("type")), sized(2, sized(1, metadata)))
	body := slices.Concat(sized(1, []byte(kind)), sized(2, sized(1, append([]byte("k8s\x00"), unknown...))))
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(body))), body...)
}

var formats = map[string]func(kind, name string) []byte{
	"application/json": inJSON,
	"application/vnd.kubernetes.protobuf;stream=watch": inProtobuf,
}
