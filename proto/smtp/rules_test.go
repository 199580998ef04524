package smtp

import (
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/prototest"
)

// inspect feeds a case and calls fn for each transaction, as rules look at it when its flow ends.
func inspect(t *testing.T, name string, settings proto.Settings, fn func(t *proto.Transaction, d proto.Dir)) {
	t.Helper()
	a := &proto.Analyzer{Name: "rules", Doc: "looks as rules do", Start: func(s *proto.Setup) error {
		s.OnInspect(func(f *proto.Flow, d proto.Dir, _ *flow.Packet) {
			for t := f.Transactions(); t != nil; t = t.Next() {
				fn(t, d)
			}
		})
		return nil
	}}
	i := slices.IndexFunc(cases, func(c prototest.Case) bool { return c.Name == name })
	o := prototest.Options{Protocols: []proto.Protocol{Proto}, Analyzers: []*proto.Analyzer{a}, Settings: settings}
	if _, err := prototest.Feed(o, cases[i]); err != nil {
		t.Fatal(err)
	}
}

func TestBuffers(t *testing.T) {
	_, body, _ := strings.Cut(strings.TrimSuffix(crlf(multipart), ".\r\n"), "\r\n\r\n")
	mail := []string{
		"0 smtp.helo=me", "0 smtp.mail_from=<a@example.org>", "0 smtp.rcpt_to=<c@example.org>", "0 smtp.rcpt_to=<d@example.org>",
		`0 email.from="A, B" <a@example.org>`, `0 email.to=c@example.org, "D, E" <d@example.org>`, "0 email.subject=test",
		"0 email.message_id=<1@x>", "0 email.x_mailer=Bat",
		"0 email.received=from a.example (a.example [203.0.113.4])\tby b.example; yesterday",
		"0 email.received=from b.example ([198.51.100.9]) by c.example; today", "0 email.url=example.com/a.exe",
		fmt.Sprintf("0 email.body_md5=%x", md5.Sum([]byte(body))),
	}
	for name, want := range map[string][]string{
		"mail":      append(slices.Clone(mail), "1 smtp.helo=me"),
		"pipelined": append(slices.Clone(mail), "1 smtp.helo=me", "1 smtp.mail_from=<b@x>"),
		"rejected": {"0 smtp.helo=me", "0 smtp.mail_from=<a@example.org>", "0 smtp.rcpt_to=<c@example.org>", "0 smtp.rcpt_to=<d@example.org>",
			"1 smtp.helo=me", "1 smtp.mail_from=<e@x>"},
	} {
		var got []string
		inspect(t, name, proto.Settings{"app-layer.protocols.smtp.mime.body-md5": "yes"},
			func(t *proto.Transaction, d proto.Dir) { got = append(got, prototest.Values(t, d)...) })
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// A client that did not name itself has no name, not an empty one.
func TestNoHelo(t *testing.T) {
	if v := buffers[0].One(&Tx{Helo: []byte{}}); v != nil {
		t.Errorf("smtp.helo is %q", v)
	}
	if v := buffers[0].One(&Tx{Helo: []byte{}, greeted: true}); v == nil {
		t.Error("an empty name is absent")
	}
}

func TestAlert(t *testing.T) {
	var got []string
	inspect(t, "mail", nil, func(tx *proto.Transaction, d proto.Dir) {
		if d == proto.Orig {
			got = append(got, prototest.Embedded(tx))
		}
	})
	want := []string{
		`{"smtp":{"helo":"me","mail_from":"<a@example.org>","rcpt_to":["<c@example.org>","<d@example.org>"]},` +
			`"email":{"status":"PARSE_DONE","from":"\"A, B\" <a@example.org>","to":["c@example.org","\"D, E\" <d@example.org>"],` +
			`"attachment":["a.bin"],"url":["example.com/a.exe"]}}`,
		`{"smtp":{"helo":"me"}}`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s, want %s", got, want)
	}
}

// A transaction is complete in both directions when the client is done with it.
func TestComplete(t *testing.T) {
	var got []string
	a := &proto.Analyzer{Name: "complete", Doc: "when directions are complete", Start: func(s *proto.Setup) error {
		s.OnInspect(func(*proto.Flow, proto.Dir, *flow.Packet) {})
		for _, st := range []proto.Stage{Greeted, Sender, Envelope, Mailed, Over} {
			proto.OnTx(s, Proto, st, func(f *proto.Flow, tx *Tx) {
				for t := f.Transactions(); t != nil; t = t.Next() {
					if t.Value() == any(tx) {
						got = append(got, fmt.Sprint(t.ID(proto.Orig), st, t.Complete(proto.Orig), t.Complete(proto.Resp)))
					}
				}
			})
		}
		return nil
	}}
	o := prototest.Options{Protocols: []proto.Protocol{Proto}, Analyzers: []*proto.Analyzer{a}}
	if _, err := prototest.Feed(o, cases[0]); err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([]string{
		fmt.Sprint(0, Greeted, false, false), fmt.Sprint(0, Sender, false, false), fmt.Sprint(0, Envelope, false, false),
		fmt.Sprint(0, Over, true, false), fmt.Sprint(0, Over, true, true), fmt.Sprint(0, Mailed, true, true),
		fmt.Sprint(1, Greeted, false, false), fmt.Sprint(1, Over, true, false), fmt.Sprint(1, Over, true, true),
	})
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
}

// Files name the transaction that carries them.
func TestFileTransaction(t *testing.T) {
	var r recorder
	feed(t, "client alone", nil, &r)
	var got []uint64
	for _, f := range r.files {
		got = append(got, f.info.TxID)
	}
	if !slices.Equal(got, []uint64{0, 0, 1, 1}) { // a mail as a whole, and its text
		t.Errorf("files are of transactions %d", got)
	}
}
