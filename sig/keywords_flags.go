package sig

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/wirelore/wirelore/flow"
	"github.com/wirelore/wirelore/sig/rule"
)

// flagSet is a condition on flags as rules write it: letters, with +, * or ! before or behind them: these and perhaps others,
// any of them, none of them.
type flagSet struct {
	mode byte
	want uint16
}

var (
	tcpFlags  = map[byte]uint16{'F': 1, 'S': 2, 'R': 4, 'P': 8, 'A': 16, 'U': 32, 'E': 64, 'C': 128, '1': 128, '2': 64, '0': 0}
	fragFlags = map[byte]uint16{'M': 0x2000, 'D': 0x4000, 'R': 0x8000}
)

func letters(text string, known map[byte]uint16) (v uint16, err error) {
	for _, c := range []byte(strings.ToUpper(text)) {
		f, ok := known[c]
		if !ok {
			return 0, fmt.Errorf("unknown flag %q", c)
		}
		v |= f
	}
	return v, nil
}

func parseFlagSet(text string, known map[byte]uint16) (s flagSet, err error) {
	const modes = "+*!"
	if text != "" && strings.IndexByte(modes, text[0]) >= 0 {
		s.mode, text = text[0], strings.TrimSpace(text[1:])
	}
	if text == "" {
		return s, errors.New("no flags")
	}
	if last := text[len(text)-1]; s.mode == 0 && strings.IndexByte(modes, last) >= 0 {
		s.mode, text = last, text[:len(text)-1]
	}
	s.want, err = letters(text, known)
	return s, err
}

func (s flagSet) holds(v uint16) bool {
	switch s.mode {
	case '+':
		return v&s.want == s.want && (s.want != 0 || v == 0)
	case '*':
		return v&s.want != 0
	case '!':
		return v&s.want == 0
	default:
		return v == s.want
	}
}

func parseFlags(b *builder, value string) error {
	text, negated, err := rule.Unquote(value)
	if err != nil {
		return err
	}
	if negated {
		text = "!" + text
	}
	text, mask, _ := strings.Cut(text, ",")
	want, err := parseFlagSet(strings.TrimSpace(text), tcpFlags)
	if err != nil {
		return err
	}
	ignore, err := letters(strings.TrimSpace(mask), tcpFlags)
	if err != nil {
		return err
	}
	b.onPacket(func(p *flow.Packet) bool { return isTCP(p) && want.holds(uint16(p.Flags)&^ignore) })
	return nil
}

func parseFragBits(b *builder, value string) error {
	want, err := parseFlagSet(strings.TrimSpace(value), fragFlags)
	if err != nil {
		return err
	}
	b.onPacket(func(p *flow.Packet) bool {
		h := ipv4Header(p)
		return h != nil && want.holds(binary.BigEndian.Uint16(h[6:])&0xe000)
	})
	return nil
}
