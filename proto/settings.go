package proto

import (
	"strconv"
	"strings"
)

// Settings are options by dotted name, as suricata.yaml writes them; record types of eve-log stand under
// "eve.TYPE.OPTION". Read-only and shared once a run began. A nil map is fine: every reader names its default.
type Settings map[string]string

// Has tells whether a key is set.
func (s Settings) Has(key string) bool { _, ok := s[key]; return ok }

// String returns a setting or def.
func (s Settings) String(key, def string) string {
	if v, ok := s[key]; ok {
		return v
	}
	return def
}

// Bool returns a setting as YAML 1.1 reads it (yes, true, on, 1), or def.
func (s Settings) Bool(key string, def bool) bool {
	switch strings.ToLower(s[key]) {
	case "yes", "true", "on", "1", "enabled":
		return true
	case "no", "false", "off", "0", "disabled", "detection-only":
		return false
	}
	return def
}

// Int returns a setting as a number, or def. Sizes may end in kb, mb, gb (kib...), of 1024 each.
func (s Settings) Int(key string, def int64) int64 {
	if n, ok := ParseSize(s[key]); ok {
		return n
	}
	return def
}

// ParseSize reads a number with an optional unit as Suricata does: kb, mb, gb and kib, mib, gib are powers of 1024.
func ParseSize(v string) (int64, bool) {
	v = strings.ToLower(strings.TrimSpace(v))
	i := 0
	for i < len(v) && (v[i] >= '0' && v[i] <= '9' || v[i] == '-' && i == 0) {
		i++
	}
	n, err := strconv.ParseInt(v[:i], 10, 64)
	if err != nil {
		return 0, false
	}
	shift := map[string]uint{"": 0, "b": 0, "k": 10, "kb": 10, "kib": 10, "m": 20, "mb": 20, "mib": 20, "g": 30, "gb": 30, "gib": 30}
	k, ok := shift[strings.TrimSpace(v[i:])]
	if !ok || n<<k>>k != n {
		return 0, false
	}
	return n << k, true
}
