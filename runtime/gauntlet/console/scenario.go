package console

import (
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/internal/misread"
)

// stage arms the faults of a scenario.
func (h *handler) stage(id string) (gauntlet.Arming, error) {
	s, err := gauntlet.Stage(h.c, id)
	if err != nil {
		return gauntlet.Arming{}, err
	}
	return s.Arm(h.t)
}

// scenario is stage for programs: {"id": "limits/429-seconds"}.
func (h *handler) scenario(rw http.ResponseWriter, r *http.Request) {
	const example = `such as {"id": "limits/429-seconds"}`
	var want struct {
		ID string `json:"id"`
	}
	err := json.UnmarshalRead(http.MaxBytesReader(rw, r.Body, 1<<16), &want, json.RejectUnknownMembers(true))
	if err != nil {
		http.Error(rw, "the request is not understood: "+misread.Text(err, &want)+"; "+example, http.StatusBadRequest)
		return
	}
	if want.ID == "" {
		http.Error(rw, "say which scenario, "+example+"; GET scenarios lists them", http.StatusBadRequest)
		return
	}
	one, err := h.stage(want.ID)
	if err != nil {
		http.Error(rw, err.Error(), http.StatusBadRequest)
		return
	}
	answer(rw, one)
}

// scenarios lists those that the spec makes possible.
func (h *handler) scenarios(rw http.ResponseWriter, _ *http.Request) {
	type listed struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	all := []listed{}
	for _, s := range h.possible() {
		all = append(all, listed{s.ID, s.Title})
	}
	answer(rw, struct {
		Scenarios []listed `json:"scenarios"`
	}{all})
}

func answer(rw http.ResponseWriter, v any) {
	b, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	_, _ = rw.Write(append(b, '\n')) // The reader is gone.
}
