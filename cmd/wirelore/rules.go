package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/proto/all"
	"github.com/wirelore/wirelore/sig"
	"github.com/wirelore/wirelore/sig/rule"
)

// ruleFiles are the rules of a run: files with the configuration that goes with them.
type ruleFiles struct {
	files    []string
	settings proto.Settings
	disabled bool // rules that are commented out too
	lazy     bool // expressions are compiled when they are needed
	cache    sig.Cache
	warn     func(format string, args ...any)
}

// osFiles opens files of the system by any name, relative ones below dirs, the first that has them.
type osFiles struct{ dirs []string }

// Open implements fs.FS, without its rules for names.
func (o osFiles) Open(name string) (fs.File, error) {
	if filepath.IsAbs(name) {
		return os.Open(name)
	}
	var first error
	for _, d := range o.dirs {
		f, err := os.Open(filepath.Join(d, name))
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
	}
	if first == nil {
		first = &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return nil, first
}

// compile reads and compiles the rules; nil when there are none.
func (r *ruleFiles) compile(ctx context.Context) (*sig.RuleSet, error) {
	var files []sig.File
	dirs := []string{}
	for _, name := range r.files {
		text, err := readRules(name)
		if err != nil {
			return nil, err
		}
		files = append(files, sig.File{Name: name, Text: text})
		dirs = append(dirs, filepath.Dir(name))
	}
	if len(files) == 0 {
		return nil, nil
	}
	o, err := r.options(append(dirs, "."))
	if err != nil {
		return nil, err
	}
	rs, err := sig.CompileFiles(ctx, files, o)
	if err == nil && o.Lazy && !rs.Stats().Cached {
		debug.FreeOSMemory() // compiling took several times of what stays
	}
	return rs, err
}

// options are what the configuration says.
func (r *ruleFiles) options(dirs []string) (*sig.Options, error) {
	s := r.settings
	if d := s.String("default-rule-path", ""); d != "" {
		dirs = append(dirs, d)
	}
	o := &sig.Options{Protocols: all.Default(), Data: osFiles{dirs}, Disabled: r.disabled, Lazy: r.lazy, Cache: r.cache,
		AlertsPerPacket: int(s.Int("packet-alert-max", 15)), ActionOrder: list(s, "action-order")}
	vars := rule.DefaultVars()
	if set := prefixed(s, "vars.address-groups."); len(set) > 0 {
		vars.Addresses = set
	}
	if set := prefixed(s, "vars.port-groups."); len(set) > 0 {
		vars.Ports = set
	}
	o.Vars = &vars
	var errs []error
	read := func(key, fallback string, use func(name, text string) []*rule.Problem) {
		name := s.String(key, "")
		if name == "" {
			if name = fallback; name == "" {
				return
			}
		}
		text, err := fs.ReadFile(osFiles{dirs}, name)
		if err != nil {
			if !errors.Is(err, fs.ErrNotExist) || key == "" {
				errs = append(errs, err)
			} else if s.Has(key) && r.warn != nil && !filepath.IsAbs(name) {
				r.warn("cannot read %s: %v", key, err)
			}
			return
		}
		for _, p := range use(name, string(text)) {
			if r.warn != nil {
				r.warn("%s", p.Error())
			}
		}
	}
	read("classification-file", "", func(name, text string) (bad []*rule.Problem) {
		o.Classifications, bad = rule.ParseClassifications(name, text)
		return bad
	})
	read("reference-config-file", "", func(name, text string) (bad []*rule.Problem) {
		o.References, bad = rule.ParseReferences(name, text)
		return bad
	})
	read("threshold-file", "", func(name, text string) (bad []*rule.Problem) {
		o.Thresholds, bad = vars.ParseThresholds(name, text)
		return bad
	})
	o.Datasets = datasets(s)
	return o, errors.Join(errs...)
}

// list returns the values KEY.0, KEY.1 ...
func list(s proto.Settings, key string) (out []string) {
	for i := 0; ; i++ {
		v := s.String(key+"."+strconv.Itoa(i), "")
		if v == "" {
			return out
		}
		out = append(out, v)
	}
}

// prefixed returns the settings whose names begin with prefix, by the rest of their names.
func prefixed(s proto.Settings, prefix string) map[string]string {
	out := map[string]string{}
	for k := range s {
		if name, ok := strings.CutPrefix(k, prefix); ok && !strings.Contains(name, ".") {
			out[name] = s.String(k, "")
		}
	}
	return out
}

// datasets are those that the configuration declares.
func datasets(s proto.Settings) (out []sig.Dataset) {
	for k := range s {
		rest, ok := strings.CutPrefix(k, "datasets.")
		name, opt, _ := strings.Cut(rest, ".")
		if ok && opt == "type" {
			out = append(out, sig.Dataset{Name: name, Type: s.String(k, ""), Load: s.String("datasets."+name+".load", "")})
		}
	}
	return out
}

// rules compiles the rules of a run of "wirelore suricata".
func (o *suricataFlags) ruleSet(c *cobra.Command, conf *config) (*sig.RuleSet, error) {
	if o.noDetection {
		return nil, nil
	}
	r := ruleFiles{files: o.rules, settings: conf.settings, lazy: true, cache: rulesCache(o.rulesCache), warn: func(f string, a ...any) { warnf(c, f, a...) }}
	if len(o.only) > 0 {
		r.files = o.only
	} else {
		r.files = append(r.files, configured(conf.settings, r.warn)...)
	}
	rs, err := r.compile(c.Context())
	if err != nil || rs == nil {
		return nil, err
	}
	complain(c, rs)
	return rs, nil
}

// complain warns of rules that were refused.
func complain(c *cobra.Command, rs *sig.RuleSet) {
	const most = 5
	for i, p := range rs.Problems() {
		if i == most {
			warnf(c, "%d more rules were refused: \"wirelore rules check\" lists them", len(rs.Problems())-most)
			break
		}
		warnf(c, "%s", harmless(p.Error()))
	}
}

// configured lists the rules files of a configuration, those that are there.
func configured(s proto.Settings, warn func(format string, args ...any)) (files []string) {
	dir := s.String("default-rule-path", "")
	for _, name := range list(s, "rule-files") {
		if !filepath.IsAbs(name) {
			name = filepath.Join(dir, name)
		}
		if _, err := os.Stat(name); err != nil {
			warn("the rules file %s of the configuration cannot be read", name)
			continue
		}
		files = append(files, name)
	}
	return files
}
