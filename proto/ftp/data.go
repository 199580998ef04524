package ftp

import "github.com/wirelore/wirelore/proto"

// dataParser follows one data connection.
type dataParser struct {
	tx     *DataTx
	file   proto.File
	dir    proto.Dir
	t      *transfer
	closed bool
}

// Reset makes p ready for another connection.
func (p *dataParser) Reset() { *p = dataParser{} }

// Data implements proto.Parser: all bytes of the direction that speaks first are the file.
func (p *dataParser) Data(s *proto.Session[DataTx], d proto.Dir, b []byte) (proto.Result, error) {
	if err := p.begin(s); err != nil {
		return proto.Result{}, err
	}
	if p.file == nil {
		p.open(s, d)
	}
	if d == p.dir {
		p.file.Write(b)
	}
	return proto.Result{Used: len(b)}, nil
}

// begin opens the transaction.
func (p *dataParser) begin(s *proto.Session[DataTx]) error {
	if p.tx != nil {
		return nil
	}
	s.Confirm()
	tx, err := s.Begin()
	if err != nil {
		return err
	}
	p.tx = tx
	if t, ok := s.Expected().(*transfer); ok {
		p.t = t.current()
	}
	return nil
}

// open begins the file. What it is called is known by now: the command precedes the data.
func (p *dataParser) open(s *proto.Session[DataTx], d proto.Dir) {
	info := proto.FileInfo{Source: "FTP_DATA", Dir: d, Size: -1, TxID: p.tx.ID, HideEVE: true}
	if p.t != nil && p.isFile() {
		info.Name, info.HideEVE = p.t.filename, false
	}
	p.dir = d
	p.file = s.File(&info)
	if p.t != nil && p.t.file == nil {
		p.t.file = p.file
	}
	p.name()
	s.At(p.tx, d, Begun)
	s.At(p.tx, d.Other(), Received) // who gets the file sends nothing
}

// name tells the transaction what is transferred, if it is a file.
func (p *dataParser) name() {
	if p.t != nil && p.isFile() {
		p.tx.Command, p.tx.Filename = p.t.command, p.t.filename
	}
}

// isFile tells transfers of files from listings.
func (p *dataParser) isFile() bool {
	switch string(p.t.command) {
	case "RETR", "STOR", "APPE", "STOU":
		return true
	}
	return false
}

// Gap implements proto.Parser.
func (p *dataParser) Gap(s *proto.Session[DataTx], d proto.Dir, n int64) error {
	if err := p.begin(s); err != nil {
		return err
	}
	if p.file == nil {
		p.open(s, d)
	}
	if d == p.dir {
		p.file.Gap(n)
	}
	return nil
}

// End implements proto.Parser.
func (p *dataParser) End(s *proto.Session[DataTx], d proto.Dir) {
	if p.begin(s) != nil {
		return
	}
	if p.file != nil && d == p.dir {
		p.file.Close(true)
		s.At(p.tx, d, Received)
	}
	if p.closed || !s.Ended() && (p.file == nil || d != p.dir) {
		return
	}
	p.closed = true
	p.name()
	s.At(p.tx, p.dir, Closed)
}
