package tls

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/wirelore/wirelore/proto"
)

// unix returns a time in seconds, 0 when there is none.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// expiry makes a keyword without a value of the time until which the server's certificate is valid.
func expiry(keyword, doc string, holds func(end, now int64) bool) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{Name: keyword, Doc: doc, Dirs: [2]bool{proto.Resp: true}, At: chains,
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			return func(t *Tx, d proto.Dir) bool {
				c := &t.Chains[t.role(d)]
				end := unix(c.Leaf.NotAfter)
				return end != 0 && t.shown(t.role(d)) && holds(end, c.at/1e9)
			}, noValue(arg)
		}}
}

// validity makes a keyword of a time in the server's certificate.
func validity(keyword, doc string, of func(c *Chain) int64) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{Name: keyword, Doc: doc, Dirs: [2]bool{proto.Resp: true}, At: chains,
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			from, to, err := parsePeriod(arg)
			if err != nil {
				return nil, err
			}
			return func(t *Tx, d proto.Dir) bool {
				c := &t.Chains[t.role(d)]
				at := of(c)
				return at != 0 && from <= at && at <= to && t.shown(t.role(d))
			}, nil
		}}
}

// forever bounds periods that do not end, or do not begin.
const forever = 1 << 62

// parsePeriod reads a date, "<" or ">" with a date, or two dates with "<>" between them; the dates themselves are within.
func parsePeriod(text string) (from, to int64, err error) {
	text = strings.TrimSpace(text)
	if lo, hi, ok := strings.Cut(text, "<>"); ok {
		if from, err = parseDate(lo); err != nil {
			return 0, 0, err
		}
		if to, err = parseDate(hi); err == nil && to <= from {
			err = errors.New("the second date must be after the first")
		}
		return from, to, err
	}
	if rest, ok := strings.CutPrefix(text, "<"); ok {
		to, err = parseDate(rest)
		return -forever, to, err
	}
	if rest, ok := strings.CutPrefix(text, ">"); ok {
		from, err = parseDate(rest)
		return from, forever, err
	}
	from, err = parseDate(text)
	return from, from, err
}

// layouts are the forms of dates, all of UTC; a number alone counts the seconds since 1970.
var layouts = []string{"2006-1", "2006-1-2", "2006-1-2 15", "2006-1-2 15:4", "2006-1-2 15:4:5"}

func parseDate(text string) (int64, error) {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 10, 63); err == nil && text[0] >= '0' && text[0] <= '9' {
		return n, nil
	}
	plain := strings.Replace(text, "T", " ", 1)
	for _, l := range layouts {
		if at, err := time.Parse(l, plain); err == nil && !strings.Contains(plain, ".") {
			return at.Unix(), nil
		}
	}
	return 0, fmt.Errorf("%q is no date as 2006-01-02T15:04:05, or less of it from the right, or a number of seconds since 1970", text)
}
