package main

import (
	"encoding/json"
	"fmt"
	"log"
	"net"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
)

// A command is a line of JSON, and so is its answer: the rules that are there, and what was wrong with the command.
//
//	{"add": {…rule}}                  a rule; one of its name that is there already stays as it is
//	{"remove": ID}                    a rule withdrawn
//	{"await": ID, "seconds": S}       answered when the rule is done, or after the time
//	{}                                nothing
type command struct {
	Add     *rule   `json:"add"`
	Remove  string  `json:"remove"`
	Await   string  `json:"await"`
	Seconds float64 `json:"seconds"`
}

type state struct {
	ID   string `json:"id"`
	Seen int    `json:"seen"`
	Done bool   `json:"done"`
}

type reply struct {
	Wrong string  `json:"wrong,omitempty"`
	Done  bool    `json:"done"`
	Rules []state `json:"rules"`
}

// listenForCommands returns the socket, which nobody but our user may use. A path may be longer than a socket's name.
func listenForCommands(path string) (net.Listener, error) {
	if err := os.Chdir(filepath.Dir(path)); err != nil {
		return nil, err
	}
	name := filepath.Base(path)
	if err := os.Remove(name); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	defer syscall.Umask(syscall.Umask(0o077))
	return net.Listen("unix", name)
}

func (s *rules) serve(listener net.Listener) {
	for {
		caller, err := listener.Accept()
		if err != nil {
			log.Fatal(err)
		}
		go s.obey(caller)
	}
}

func (s *rules) obey(caller net.Conn) {
	defer caller.Close()
	from, to := json.NewDecoder(caller), json.NewEncoder(caller)
	for {
		var told command
		if err := from.Decode(&told); err != nil {
			return
		}
		done, wrong := s.do(told)
		if err := to.Encode(reply{wrong, done, s.states()}); err != nil {
			return
		}
	}
}

// do returns whether a command has done something, or what was wrong with it.
func (s *rules) do(told command) (bool, string) {
	switch {
	case told.Add != nil && !slices.Contains(kinds, told.Add.Do):
		return false, fmt.Sprintf("no rule does %q", told.Add.Do)
	case told.Add != nil:
		return s.add(told.Add), ""
	case told.Remove != "":
		return s.remove(told.Remove), ""
	case told.Await != "":
		return s.await(told.Await, time.Duration(told.Seconds*float64(time.Second))), ""
	}
	return true, ""
}

func (s *rules) states() []state {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	states := []state{}
	for _, each := range s.present {
		states = append(states, state{each.ID, each.seen, each.done()})
	}
	return states
}
