package main

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestGreet(t *testing.T) {
	response := httptest.NewRecorder()
	handler().ServeHTTP(response, httptest.NewRequest(http.MethodGet, "/greet/Ada", nil))
	if response.Code != http.StatusOK || response.Body.String() != "Hello, Ada.\n" {
		t.Errorf("got %d %q", response.Code, response.Body)
	}
}
