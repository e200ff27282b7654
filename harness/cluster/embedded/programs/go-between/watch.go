package main

import (
	"bufio"
	"io"
	"log"
	"maps"
	"net/http"
	"sync"
	"time"
)

// A stream is one watch on its way: frames come in at their own pace, and go out as the rules let them.
type stream struct {
	resource string
	rules    *rules
	mutex    sync.Mutex
	waiting  []*frame
	ended    bool
	came     chan struct{}
}

func (b *goBetween) watch(resource string, answer http.ResponseWriter, asked *http.Request, way http.RoundTripper) {
	sent := b.outgoing(asked)
	sent.Header.Del("Accept-Encoding") // of a stream that is compressed, as 1.37 does when asked, nobody sees the frames
	got, err := way.RoundTrip(sent)
	if err != nil {
		unreachable(answer, asked, err)
	}
	defer got.Body.Close()
	maps.Copy(answer.Header(), got.Header)
	answer.WriteHeader(got.StatusCode)
	flush := answer.(http.Flusher).Flush
	flush()
	if got.StatusCode != http.StatusOK {
		_, _ = io.Copy(answer, got.Body)
		return
	}
	told := &stream{resource: resource, rules: b.rules, came: make(chan struct{}, 1)}
	go told.take(got.Body, formatOf(got.Header.Get("Content-Type")))
	for {
		next, more := told.next(asked.Context().Done())
		if next == nil {
			return
		}
		if _, err := answer.Write(next.raw); err != nil {
			return
		}
		if !more {
			flush()
		}
	}
}

// take reads frames until there are no more.
func (s *stream) take(body io.Reader, format *format) {
	from := bufio.NewReader(body)
	for {
		raw, err := format.next(from)
		s.mutex.Lock()
		if err != nil {
			s.ended = true
		} else {
			s.waiting = append(s.waiting, &frame{raw: raw, came: time.Now(), format: format})
		}
		s.mutex.Unlock()
		select {
		case s.came <- struct{}{}:
		default:
		}
		if err != nil {
			return
		}
		s.rules.count(s.resource)
	}
}

// next returns the next frame that may go out, and whether another one waits; nil when no more come or who asked left.
func (s *stream) next(left <-chan struct{}) (*frame, bool) {
	merging := false
	for {
		changed, mergesNow := s.rules.signal(s.resource)
		s.mutex.Lock()
		if merging && !mergesNow {
			s.waiting = merged(s.waiting)
		}
		merging = mergesNow
		if len(s.waiting) == 0 && s.ended {
			s.mutex.Unlock()
			return nil, false
		}
		var due <-chan time.Time
		if len(s.waiting) > 0 {
			first := s.waiting[0]
			verdict, wait := s.rules.about(s.resource, first)
			if verdict != waits {
				s.waiting = s.waiting[1:]
			}
			more := len(s.waiting) > 0
			s.mutex.Unlock()
			if verdict == goes {
				return first, more
			}
			if verdict == isDropped {
				continue
			}
			if wait > 0 {
				due = time.After(wait)
			}
		} else {
			s.mutex.Unlock()
		}
		select {
		case <-s.came:
		case <-changed:
		case <-due:
		case <-left:
			return nil, false
		}
	}
}

type verdict int

const (
	goes verdict = iota
	waits
	isDropped
)

// about returns what becomes of the frame that is next in a stream; for how long it waits, 0 for until a change.
func (s *rules) about(resource string, told *frame) (verdict, time.Duration) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.present {
		if !each.ofWatches() || !fits(each.Resource, resource) {
			continue
		}
		if err := told.understand(); err != nil {
			log.Printf("an event of %s cannot be read: %v", resource, err)
		}
		if each.Do == "merge" || each.concerns(told) {
			if what, wait := each.of(told); what != goes {
				return what, wait
			}
		}
	}
	return goes, 0
}

// of returns what a rule of watches does to a frame that it concerns.
func (r *rule) of(told *frame) (verdict, time.Duration) {
	switch r.Do {
	case "hold", "merge":
		return waits, 0
	case "delay":
		if left := time.Until(told.came.Add(time.Duration(r.Seconds * float64(time.Second)))); left > 0 {
			return waits, left
		}
	case "drop":
		if told.kind == "BOOKMARK" {
			break
		}
		r.seen++
		return isDropped, 0
	}
	return goes, 0
}

// signal returns what is closed at the next change, and whether events of a resource are being merged.
func (s *rules) signal(resource string) (<-chan struct{}, bool) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.present {
		if each.Do == "merge" && fits(each.Resource, resource) {
			return s.changed, true
		}
	}
	return s.changed, false
}

// count tells the rules that hold a resource back that something of it has come.
func (s *rules) count(resource string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.present {
		if (each.freezes() || each.Do == "delay") && fits(each.Resource, resource) {
			each.seen++
			s.wake()
		}
	}
}
