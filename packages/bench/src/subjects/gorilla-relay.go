// The obvious WebSocket to TCP proxy with gorilla: gorilla-relay LISTEN_PORT TARGET_PORT. Kept this simple, because the
// gateway is compared with it.
package main

import (
	"io"
	"net"
	"net/http"
	"os"

	"github.com/gorilla/websocket"
)

const bufferBytes = 64 * 1024

var upgrader = websocket.Upgrader{Subprotocols: []string{"binary"}}

func toClient(client *websocket.Conn, target net.Conn) {
	defer client.Close()
	buffer := make([]byte, bufferBytes)
	for {
		count, err := target.Read(buffer)
		if count > 0 && client.WriteMessage(websocket.BinaryMessage, buffer[:count]) != nil {
			return
		}
		if err != nil {
			return
		}
	}
}

func toTarget(client *websocket.Conn, target net.Conn) {
	defer target.Close()
	for {
		_, reader, err := client.NextReader()
		if err != nil {
			return
		}
		if _, err := io.Copy(target, reader); err != nil {
			return
		}
	}
}

func main() {
	listen, target := "127.0.0.1:"+os.Args[1], "127.0.0.1:"+os.Args[2]
	relay := func(writer http.ResponseWriter, request *http.Request) {
		client, err := upgrader.Upgrade(writer, request, nil)
		if err != nil {
			return
		}
		connection, err := net.Dial("tcp", target)
		if err != nil {
			client.Close()
			return
		}
		go toClient(client, connection)
		toTarget(client, connection)
	}
	panic(http.ListenAndServe(listen, http.HandlerFunc(relay)))
}
