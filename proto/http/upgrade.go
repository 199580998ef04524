package http

import (
	"bytes"

	"github.com/wirelore/wirelore/proto"
)

// upgrade copies what the protocol that follows wants to know of the exchange that led to it.
func (p *parser) upgrade(tx *Tx) *proto.Upgrade {
	u := &proto.Upgrade{Time: p.s.Now(), Target: bytes.Clone(tx.Target)}
	for _, d := range [2]proto.Dir{proto.Orig, proto.Resp} {
		for _, f := range tx.message(d).Fields {
			u.Fields[d] = append(u.Fields[d], proto.UpgradeField{Name: bytes.Clone(f.Name), Value: bytes.Clone(f.Value)})
		}
	}
	return u
}
