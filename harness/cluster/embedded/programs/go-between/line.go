package main

import (
	"io"
	"net"
	"sync"
)

// A line is where a program's connections come in. While it is cut nothing is heard of either side, as on a broken
// line: what is said is lost, and who waits waits. A connection that was there, or was tried, meanwhile is of no use
// afterwards.
type line struct {
	net.Listener
	rules *rules
}

func (l *line) Accept() (net.Conn, error) {
	accepted, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &connection{Conn: accepted, rules: l.rules, closed: make(chan struct{})}, nil
}

type connection struct {
	net.Conn
	rules  *rules
	closed chan struct{}
	once   sync.Once
}

func (c *connection) Read(into []byte) (int, error) {
	n, err := c.Conn.Read(into)
	if c.lost() {
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func (c *connection) Write(data []byte) (int, error) {
	if c.lost() {
		return 0, io.ErrClosedPipe
	}
	return c.Conn.Write(data)
}

func (c *connection) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// lost returns whether the line was cut, once it is not any more, or the connection has been given up.
func (c *connection) lost() bool {
	cut := false
	for {
		is, changed := c.rules.isCut()
		if !is {
			if cut {
				c.Close()
			}
			return cut
		}
		cut = true
		select {
		case <-changed:
		case <-c.closed:
			return true
		}
	}
}
