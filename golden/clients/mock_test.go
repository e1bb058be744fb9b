package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestStripeMock sends the requests of a part of Stripe's connector to stripe-mock, which
// holds them against Stripe's own document, and shows that it refuses others.
func TestStripeMock(t *testing.T) {
	b := benchFor(t)
	m, err := againstMock(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(m.text())
	if m.actions < 100 || m.accepted != m.actions {
		t.Errorf("%d of %d are accepted", m.accepted, m.actions)
	}
	mock, err := b.stripeMock(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer mock.stop()
	for _, body := range []string{"", "name=Tea&colour=green", "name[first]=Tea"} {
		r := httptest.NewRequest(http.MethodPost, "/v1/products", strings.NewReader(body))
		r.Header.Set("Authorization", "Bearer sk_test_123")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rec := httptest.NewRecorder()
		mock.ServeHTTP(rec, r)
		if said := mock.take(); rec.Code != http.StatusBadRequest || said == "" {
			t.Errorf("%q is answered %d: %s", body, rec.Code, said)
		}
	}
}
