package main

import (
	"bytes"
	"encoding/json"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const soon, patience = 150 * time.Millisecond, 5 * time.Second

func TestWhatNoRuleConcernsPassesUnchanged(t *testing.T) {
	for _, http2 := range []bool{true, false} {
		w := newWorld(t, http2)
		w.rules.add(&rule{ID: "1", Do: "fail", Resource: "services", Code: 500})
		body := strings.Repeat("x", 300_000)
		if code, said := w.ask("PUT", "/api/v1/namespaces/here/pods/a?dryRun=All", body); code != 200 || said != body {
			t.Fatalf("http2 %v: %d, %d bytes", http2, code, len(said))
		}
		if w.reached("PUT /api/v1/namespaces/here/pods/a?dryRun=All") != 1 {
			t.Fatal(w.got)
		}
	}
}

func TestAHeldWatchGoesOnInOrder(t *testing.T) {
	for kind, made := range formats {
		w := newWorld(t, true)
		w.kind = kind
		pods, sets := w.watch("/api/v1/pods?watch=true"), w.watch("/apis/apps/v1/statefulsets?watch=1")
		w.rules.add(&rule{ID: "1", Do: "hold", Resource: "pods", Name: "b", Namespace: "here"})
		w.of("pods") <- made("ADDED", "a")
		w.expect(pods, made("ADDED", "a"))
		w.of("pods") <- made("ADDED", "b")
		w.of("pods") <- made("DELETED", "a")
		came := something(pods)
		w.of("statefulsets") <- made("ADDED", "s")
		w.expect(sets, made("ADDED", "s"))
		if comes(came, soon) {
			t.Fatalf("%s: an event was told that is held back", kind)
		}
		w.rules.remove("1")
		<-came
		w.expect(pods, made("ADDED", "b"), made("DELETED", "a"))
	}
}

func TestMergedEventsLeadToTheSameEnd(t *testing.T) {
	for kind, made := range formats {
		w := newWorld(t, true)
		w.kind = kind
		pods := w.watch("/api/v1/pods?watch=true")
		w.rules.add(&rule{ID: "1", Do: "merge", Resource: "pods"})
		for _, event := range [][]byte{
			made("ADDED", "came-and-went"), made("MODIFIED", "changed"), made("DELETED", "replaced"),
			made("ADDED", "new"), made("DELETED", "came-and-went"), made("MODIFIED", "changed"),
			made("ADDED", "replaced"), made("MODIFIED", "new"), made("DELETED", "gone"),
		} {
			w.of("pods") <- event
		}
		if !w.rules.seen("1", 9, patience) {
			t.Fatal("not all events have come")
		}
		w.rules.remove("1")
		w.expect(pods, made("MODIFIED", "changed"), made("MODIFIED", "replaced"), made("ADDED", "new"), made("DELETED", "gone"))
	}
}

// seen returns whether so many have come to a rule.
func (s *rules) seen(id string, count int, span time.Duration) bool {
	until := time.After(span)
	for {
		s.mutex.Lock()
		found, changed := s.find(id), s.changed
		enough := found != nil && found.seen >= count
		s.mutex.Unlock()
		if enough {
			return true
		}
		select {
		case <-changed:
		case <-until:
			return false
		}
	}
}

func TestADelayedEventIsToldLate(t *testing.T) {
	w := newWorld(t, true)
	pods := w.watch("/api/v1/pods?watch=true")
	w.rules.add(&rule{ID: "1", Do: "delay", Resource: "pods", Seconds: 0.3})
	began := time.Now()
	w.of("pods") <- inJSON("ADDED", "a")
	w.of("pods") <- inJSON("ADDED", "b")
	w.expect(pods, inJSON("ADDED", "a"), inJSON("ADDED", "b"))
	if took := time.Since(began); took < 300*time.Millisecond || took > patience {
		t.Fatal(took)
	}
}

func TestADroppedEventIsNeverTold(t *testing.T) {
	for kind, made := range formats {
		w := newWorld(t, true)
		w.kind = kind
		pods := w.watch("/api/v1/pods?watch=true")
		w.rules.add(&rule{ID: "1", Do: "drop", Resource: "pods", Name: "a"})
		for _, event := range [][]byte{made("ADDED", "a"), made("ADDED", "b"), made("DELETED", "a"), made("BOOKMARK", "")} {
			w.of("pods") <- event
		}
		w.expect(pods, made("ADDED", "b"), made("BOOKMARK", ""))
	}
}

func TestAWatchEndsWithTheServers(t *testing.T) {
	w := newWorld(t, true)
	pods := w.watch("/api/v1/pods?watch=true")
	w.rules.add(&rule{ID: "1", Do: "hold", Resource: "pods"})
	w.of("pods") <- inJSON("ADDED", "a")
	w.of("pods") <- nil
	came := something(pods)
	if comes(came, soon) {
		t.Fatal("it ended before what was held had been told")
	}
	w.rules.remove("1")
	<-came
	w.expect(pods, inJSON("ADDED", "a"))
	if _, err := pods.ReadByte(); err == nil {
		t.Fatal("it goes on")
	}
}

func TestListsAreToldAsTheyWere(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "hold", Resource: "pods", Version: "7"})
	w.ask("GET", "/api/v1/pods?limit=500&resourceVersion=0", "")
	w.ask("GET", "/api/v1/services?limit=500&resourceVersion=0", "")
	w.ask("GET", "/api/v1/pods?limit=500&continue=page-two", "")
	if w.reached("/pods?limit=500&resourceVersion=7&resourceVersionMatch=Exact") != 1 ||
		w.reached("/services?limit=500&resourceVersion=0") != 1 || w.reached("/pods?limit=500&continue=page-two") != 1 {
		t.Fatal(w.got)
	}
	code, said := w.ask("GET", "/api/v1/pods?watch=true&sendInitialEvents=true&resourceVersionMatch=NotOlderThan", "")
	if code != 422 || !strings.Contains(said, `"reason":"Invalid"`) {
		t.Fatal(code, said)
	}
}

func TestOneRequestFails(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "fail", Resource: "pods", Namespace: "here", Code: 409, After: 1, Times: 1})
	var codes []int
	for _, path := range []string{"here/pods", "here/services", "there/pods", "here/pods", "here/pods/a/status", "here/pods"} {
		method := "POST"
		if strings.Contains(path, "status") {
			method = "PATCH"
		}
		code, _ := w.ask(method, "/api/v1/namespaces/"+path, "")
		codes = append(codes, code)
	}
	if !slices.Equal(codes, []int{200, 200, 200, 409, 200, 200}) || w.reached("POST /api/v1/namespaces/here/pods") != 2 {
		t.Fatal(codes, w.got)
	}
	if !w.rules.await("1", 0) {
		t.Fatal("it does not know that it is done")
	}
}

func TestARequestIsNotAnswered(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "fail"})
	answered := w.later("DELETE", "/api/v1/namespaces/here/pods/a")
	if comes(answered, soon) || w.reached("DELETE") != 0 {
		t.Fatal("it was answered")
	}
	w.rules.remove("1")
	if code := <-answered; code != 0 || w.reached("DELETE") != 0 {
		t.Fatal(code)
	}
}

func TestAnAnswerIsLostAfterTheRequestTookEffect(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "late", Resource: "pods", Times: 1})
	code, said := w.ask("POST", "/api/v1/namespaces/here/pods", "{}")
	if code != 504 || !strings.Contains(said, `"reason":"Timeout"`) || w.reached("POST") != 1 {
		t.Fatal(code, said, w.got)
	}
	if code, said = w.ask("POST", "/api/v1/namespaces/here/pods", "{}"); code != 200 || said != "{}" {
		t.Fatal(code, said)
	}
}

func TestASlowRequestReachesTheServerLate(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "slow", Seconds: 0.3})
	began := time.Now()
	if code, _ := w.ask("POST", "/api/v1/namespaces/here/pods", ""); code != 200 || time.Since(began) < 300*time.Millisecond {
		t.Fatal(code, time.Since(began))
	}
}

func TestRequestsStopAfterTheSecondWrite(t *testing.T) {
	w := newWorld(t, true)
	w.rules.add(&rule{ID: "1", Do: "stop", After: 2})
	w.ask("POST", "/api/v1/namespaces/here/pods", "")
	if w.rules.await("1", 0) {
		t.Fatal("it is done after one of two writes")
	}
	w.ask("GET", "/api/v1/namespaces/here/pods", "")
	w.ask("POST", "/api/v1/namespaces/here/events", "")
	w.ask("POST", "/api/v1/namespaces/here/pods", "")
	third := w.later("POST", "/api/v1/namespaces/here/pods?third")
	if !w.rules.await("1", patience) || comes(third, soon) {
		t.Fatal("two writes have passed and it does not stop")
	}
	w.rules.remove("1")
	if code := <-third; code != 0 || w.reached("third") != 0 {
		t.Fatal(code, w.got)
	}
	if code, _ := w.ask("POST", "/api/v1/namespaces/here/pods", ""); code != 200 {
		t.Fatal(code)
	}
}

func TestNothingPassesACutLine(t *testing.T) {
	for _, http2 := range []bool{true, false} {
		w := newWorld(t, http2)
		w.ask("GET", "/api/v1/pods", "")
		pods := w.watch("/api/v1/pods?watch=true")
		w.rules.add(&rule{ID: "1", Do: "cut"})
		w.of("pods") <- inJSON("ADDED", "a")
		came, answered := something(pods), w.later("POST", "/api/v1/namespaces/here/pods")
		if comes(came, soon) || comes(answered, soon) || w.reached("POST") != 0 {
			t.Fatal("something has passed")
		}
		w.rules.remove("1")
		if code := <-answered; code != 0 || w.reached("POST") != 0 {
			t.Fatal("what was said while the line was cut was heard afterwards", code, w.got)
		}
		<-came
		if _, err := pods.ReadByte(); err == nil {
			t.Fatal("the connection has outlived the cut")
		}
		if code, _ := w.ask("GET", "/api/v1/pods", ""); code != 200 {
			t.Fatal(code)
		}
	}
}

func TestRulesComeOverASocket(t *testing.T) {
	path := filepath.Join(t.TempDir(), "commands")
	listener := must(listenForCommands(path))
	go newRules().serve(listener)
	caller := must(net.Dial("unix", path))
	from, to := json.NewDecoder(caller), json.NewEncoder(caller)
	for asked, wanted := range map[string]string{
		`{}`:                             `{"done":true,"rules":[]}`,
		`{"await":"1"}`:                  `{"done":false,"rules":[]}`,
		`{"remove":"1"}`:                 `{"done":false,"rules":[]}`,
		`{"add":{"id":"1","do":"harm"}}`: `{"wrong":"no rule does \"harm\"","done":false,"rules":[]}`,
		`{"remove":"2"}`:                 `{"done":false,"rules":[]}`,
	} {
		told := command{}
		if json.Unmarshal([]byte(asked), &told) != nil || to.Encode(json.RawMessage(asked)) != nil {
			t.Fatal(asked)
		}
		var got json.RawMessage
		if err := from.Decode(&got); err != nil || !bytes.Equal(got, []byte(wanted)) {
			t.Errorf("%s: %s (%v)", asked, got, err)
		}
	}
}

func TestAnObjectIsReadInEachFormat(t *testing.T) {
	for kind, made := range formats {
		told := &frame{raw: made("MODIFIED", "a"), format: formatOf(kind)}
		if err := told.understand(); err != nil || told.kind != "MODIFIED" || told.namespace != "here" || told.name != "a" {
			t.Fatalf("%s: %+v %v", kind, told, err)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add(inProtobuf("ADDED", "a"))
	f.Add([]byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, message []byte) {
		if found, err := fields(message); err == nil && len(message) == 0 && len(found) > 0 {
			t.Fatal(found)
		}
	})
}
