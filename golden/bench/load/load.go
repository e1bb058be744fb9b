// Package load is an HTTP client that costs little: one request, written again and
// again on a few connections, whose answers are read and dropped.
package load

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"strconv"
	"sync"
)

// Run sends a GET of the path n times over the connections, one at a time on each,
// with the token as a bearer. The error is the first answer that is not 200.
func Run(addr, path, token string, n, connections int) error {
	request := fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", path, addr, token)
	errs := make(chan error, connections)
	var group sync.WaitGroup
	for i := range connections {
		share := n / connections
		if i < n%connections {
			share++
		}
		group.Go(func() { errs <- drive(addr, request, share) })
	}
	group.Wait()
	for range connections {
		if err := <-errs; err != nil {
			return err
		}
	}
	return nil
}

func drive(addr string, request []byte, n int) error {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	from := bufio.NewReader(conn)
	for range n {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		if err := answer(from); err != nil {
			return err
		}
	}
	return nil
}

// answer reads a response with a stated length.
func answer(from *bufio.Reader) error {
	length := 0
	for first := true; ; first = false {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			_, err := from.Discard(length)
			return err
		}
		if first && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			return fmt.Errorf("the answer is %s", line)
		}
		if value, ok := bytes.CutPrefix(line, []byte("Content-Length: ")); ok {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
}
