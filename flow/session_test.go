package flow

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestObserved compares the session view with what Suricata says of the same conversations.
func TestObserved(t *testing.T) {
	for _, c := range observed {
		w := watch{talk: newTalk(t, Suricata())}
		w.table.h = &w
		w.say(strings.Replace(c.script, "H|", hello, 1))
		w.end()
		if got := strings.Join(w.states, " "); got != c.state {
			t.Errorf("%s: state %q, want %q", c.script, got, c.state)
		}
		slices.Sort(w.seen)
		if got := strings.Join(w.seen, " "); got != c.events {
			t.Errorf("%s: events %q, want %q", c.script, got, c.events)
		}
	}
}

// watch notes stream events and states besides what talk does.
type watch struct {
	*talk
	seen, states []string
}

func (w *watch) Event(f *Flow, d Dir, p *Packet, e Event) {
	w.talk.Event(f, d, p, e)
	if name, ok := strings.CutPrefix(e.Info().Anomaly, "stream."); ok && p != nil {
		w.seen = append(w.seen, fmt.Sprint(p.Frame.Number, ":", name))
	}
}

func (w *watch) Close(f *Flow) {
	state := f.TCP.Session.String()
	if state == "" {
		state = "-"
	}
	w.states = append(w.states, f.StateName()+"/"+state)
	w.talk.Close(f)
}
