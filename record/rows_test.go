package record_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/wirelore/wirelore/record"
)

// tree is a schema for property tests: a random tree of columns, each of whose values may be unset. Leaves of one object
// stand together, as Column.EVE asks.
type tree struct {
	rng  *rand.Rand
	cols []record.Column[uint64] // a row is a set of bits: which columns are set
}

func (t *tree) grow(prefix string, depth int) {
	for i := range 1 + t.rng.IntN(3) {
		name := prefix + string(rune('a'+i))
		if depth < 4 && t.rng.IntN(3) == 0 {
			t.grow(name+".", depth+1)
			continue
		}
		n := len(t.cols)
		if n == 64 {
			return
		}
		t.cols = append(t.cols, record.Column[uint64]{EVE: name, Zeek: name, Put: func(e *encoder, row *uint64) {
			if *row>>n&1 != 0 {
				e.Uint(uint64(n))
			}
		}})
	}
}

// want is the object that a row must become, built without the encoder.
func (t *tree) want(row uint64) map[string]any {
	m := map[string]any{}
	for i, c := range t.cols {
		if row>>i&1 == 0 {
			continue
		}
		at := m
		parts := strings.Split(c.EVE, ".")
		for _, p := range parts[:len(parts)-1] {
			if at[p] == nil {
				at[p] = map[string]any{}
			}
			at = at[p].(map[string]any)
		}
		at[parts[len(parts)-1]] = json.Number(strconv.Itoa(i))
	}
	return m
}

func checkTree(t *testing.T, tr *tree, row uint64) {
	t.Helper()
	l := &record.Log[uint64]{Path: "x", Event: "x", Scope: record.Bare, Columns: tr.cols}
	tsv, zeek, eve := lines(l, &record.Header{TxID: -1}, &row)
	got, err := object(eve)
	if err != nil {
		t.Fatal(err)
	}
	delete(got, "timestamp")
	delete(got, "event_type")
	if want := tr.want(row); !reflect.DeepEqual(got, want) {
		t.Fatalf("row %b of %s:\n got %v\nwant %v", row, names(tr.cols), got, want)
	}
	fields, flat := strings.Split(tsv, "\t"), map[string]any{}
	if len(fields) != len(tr.cols) {
		t.Fatalf("%d fields for %d columns: %q", len(fields), len(tr.cols), tsv)
	}
	for i, c := range tr.cols {
		v := "-"
		if row>>i&1 != 0 {
			v = strconv.Itoa(i)
			flat[c.Zeek] = json.Number(v)
		}
		if fields[i] != v {
			t.Fatalf("field %d is %q, want %q", i, fields[i], v)
		}
	}
	if got, err := object(zeek); err != nil || !reflect.DeepEqual(got, flat) {
		t.Fatalf("%v %s", err, zeek)
	}
}

func names(cols []record.Column[uint64]) string {
	var s []string
	for i := range cols {
		s = append(s, cols[i].EVE)
	}
	return strings.Join(s, " ")
}

// TestNested writes random rows of random schemas, and all rows of small ones.
func TestNested(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 400 {
		tr := &tree{rng: rng}
		tr.grow("", 0)
		if len(tr.cols) <= 6 {
			for row := range uint64(1) << len(tr.cols) {
				checkTree(t, tr, row)
			}
			continue
		}
		for range 40 {
			checkTree(t, tr, rng.Uint64()&(1<<len(tr.cols)-1))
		}
	}
}

// TestNestedValues has objects as values among nested columns, and takes back what turned out empty.
func TestNestedValues(t *testing.T) {
	type row struct{ object, list, cut bool }
	l := &record.Log[row]{Event: "x", Columns: []record.Column[row]{
		{EVE: "a.b.first", Put: func(e *encoder, r *row) {
			if r.object {
				e.Object()
				e.Key("k")
				e.List()
				e.Object()
				e.EndObject()
				e.Raw([]byte(`{"raw":[]}`))
				e.EndList()
				e.EndObject()
			}
		}},
		{EVE: "a.second", Put: func(e *encoder, r *row) {
			if r.list {
				e.List()
				e.Str("x")
				mark := e.Mark()
				e.Str("y")
				if r.cut {
					e.Cut(mark)
				}
				e.Str("z")
				e.EndList()
			}
		}},
		{EVE: "c", Put: func(e *encoder, r *row) { e.Bool(r.cut) }},
	}}
	for i := range 8 {
		r := row{i&1 != 0, i&2 != 0, i&4 != 0}
		_, _, eve := lines(l, &record.Header{TxID: -1}, &r)
		got, err := object(eve)
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"timestamp": "1970-01-01T00:00:00.000000+0000", "event_type": "x", "c": r.cut}
		a := map[string]any{}
		if r.object {
			a["b"] = map[string]any{"first": map[string]any{"k": []any{map[string]any{}, map[string]any{"raw": []any{}}}}}
		}
		if r.list {
			a["second"] = []any{"x", "y", "z"}
			if r.cut {
				a["second"] = []any{"x", "z"}
			}
		}
		if len(a) > 0 {
			want["a"] = a
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v: %s", r, eve)
		}
	}
}

// TestEmbed puts one log's columns into an object of another's, whichever of them are set.
func TestEmbed(t *testing.T) {
	inner := &record.Log[uint64]{Event: "http"}
	for i, p := range []string{"url", "deep.x", "deep.y", "last"} {
		inner.Columns = append(inner.Columns, record.Column[uint64]{EVE: p, Put: func(e *encoder, row *uint64) {
			if *row>>i&1 != 0 {
				e.Uint(uint64(i))
			}
		}})
	}
	prepared := record.PrepareEmbed(inner)
	outer := &record.Log[uint64]{Event: "fileinfo", Columns: []record.Column[uint64]{
		{EVE: "http", Put: func(e *encoder, row *uint64) {
			e.Object()
			record.Embed(e, prepared, row)
			e.EndObject()
		}},
		{EVE: "app", Put: func(e *encoder, row *uint64) { e.Str("x") }},
	}}
	tr := &tree{cols: inner.Columns}
	for row := range uint64(16) {
		_, _, eve := lines(outer, &record.Header{TxID: -1}, &row)
		got, err := object(eve)
		if err != nil {
			t.Fatal(err)
		}
		if want := tr.want(row); !reflect.DeepEqual(got["http"], any(want)) || got["app"] != "x" {
			t.Errorf("row %04b: %s, want http %v", row, eve, want)
		}
	}
}

func TestHeader(t *testing.T) {
	v4, v6 := netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("2001:db8:0:10::100f")
	h := record.Header{
		Nanos: 1700000000123456789, HasFlow: true, HasAddr: true, HasPorts: true, UID: []byte("CUid"), FlowID: 1<<63 + 5,
		Orig: v4, OrigPort: 1234, Resp: v6, RespPort: 80, Proto: "TCP", TxID: 3, ParentID: 9, PacketNumber: 77,
		VLAN: []uint16{5, 4095}, Interface: "eth\"0", PacketSource: "wire/pcap", CommunityID: []byte("1:abc="),
		ICMP: true, ICMPType: 8, ICMPCode: 1, Ethernet: []byte("\x01\x02\x03\x04\x05\x06\xfa\xfb\xfc\xfd\xfe\xff"),
		Tunnel: func(e *encoder) { e.Object(); e.Key("depth"); e.Uint(2); e.EndObject() },
	}
	l := &record.Log[int]{Path: "p", Event: "ev", Scope: record.PerFlow, Columns: []record.Column[int]{
		{Zeek: "n", EVE: "n", Put: func(e *encoder, n *int) { e.Int(int64(*n)) }}}}
	one := 1
	tsv, zeek, eve := lines(l, &h, &one)
	if want := "1700000000.123456\tCUid\t10.0.0.1\t1234\t2001:db8:0:10::100f\t80\t1"; tsv != want {
		t.Errorf("%q, want %q", tsv, want)
	}
	equal(t, zeek, `{"ts":1700000000.123456,"uid":"CUid","id.orig_h":"10.0.0.1","id.orig_p":1234,
		"id.resp_h":"2001:db8:0:10::100f","id.resp_p":80,"n":1}`)
	const rest = `"timestamp":"2023-11-14T22:13:20.123456+0000","flow_id":9223372036854775813,"parent_id":9,"in_iface":"eth\"0",
		"pcap_cnt":77,"event_type":"ev","vlan":[5,4095],"proto":"TCP","icmp_type":8,"icmp_code":1,"pkt_src":"wire/pcap",
		"community_id":"1:abc=","tx_id":3,"ether":{"src_mac":"fa:fb:fc:fd:fe:ff","dest_mac":"01:02:03:04:05:06"},
		"tunnel":{"depth":2},"n":1}`
	equal(t, eve, `{"src_ip":"10.0.0.1","src_port":1234,"dest_ip":"2001:0db8:0000:0010:0000:0000:0000:100f","dest_port":80,`+rest)
	h.Swap = true
	_, _, eve = lines(l, &h, &one)
	equal(t, eve, `{"src_ip":"2001:0db8:0000:0010:0000:0000:0000:100f","src_port":80,"dest_ip":"10.0.0.1","dest_port":1234,`+rest)
	h = record.Header{TxID: -1}
	tsv, zeek, eve = lines(l, &h, &one)
	if want := "0.000000\t-\t-\t-\t-\t-\t1"; tsv != want {
		t.Errorf("%q, want %q", tsv, want)
	}
	equal(t, zeek, `{"ts":0.000000,"n":1}`)
	equal(t, eve, `{"timestamp":"1970-01-01T00:00:00.000000+0000","event_type":"ev","n":1}`)
	h = record.Header{TxID: 0, HasAddr: true, Orig: v4, Resp: v4, Proto: "ICMP"}
	_, _, eve = lines(l, &h, &one)
	equal(t, eve, `{"timestamp":"1970-01-01T00:00:00.000000+0000","event_type":"ev","src_ip":"10.0.0.1","dest_ip":"10.0.0.1",
		"proto":"ICMP","tx_id":0,"n":1}`)
	l.Scope = record.PerTime
	h = record.Header{Nanos: 5e9, TxID: -1, HasFlow: true, UID: []byte("C")}
	tsv, zeek, _ = lines(l, &h, &one)
	if tsv != "5.000000\t1" || zeek != `{"ts":5.000000,"n":1}` {
		t.Errorf("%q %s", tsv, zeek)
	}
}

func equal(t *testing.T, line, want string) {
	t.Helper()
	got, err := object(line)
	if err != nil {
		t.Fatal(err)
	}
	w, err := object(strings.NewReplacer("\n", "", "\t", "").Replace(want))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, w) {
		t.Errorf("\n got %v\nwant %v", got, w)
	}
}

// TestAddrFull compares with the groups as fmt prints them.
func TestAddrFull(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range 5000 {
		var b [16]byte
		for k := range b {
			if rng.IntN(2) == 0 {
				b[k] = byte(rng.Uint32()) >> rng.IntN(8)
			}
		}
		a := netip.AddrFrom16(b)
		var groups []string
		for k := 0; k < 16; k += 2 {
			groups = append(groups, fmt.Sprintf("%04x", int(b[k])<<8|int(b[k+1])))
		}
		want := strings.Join(groups, ":")
		if i%10 == 0 {
			a = netip.AddrFrom4([4]byte(b[:4]))
			want = a.String()
		}
		if _, _, eve, err := value(func(e *encoder) { e.AddrFull(a) }); err != nil || eve != want {
			t.Fatalf("%v %q, want %q", err, eve, want)
		}
	}
}

// TestTimes writes times in one Output, whose clock remembers the second, in and out of order.
func TestTimes(t *testing.T) {
	l := &record.Log[int64]{Path: "x", Event: "x", Scope: record.PerTime, Columns: []record.Column[int64]{
		{Zeek: "t", EVE: "t", Type: record.Time, Put: func(e *encoder, n *int64) { e.Time(*n) }}}}
	times := []int64{0, 1, 999, 1000, 999999999, 1e9, 1e9 + 1, 1e9 - 1, -1, -1000, -1e9, -1e9 - 1, 1700000000e9, 1700000000e9 + 999999999,
		1700000001e9, 1700000000e9, -1 << 63, 1<<63 - 1, 0}
	rng := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		times = append(times, int64(rng.Uint64()), 1700000000e9+rng.Int64N(3e9))
	}
	o := record.NewOutput(record.Wants{Zeek: all, EVE: all})
	w := record.Open(o, l)
	for _, n := range times {
		o.Reset()
		w.Write(&record.Header{Nanos: n, TxID: -1}, &n)
		tsv, m := strings.Split(string(o.At(0).Line), "\t"), mustObject(t, o.At(1).Line)
		if m["timestamp"] != m["t"] {
			t.Fatalf("%d: %v", n, m)
		}
		at, err := time.Parse("2006-01-02T15:04:05.000000-0700", m["t"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := at.UnixMicro(), time.Unix(0, n).UnixMicro(); got != want {
			t.Fatalf("%d: %s is %d, want %d", n, m["t"], got, want)
		}
		if tsv[0] != tsv[1] || tsv[0] != seconds(n) {
			t.Fatalf("%d: %q, want %s", n, tsv, seconds(n))
		}
	}
}

// seconds cuts ns behind the microseconds, towards zero.
func seconds(n int64) string {
	s := fmt.Sprintf("%010d", n)
	sign := ""
	if n < 0 {
		sign, s = "-", fmt.Sprintf("%010s", s[1:])
		for len(s) < 10 {
			s = "0" + s
		}
	}
	return sign + s[:len(s)-9] + "." + s[len(s)-9:len(s)-3]
}

func mustObject(t *testing.T, line []byte) map[string]any {
	t.Helper()
	m, err := object(string(line))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestDrop takes a record back.
func TestDrop(t *testing.T) {
	o := record.NewOutput(record.Wants{EVE: func(string) bool { return true }, PcapFile: `a"b`})
	w := record.Open(o, &record.Log[int]{Event: "x"})
	w.Write(&record.Header{TxID: -1}, new(int))
	w.Write(&record.Header{TxID: -1}, new(int))
	o.Drop(0)
	if o.At(0).Stream != nil || o.At(1).Stream == nil {
		t.Error("the first is to go, the second to stay")
	}
	if got, want := string(o.At(1).Line), `{"timestamp":"1970-01-01T00:00:00.000000+0000","event_type":"x","pcap_filename":"a\"b"}`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
