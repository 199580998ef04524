package prototest

import (
	"fmt"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// Values returns what the buffers of tx in direction d hold, each value as "id name=value", in the order in which the protocol
// declares them. The strings are copies. It is for an analyzer's Setup.OnInspect.
func Values(tx *proto.Transaction, d proto.Dir) (out []string) {
	list := tx.Protocol().RuleBuffers()
	for i := range list {
		for n := 0; list[i].Dir == d; n++ {
			v, ok := list[i].Get(tx, n)
			if !ok {
				break
			}
			out = append(out, fmt.Sprintf("%d %s=%s", tx.ID(proto.Orig), list[i].Name, v))
		}
	}
	return out
}

// Embedded returns the JSON object that EVE's alerts tell of tx, seen from the originator. The string is a copy.
func Embedded(tx *proto.Transaction) string {
	out := record.NewOutput(record.Wants{EVE: func(string) bool { return true }})
	w := record.Open(out, &record.Log[proto.Transaction]{Event: "alert", Columns: []record.Column[proto.Transaction]{
		{EVE: "tx", Type: record.Object, Put: func(e *record.Encoder, t *proto.Transaction) {
			e.Object()
			t.Embed(e, proto.Orig, nil)
			e.EndObject()
		}},
	}})
	w.WriteEVE(&record.Header{TxID: -1}, tx)
	line := string(out.At(0).Line)
	return line[strings.Index(line, `"tx":`)+len(`"tx":`) : len(line)-1]
}
