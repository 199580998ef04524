package carve

import (
	"cmp"
	"path/filepath"
	"strings"

	"github.com/wirelore/wirelore/proto"
)

// The file-store's options stand among the outputs of a suricata.yaml, or by themselves.
const (
	fileStore       = "file-store."
	outputFileStore = "outputs." + fileStore
)

// FromSettings returns the options that a suricata.yaml asks for: with a file-store, files are written below dir, the
// directory of the logs, unless the file-store's own is absolute.
func FromSettings(s proto.Settings, dir string) Options {
	var o Options
	if !storeBool(s, "enabled") {
		return o
	}
	to := cmp.Or(s[outputFileStore+"dir"], s[fileStore+"dir"], "filestore")
	if !filepath.IsAbs(to) {
		to = filepath.Join(dir, to)
	}
	forced := storeBool(s, "force-filestore")
	// The sizes are bounded by how much of a stream is reassembled, as in Suricata.
	o.Extract = &Extract{Dir: to, MaxSize: 1 << 40, Rules: !forced, Late: !forced}
	return o
}

func storeBool(s proto.Settings, name string) bool {
	return s.Bool(outputFileStore+name, s.Bool(fileStore+name, false))
}

// readSettings takes over Suricata's options of the eve-log's files and of the file-store.
func (fs *Files) readSettings(s proto.Settings) {
	fs.magic = s.Bool("eve.files.force-magic", false)
	for key, v := range s {
		key = strings.TrimPrefix(key, "outputs.")
		if strings.HasPrefix(key, "eve.files.force-hash") || strings.HasPrefix(key, fileStore+"force-hash") {
			fs.hashes |= parseHashes(v)
		}
	}
	if s.Bool("eve.files.force-md5", false) {
		fs.hashes |= MD5
	}
	if storeBool(s, "enabled") {
		fs.hashes |= SHA256
		fs.forceStore = storeBool(s, "force-filestore")
	}
}

// parseHashes reads the names of hash functions in a list of any form.
func parseHashes(v string) (h Hashes) {
	for w := range strings.FieldsFuncSeq(strings.ToLower(v), func(r rune) bool { return !isHashRune(r) }) {
		switch w {
		case "md5":
			h |= MD5
		case "sha1", "sha-1":
			h |= SHA1
		case "sha256", "sha-256":
			h |= SHA256
		}
	}
	return h
}

func isHashRune(r rune) bool { return 'a' <= r && r <= 'z' || '0' <= r && r <= '9' || r == '-' }
