package flow

// SessionState is Suricata's state of a TCP session.
type SessionState uint8

// The states.
const (
	SessionNone SessionState = iota
	SessionClosed
)

type session struct{}

type sessionPool struct{}

func (p *sessionPool) get() *session  { return nil }
func (p *sessionPool) put(s *session) {}
