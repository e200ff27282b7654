// The go-between of one program: what the program asks the API server for passes through here, and what comes back.
//
// Nothing is changed unless a rule says so, and rules come over a unix socket (see commands.go). Whoever connects is to
// the API server who it is without us: a client certificate is passed on as the program's own pair, a token as it is.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"flag"
	"log"
	"net"
	"net/http"
	"net/url"
	"os"
	"time"
)

func main() {
	listen := flag.String("listen", "", "HOST:PORT where the program reaches us")
	upstream := flag.String("upstream", "", "URL of the API server")
	authority := flag.String("ca", "", "certificate of the authority that everybody trusts")
	serving := flag.String("serve", "", "FILE.crt and FILE.key that we serve with")
	client := flag.String("client", "", "FILE.crt and FILE.key of the program; without it the program has a token")
	socket := flag.String("socket", "", "unix socket where rules come from")
	flag.Parse()
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(must(os.ReadFile(*authority))) {
		log.Fatalf("%s holds no certificate", *authority)
	}
	rules := newRules()
	between := &goBetween{
		rules:     rules,
		server:    must(url.Parse(*upstream)),
		anonymous: transport(pool),
	}
	if *client != "" {
		pair := must(tls.LoadX509KeyPair(*client+".crt", *client+".key"))
		between.certified = transport(pool, pair)
		between.user = must(x509.ParseCertificate(pair.Certificate[0])).Subject.CommonName
	}
	commands := must(listenForCommands(*socket))
	listener := &line{Listener: must(net.Listen("tcp", *listen)), rules: rules}
	go rules.serve(commands)
	server := &http.Server{
		Handler:           between,
		ReadHeaderTimeout: 30 * time.Second,
		TLSConfig:         &tls.Config{ClientCAs: pool, ClientAuth: tls.VerifyClientCertIfGiven, MinVersion: tls.VersionTLS12},
	}
	log.Fatal(server.ServeTLS(listener, *serving+".crt", *serving+".key"))
}

// transport returns connections to the API server that speak what it speaks, and take no proxy from the environment.
func transport(pool *x509.CertPool, pairs ...tls.Certificate) *http.Transport {
	return &http.Transport{
		TLSClientConfig:     &tls.Config{RootCAs: pool, Certificates: pairs, MinVersion: tls.VersionTLS12},
		ForceAttemptHTTP2:   true,
		DisableCompression:  true,
		MaxIdleConnsPerHost: 16,
	}
}

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}
