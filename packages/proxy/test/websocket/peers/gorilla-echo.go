// A server of gorilla that echoes. Prints its port.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/gorilla/websocket"
)

const closeTimeout = 2 * time.Second

func echo(writer http.ResponseWriter, request *http.Request) {
	upgrader := websocket.Upgrader{}
	connection, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		return
	}
	defer connection.Close()
	for {
		kind, message, err := connection.ReadMessage()
		if err != nil {
			break
		}
		// The library leaves this check to programs.
		if kind == websocket.TextMessage && !utf8.Valid(message) {
			reason := websocket.FormatCloseMessage(websocket.CloseInvalidFramePayloadData, "")
			connection.WriteControl(websocket.CloseMessage, reason, time.Now().Add(closeTimeout))
			break
		}
		if err := connection.WriteMessage(kind, message); err != nil {
			break
		}
	}
	// With unread bytes the kernel would reset the connection, and the close frame could be lost.
	socket := connection.UnderlyingConn().(*net.TCPConn)
	socket.CloseWrite()
	socket.SetReadDeadline(time.Now().Add(closeTimeout))
	io.Copy(io.Discard, socket)
}

func main() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	http.Serve(listener, http.HandlerFunc(echo))
}
