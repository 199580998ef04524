package ssh

import (
	"errors"
	"strings"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
)

// buffers are the sticky buffers. Those that look at either side are there once for each direction.
var buffers = []proto.Buffer[Tx]{
	buffer("ssh.proto", "ssh_proto", client, StageClientBanner, (*Side).version),
	buffer("ssh.proto", "ssh_proto", server, StageServerBanner, (*Side).version),
	buffer("ssh.software", "ssh_software", client, StageClientBanner, (*Side).software),
	buffer("ssh.software", "ssh_software", server, StageServerBanner, (*Side).software),
	buffer("ssh.hassh", "ssh-hassh", client, StageClientKex, (*Side).hassh),
	buffer("ssh.hassh.string", "ssh-hassh-string", client, StageClientKex, (*Side).hasshString),
	buffer("ssh.hassh.server", "ssh-hassh-server", server, StageServerKex, (*Side).hassh),
	buffer("ssh.hassh.server.string", "ssh-hassh-server-string", server, StageServerKex, (*Side).hasshString),
}

func buffer(name, alias string, role proto.Dir, at proto.Stage, get func(s *Side) []byte) proto.Buffer[Tx] {
	return proto.Buffer[Tx]{Name: name, Aliases: []string{alias}, Dir: role, At: at,
		One: func(t *Tx) []byte { return get(&t.Sides[role]) }}
}

// proper tells whether the identification has all its parts: rules do not look at others.
func (s *Side) proper() bool { return len(s.Version) > 0 && s.Software != nil }

func (s *Side) version() []byte {
	if !s.proper() {
		return nil
	}
	return s.Version
}

// software is what rules see: the whole of it, where records show what a line may hold.
func (s *Side) software() []byte {
	if !s.proper() || len(s.Software) == 0 {
		return nil
	}
	if s.long != nil {
		return s.long
	}
	return s.Software
}

func (s *Side) hassh() []byte       { return s.HASSH }
func (s *Side) hasshString() []byte { return s.HASSHString }

// keywords are those of old rules, which compare the whole value.
var keywords = []proto.Keyword[Tx]{
	bothSides("ssh.protoversion", "a side's version of the protocol: digits and dots, or 2_compat", compileVersion),
	bothSides("ssh.softwareversion", "a side's software", compileSoftware),
}

// bothSides makes a keyword that is judged on the identification of either side.
func bothSides(name, doc string, compile func(arg string) (func(s *Side) bool, error)) proto.Keyword[Tx] {
	return proto.Keyword[Tx]{
		Name: name, Doc: doc, Dirs: [2]bool{true, true}, At: [2]proto.Stage{StageClientBanner, StageServerBanner},
		Compile: func(arg string) (func(*Tx, proto.Dir) bool, error) {
			is, err := compile(strings.Trim(strings.TrimSpace(arg), `"`))
			if err != nil {
				return nil, err
			}
			return func(t *Tx, d proto.Dir) bool { return is(&t.Sides[d]) }, nil
		},
	}
}

var (
	errVersion  = errors.New("a version is digits and dots, or 2_compat")
	errSoftware = errors.New("a software is letters, digits, blanks and any of : . + - _")
)

// compileVersion reads the value of ssh.protoversion. 2_compat stands for all that can speak version 2.
func compileVersion(arg string) (func(s *Side) bool, error) {
	if arg == "2_compat" {
		return func(s *Side) bool { return s.proper() && s.speaks()&2 != 0 }, nil
	}
	if arg == "" || !digit(rune(arg[0])) || strings.ContainsFunc(arg, func(r rune) bool { return !digit(r) && r != '.' }) {
		return nil, errVersion
	}
	return func(s *Side) bool { return s.proper() && string(s.Version) == arg }, nil
}

// compileSoftware reads the value of ssh.softwareversion.
func compileSoftware(arg string) (func(s *Side) bool, error) {
	odd := func(r rune) bool {
		return !digit(r) && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && !strings.ContainsRune(" :.+-_", r)
	}
	if arg == "" || strings.ContainsFunc(arg, odd) {
		return nil, errSoftware
	}
	return func(s *Side) bool { return string(s.software()) == arg }, nil
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

var alertLog = record.PrepareEmbed(eveLog)

// alert writes the object ssh, once an identification was read.
func alert(e *encoder, t *Tx, _ proto.Dir) bool {
	if !t.Sides[client].proper() && !t.Sides[server].proper() {
		return false
	}
	record.Embed(e, alertLog, t)
	return true
}
