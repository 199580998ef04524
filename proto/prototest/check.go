package prototest

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Check tells what is missing in a protocol's declaration: documentation of protocol, logs, columns and events, names that
// come twice, EVE paths whose object would come twice.
func Check(t testing.TB, p proto.Protocol) {
	t.Helper()
	name := p.Name()
	if strings.ToLower(name) != name || strings.ContainsAny(name, " .") {
		t.Errorf("%s: a protocol's name is one lower-case word", name)
	}
	if p.Doc() == "" {
		t.Errorf("%s has no documentation", name)
	}
	weirds := make([]string, 0, len(p.Events()))
	for _, b := range p.Buffers() {
		if b == "" || strings.ToLower(b) != b || strings.ContainsAny(b, " :;,") {
			t.Errorf("%s: buffer %q has a name that no rule can have", name, b)
		}
	}
	for _, e := range p.Events() {
		both := e.Weird + "|" + e.Anomaly
		if e.Doc == "" {
			t.Errorf("%s: event %s has no documentation", name, both)
		}
		if slices.Contains(weirds, both) {
			t.Errorf("%s: event %s comes twice", name, both)
		}
		weirds = append(weirds, both)
	}
	for _, form := range [...]record.Form{record.TSV, record.EVE} {
		for _, s := range p.Logs(form) {
			CheckStream(t, s)
		}
	}
}

// CheckStream tells what is missing in a log's schema.
func CheckStream(t testing.TB, s *record.Stream) {
	t.Helper()
	for _, f := range faults(s) {
		t.Errorf("%s: %s", s.Path, f)
	}
}

func faults(s *record.Stream) (out []string) {
	if s.Path == "" || len(s.Fields) == 0 {
		return []string{"a log without a name or columns"}
	}
	seen := map[string]bool{}
	var last []string
	closed := map[string]bool{} // objects that are complete
	for _, f := range s.Fields {
		name := fieldName(s, f)
		if f.Doc == "" {
			out = append(out, "column "+name+" has no documentation")
		}
		if name == "" || seen[name] {
			out = append(out, "column "+name+" comes twice")
		}
		seen[name] = true
		if s.Form != record.EVE {
			continue
		}
		if f.Type != record.Object && header[strings.SplitN(name, ".", 2)[0]] {
			out = append(out, "column "+name+" is one of every record's")
		}
		path := strings.Split(name, ".")
		for i := 1; i < len(last); i++ {
			if i >= len(path) || !slices.Equal(last[:i], path[:i]) {
				closed[strings.Join(last[:i], ".")] = true
			}
		}
		for i := 1; i < len(path); i++ {
			object := strings.Join(path[:i], ".")
			if closed[object] || seen[object] {
				out = append(out, "column "+name+" stands apart from others in "+object)
			}
		}
		if closed[name] {
			out = append(out, "column "+name+" is an object before")
		}
		last = path
	}
	return out
}

// header are the members of every EVE record.
var header = map[string]bool{"timestamp": true, "flow_id": true, "parent_id": true, "in_iface": true, "pcap_cnt": true, "event_type": true,
	"vlan": true, "src_ip": true, "src_port": true, "dest_ip": true, "dest_port": true, "proto": true, "icmp_type": true, "icmp_code": true,
	"pkt_src": true, "community_id": true, "tx_id": true, "ether": true, "tunnel": true}

func fieldName(s *record.Stream, f record.Field) string {
	if s.Form == record.EVE {
		return f.EVE
	}
	return f.Name
}

// shape checks that each line is what its stream's schema says.
func shape(t *testing.T, r *Result) {
	t.Helper()
	for i := range mustLen(r.out) {
		e := r.out.At(i)
		if err := conforms(e.Stream, string(e.Line)); err != nil {
			t.Errorf("%s: %v: %s", e.Stream.Path, err, e.Line)
		}
	}
}

func conforms(s *record.Stream, line string) error {
	if strings.ContainsAny(line, "\n\r\x00") {
		return fmt.Errorf("not one line")
	}
	if s.Form == record.TSV {
		return conformsTSV(s, line)
	}
	keys, err := members(line)
	if err != nil {
		return err
	}
	at := 0
	for _, k := range keys {
		switch {
		case s.Form == record.EVE:
			top, _, nested := strings.Cut(k, ".")
			if header[top] || nested && !slices.ContainsFunc(s.Fields, func(f record.Field) bool { return within(f.EVE, top) }) {
				continue // of every record, or a whole transaction that a file's record embeds
			}
			if !slices.ContainsFunc(s.Fields, func(f record.Field) bool { return within(k, f.EVE) }) {
				return fmt.Errorf("%s is not in the schema", k)
			}
		case !strings.Contains(k, ".") || slices.ContainsFunc(s.Fields, func(f record.Field) bool { return f.Name == k }):
			n := slices.IndexFunc(s.Fields[at:], func(f record.Field) bool { return f.Name == k })
			if n < 0 {
				return fmt.Errorf("%s is not in the schema, or not in its order", k)
			}
			at += n + 1
		}
	}
	return nil
}

// within tells whether an EVE path is object's or lies in it.
func within(path, object string) bool {
	rest, ok := strings.CutPrefix(path, object)
	return ok && (rest == "" || rest[0] == '.')
}

func conformsTSV(s *record.Stream, line string) error {
	values := strings.Split(line, "\t")
	if len(values) != len(s.Fields) {
		return fmt.Errorf("%d values for %d columns", len(values), len(s.Fields))
	}
	for i, v := range values {
		if v == "" {
			return fmt.Errorf("%s is neither set, empty nor unset", s.Fields[i].Name)
		}
		if v == "-" || v == "(empty)" {
			continue
		}
		var ok bool
		switch s.Fields[i].Type {
		case record.Count, record.Port:
			ok = strings.Trim(v, "0123456789") == ""
		case record.Int:
			ok = strings.Trim(strings.TrimPrefix(v, "-"), "0123456789") == ""
		case record.Bool:
			ok = v == "T" || v == "F"
		case record.Double:
			ok = strings.Trim(v, "-0123456789.") == ""
		case record.Time, record.Interval:
			whole, micros, dot := strings.Cut(strings.TrimPrefix(v, "-"), ".")
			ok = dot && len(micros) == 6 && strings.Trim(whole+micros, "0123456789") == ""
		case record.Address:
			ok = strings.Trim(v, "0123456789abcdef.:") == ""
		default:
			ok = true
		}
		if !ok {
			return fmt.Errorf("%s is %q, no %s", s.Fields[i].Name, v, s.Fields[i].Type)
		}
	}
	return nil
}

// members returns the paths of an object's values, in order. No key may come twice.
func members(line string) ([]string, error) {
	d := json.NewDecoder(strings.NewReader(line))
	var out []string
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("no object: %w", err)
	}
	if err := object(d, "", &out); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("something behind the object")
	}
	return out, nil
}

func object(d *json.Decoder, path string, out *[]string) error {
	seen := map[string]bool{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return err
		}
		k := path + t.(string)
		if seen[k] {
			return fmt.Errorf("%s comes twice", k)
		}
		seen[k] = true
		if err := value(d, k, out); err != nil {
			return err
		}
	}
	_, err := d.Token()
	return err
}

func value(d *json.Decoder, path string, out *[]string) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	switch t {
	case json.Delim('{'):
		return object(d, path+".", out)
	case json.Delim('['):
		var none []string
		for d.More() {
			if err := value(d, path, &none); err != nil {
				return err
			}
		}
		_, err = d.Token()
	}
	*out = append(*out, path)
	return err
}
