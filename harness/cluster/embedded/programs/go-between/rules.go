package main

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A rule is what is done to one program, from its making until it is withdrawn. Empty fields match everything.
//
//	hold    what watches tell of a resource waits, in order, until the rule is withdrawn
//	merge   likewise, and then only the last state of each object is told, as a new list would
//	delay   it is told so many seconds late, in order
//	drop    it is never told
//	fail    requests are answered with the code and never reach the server; 0 is no answer at all
//	slow    requests reach the server so many seconds late
//	late    requests take effect, and their answer is lost: 504
//	stop    the requests after so many wait, and are given up when the rule is withdrawn
//	cut     nothing passes
//
// A hold or merge with a version also has lists told as they were at that resourceVersion. Requests are those of the
// verbs, by default all writes; `after` so many that match, `times` so many, by default all.
type rule struct {
	ID        string   `json:"id"`
	Do        string   `json:"do"`
	Resource  string   `json:"resource"`
	Namespace string   `json:"namespace"`
	Name      string   `json:"name"`
	Version   string   `json:"version"`
	Verbs     []string `json:"verbs"`
	Seconds   float64  `json:"seconds"`
	Code      int      `json:"code"`
	After     int      `json:"after"`
	Times     int      `json:"times"`

	seen, underway int
	withdrawn      chan struct{}
}

var kinds = []string{"hold", "merge", "delay", "drop", "fail", "slow", "late", "stop", "cut"}

func (r *rule) ofWatches() bool  { return slices.Contains(kinds[:4], r.Do) }
func (r *rule) ofRequests() bool { return slices.Contains(kinds[4:8], r.Do) }
func (r *rule) freezes() bool    { return r.Do == "hold" || r.Do == "merge" }

// done returns whether all that the rule waits for has come.
func (r *rule) done() bool {
	if r.Do == "stop" {
		return r.seen >= r.After && r.underway == 0
	}
	return r.seen >= r.After+max(r.Times, 1)
}

func (r *rule) meets(asked request) bool {
	verbs := r.Verbs
	if len(verbs) == 0 {
		verbs = writes
	}
	// A lease and an event are written all the time, and nobody means them who does not name them.
	aside := r.Resource == "" && (asked.resource == "leases" || asked.resource == "events")
	return r.ofRequests() && slices.Contains(verbs, asked.verb) && !aside && fits(r.Resource, asked.resource) &&
		fits(r.Namespace, asked.namespace) && fits(r.Name, asked.name)
}

func (r *rule) concerns(told *frame) bool {
	return fits(r.Namespace, told.namespace) && fits(r.Name, told.name)
}

func fits(wanted, found string) bool { return wanted == "" || wanted == found }

// rules are what one program is under now; every change of them wakes whoever waits.
type rules struct {
	mutex   sync.Mutex
	present []*rule
	changed chan struct{}
}

func newRules() *rules { return &rules{changed: make(chan struct{})} }

// change lets f change the rules, and wakes.
func (s *rules) change(f func()) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	f()
	s.wake()
}

// wake is for who holds the mutex.
func (s *rules) wake() {
	close(s.changed)
	s.changed = make(chan struct{})
}

func (s *rules) find(id string) *rule {
	for _, each := range s.present {
		if each.ID == id {
			return each
		}
	}
	return nil
}

// add returns whether there was no rule of this name.
func (s *rules) add(made *rule) (added bool) {
	made.withdrawn = make(chan struct{})
	s.change(func() {
		if added = s.find(made.ID) == nil; added {
			s.present = append(s.present, made)
		}
	})
	return added
}

// remove returns whether there was a rule of this name.
func (s *rules) remove(id string) (removed bool) {
	s.change(func() {
		if found := s.find(id); found != nil {
			removed = true
			close(found.withdrawn)
			s.present = slices.DeleteFunc(s.present, func(each *rule) bool { return each == found })
		}
	})
	return removed
}

// await returns whether the rule of this name is done, at once when it is, else after the patience.
func (s *rules) await(id string, patience time.Duration) bool {
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		s.mutex.Lock()
		found, changed := s.find(id), s.changed
		done := found == nil || found.done()
		s.mutex.Unlock()
		if done {
			return found != nil
		}
		select {
		case <-changed:
		case <-timer.C:
			return false
		}
	}
}

func (s *rules) isCut() (bool, <-chan struct{}) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	cut := slices.ContainsFunc(s.present, func(each *rule) bool { return each.Do == "cut" })
	return cut, s.changed
}

// frozenAt returns the resourceVersion as of which lists of a resource are told, empty for that of now.
func (s *rules) frozenAt(resource string) string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.present {
		if each.freezes() && each.Version != "" && fits(each.Resource, resource) {
			return each.Version
		}
	}
	return ""
}

// meet counts a request; it returns the rule that decides about it, nil for none, and those that want to know its end.
func (s *rules) meet(asked request) (decisive *rule, counting []*rule) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.present {
		if !each.meets(asked) {
			continue
		}
		each.seen++
		due := each.seen > each.After && (each.Times == 0 || each.seen <= each.After+each.Times)
		if due && decisive == nil {
			decisive = each
		}
		if each.Do == "stop" && !due {
			each.underway++
			counting = append(counting, each)
		}
		s.wake()
	}
	return decisive, counting
}

// ended tells the rules that a request which they have counted is over.
func (s *rules) ended(counting []*rule) {
	s.change(func() {
		for _, each := range counting {
			each.underway--
		}
	})
}

// wait returns when a rule is withdrawn or the request given up.
func (r *rule) wait(ctx context.Context) {
	select {
	case <-r.withdrawn:
	case <-ctx.Done():
	}
}
