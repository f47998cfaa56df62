// Command greeter greets whoever asks over HTTP.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
)

// version is set when it is built.
var version = "unknown"

func main() {
	address := flag.String("listen", "127.0.0.1:8080", "the `address` to listen on")
	asked := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *asked {
		fmt.Println(version)
		return
	}
	log.Printf("greeter %s on http://%s", version, *address)
	log.Fatal(http.ListenAndServe(*address, handler()))
}

func handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /greet/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "Hello, %s.\n", r.PathValue("name"))
	})
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "ok")
	})
	return mux
}
