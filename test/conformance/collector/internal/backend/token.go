package backend

import (
	"encoding/json"
	"net/http"
	"net/url"
)

// TokenServer hands out the token of one backend to the client that knows the secret.
type TokenServer struct {
	Host, Port string
	TLS        bool

	path, id, secret, token string
}

func newTokenServer(text, id, secret string) (*TokenServer, error) {
	endpoint, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	host, port := hostPort(endpoint)
	return &TokenServer{
		Host: host, Port: port, TLS: endpoint.Scheme == "https",
		path: endpoint.Path, id: id, secret: secret, token: "token-of-" + host,
	}, nil
}

func (s *TokenServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id, secret, basic := r.BasicAuth()
	if basic {
		id, _ = url.QueryUnescape(id)
		secret, _ = url.QueryUnescape(secret)
	} else {
		id, secret = r.PostFormValue("client_id"), r.PostFormValue("client_secret")
	}
	if r.URL.Path != s.path || id != s.id || secret != s.secret {
		http.Error(w, `{"error":"invalid_client"}`, http.StatusUnauthorized)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": s.token, "token_type": "Bearer", "expires_in": 3600})
}
