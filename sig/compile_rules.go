package sig

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/wirelore/wirelore/sig/rule"
)

// Compile reads rule files from fsys, those that match the patterns (fs.Glob), in their order, and compiles them. What is
// wrong with a rule is a Problem of the RuleSet and loses that rule alone; an error tells of files that cannot be read, of
// options that contradict each other, or of ctx.
func Compile(ctx context.Context, fsys fs.FS, patterns []string, o *Options) (*RuleSet, error) {
	var files []File
	for _, p := range patterns {
		names, err := fs.Glob(fsys, p)
		if err != nil {
			return nil, fmt.Errorf("sig: %q: %w", p, err)
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("sig: no rules file matches %q", p)
		}
		for _, n := range names {
			text, err := fs.ReadFile(fsys, n)
			if err != nil {
				return nil, fmt.Errorf("sig: cannot read the rules: %w", err)
			}
			files = append(files, File{Name: n, Text: string(text)})
		}
	}
	return compileFiles(ctx, fsys, files, o)
}

// File is a rules file in memory.
type File struct{ Name, Text string }

// CompileFiles is Compile for rules that the caller holds. Lists that rules name are read from Options.Data.
func CompileFiles(ctx context.Context, files []File, o *Options) (*RuleSet, error) {
	return compileFiles(ctx, nil, files, o)
}

func compileFiles(ctx context.Context, fsys fs.FS, files []File, o *Options) (*RuleSet, error) {
	if o == nil {
		o = &Options{}
	}
	for _, f := range files {
		if len(f.Text) > math.MaxInt32 {
			return nil, fmt.Errorf("sig: the rules file %s is larger than 2 GiB", f.Name)
		}
	}
	c, err := newCompiler(o, fsys)
	if err != nil {
		return nil, err
	}
	if o.Cache == nil {
		return c.compile(ctx, files)
	}
	name := c.key(files).name()
	if b, err := o.Cache.Get(name); err == nil {
		if rs, err := c.load(b, files); err == nil {
			return rs, nil
		}
		if c, err = newCompiler(o, fsys); err != nil { // the other one may know things that are not so
			return nil, err
		}
	}
	rs, err := c.compile(ctx, files)
	if err != nil {
		return nil, err
	}
	if b, err := rs.AppendBinary(nil); err == nil {
		_ = o.Cache.Put(name, b) // the next run compiles again
	}
	return rs, nil
}

// head is what is known of a rule before it is built.
type head struct {
	origin
	column        uint32
	gid, sid, rev uint32
}

// compile compiles rules. They are read twice: their heads, to find out which of them count, and each again when it is built,
// so that the options of all are never in memory at once.
func (c *compiler) compile(ctx context.Context, files []File) (*RuleSet, error) {
	c.files = files
	var heads []head
	var problems []*rule.Problem
	skipped := 0
	for i := range files {
		on, off, n, bad := c.heads(i)
		heads = append(append(heads, on...), off...)
		problems = append(problems, bad...)
		skipped += n
	}
	heads, twice := rule.DeduplicateFunc(heads, func(h *head) rule.ID {
		return rule.ID{Pos: rule.Pos{File: files[h.file].Name, Line: int(h.line), Column: int(h.column)}, GID: h.gid, SID: h.sid, Rev: h.rev}
	})
	problems = append(problems, twice...)
	sigs, bad, more, err := c.buildAll(ctx, heads)
	if err != nil {
		return nil, err
	}
	problems = append(problems, bad...)
	slices.SortStableFunc(problems, func(a, b *rule.Problem) int {
		if n := strings.Compare(a.File, b.File); n != 0 {
			return n
		}
		return a.Line - b.Line
	})
	rs, err := c.assemble(sigs, problems, skipped+more)
	if err != nil {
		return nil, err
	}
	if c.opts.Lazy {
		rs.release()
	}
	return rs, nil
}

// heads reads the heads of a file's rules, those apart that are commented out. Rules whose keyword requires is not met are
// left out, before they take the place of others.
func (c *compiler) heads(file int) (on, off []head, skipped int, problems []*rule.Problem) {
	f := &c.files[file]
	bad := rule.Scan(f.Name, f.Text, c.opts.Disabled, func(r *rule.Rule, disabled bool) {
		if o := r.Option("requires"); o != nil {
			err := parseRequires(&builder{c: c, r: r}, o.Value)
			if errors.Is(err, errSkip) {
				skipped++
				return
			}
			if r.Wrong != nil {
				problems = append(problems, r.Wrong)
				return
			}
		}
		c.declareSets(r)
		h := head{origin{uint32(file), uint32(r.Offset), uint32(r.Line)}, uint32(r.Column), r.GID, r.SID, r.Rev}
		if disabled {
			off = append(off, h)
		} else {
			on = append(on, h)
		}
	})
	return on, off, skipped, append(bad, problems...)
}

// buildAt builds the rule that stands somewhere.
func (c *compiler) buildAt(r *rule.Reader, at origin) (*signature, error) {
	f := &c.files[at.file]
	parsed, ok := r.At(f.Name, f.Text, int(at.offset), int(at.line))
	if !ok {
		return nil, fmt.Errorf("there is no rule in line %d", at.line)
	}
	s, err := c.build(parsed)
	if err != nil {
		return nil, err
	}
	s.at = at
	return s, nil
}

// buildAll builds the rules side by side; their order stays.
func (c *compiler) buildAll(ctx context.Context, heads []head) (sigs []*signature, problems []*rule.Problem, skipped int, err error) {
	workers := c.opts.workers()
	built := make([]*signature, len(heads))
	failed := make([]map[int]error, workers)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			var r rule.Reader
			failed[w] = map[int]error{}
			for i := w; i < len(heads); i += workers {
				if i&255 == w && ctx.Err() != nil {
					return
				}
				if s, err := c.buildAt(&r, heads[i].origin); err != nil {
					failed[w][i] = err
				} else {
					if c.opts.Lazy {
						s.slim()
					}
					built[i] = s
				}
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, nil, 0, err
	}
	for i := range heads {
		if built[i] == nil {
			var p *rule.Problem
			if e := failed[i%workers][i]; errors.Is(e, errSkip) || strings.HasSuffix(e.Error(), errSkip.Error()) {
				skipped++
			} else if errors.As(e, &p) {
				problems = append(problems, p)
			}
		}
	}
	return slices.DeleteFunc(built, func(s *signature) bool { return s == nil }), problems, skipped, nil
}

// workers is how many goroutines compile.
func (o *Options) workers() int {
	if o.Workers > 0 {
		return o.Workers
	}
	return runtime.GOMAXPROCS(0)
}
