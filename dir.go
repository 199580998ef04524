package wirelore

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"github.com/wirelore/wirelore/record"
)

// DirOptions direct a directory sink. The zero value and nil are the defaults.
type DirOptions struct {
	// Overwrite replaces logs that exist; otherwise they are an error.
	Overwrite bool
	// Append adds to an existing EVE file, as Suricata does, instead of replacing it. It needs Overwrite.
	Append bool
	// EVEName is the name of the file with EVE records; "" : eve.json.
	EVEName string
	// AlwaysEVE makes the EVE file even when there is no record.
	AlwaysEVE bool
}

// Dir returns a sink that writes logs to files in a directory, which it makes: NAME.log for each Zeek log, eve.json for EVE.
// They get their names only in Flush: a run that was killed leaves nothing that looks whole. A sink serves one run.
func Dir(path string, o *DirOptions) Sink {
	if o == nil {
		o = &DirOptions{}
	}
	d := &dirSink{dir: path, opt: *o, files: map[*record.Stream]*logFile{}, names: map[string]*logFile{}}
	if d.opt.EVEName == "" {
		d.opt.EVEName = "eve.json"
	}
	return d
}

type dirSink struct {
	dir   string
	opt   DirOptions
	files map[*record.Stream]*logFile
	names map[string]*logFile
	last  *record.Stream
	at    *logFile
	made  bool
}

type logFile struct {
	f           *os.File
	w           *bufio.Writer
	tsv         bool
	first, last int64
}

// Write implements Sink.
func (d *dirSink) Write(_ context.Context, r *Record) error {
	if r.Stream != d.last {
		f, err := d.file(r.Stream, r.Nanos)
		if err != nil {
			return err
		}
		d.last, d.at = r.Stream, f
	}
	d.at.last = r.Nanos
	if _, err := d.at.w.Write(r.Line); err != nil {
		return full(err)
	}
	return d.at.w.WriteByte('\n')
}

func (d *dirSink) file(s *record.Stream, nanos int64) (*logFile, error) {
	if f, ok := d.files[s]; ok {
		return f, nil
	}
	name := s.Path + ".log"
	if s.Form == record.EVE {
		name = d.opt.EVEName
	}
	f, ok := d.names[name]
	if !ok {
		var err error
		if f, err = d.create(name); err != nil {
			return nil, err
		}
		f.first = nanos
		if s.Form == record.TSV {
			f.tsv = true
			writeHeader(f.w, s, nanos)
		}
	}
	d.files[s] = f
	return f, nil
}

// part is the ending of files that are being written.
const part = ".part"

func (d *dirSink) create(name string) (*logFile, error) {
	if !d.made {
		if err := os.MkdirAll(d.dir, 0o777); err != nil {
			return nil, fmt.Errorf("cannot make the output directory: %w", err)
		}
		d.made = true
	}
	path := filepath.Join(d.dir, name)
	if _, err := os.Lstat(path); err == nil && !d.opt.Overwrite {
		return nil, fmt.Errorf("%s exists already: choose another directory or ask for overwriting", path)
	}
	f, err := os.OpenFile(path+part, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o666)
	if err != nil {
		return nil, fmt.Errorf("cannot write results: %w", err)
	}
	l := &logFile{f: f, w: bufio.NewWriterSize(f, 256<<10)}
	if d.opt.Append {
		old, err := os.Open(path)
		if err == nil {
			_, err = l.w.ReadFrom(old)
			_ = old.Close()
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			_ = f.Close()
			return nil, full(err)
		}
	}
	d.names[name] = l
	return l, nil
}

// Flush implements Sink: all files get their names.
func (d *dirSink) Flush(context.Context) error {
	if d.opt.AlwaysEVE && d.names[d.opt.EVEName] == nil {
		if _, err := d.create(d.opt.EVEName); err != nil {
			return err
		}
	}
	names := make([]string, 0, len(d.names))
	for n := range d.names {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		l := d.names[n]
		if l.tsv {
			fmt.Fprintf(l.w, "#close\t%s\n", logTime(l.last))
		}
		if err := errors.Join(l.w.Flush(), l.f.Close()); err != nil {
			d.Abort()
			return full(err)
		}
	}
	for _, n := range names {
		path := filepath.Join(d.dir, n)
		if err := os.Rename(path+part, path); err != nil {
			d.Abort()
			return err
		}
		delete(d.names, n)
	}
	return nil
}

// Abort implements Aborter: nothing is left behind.
func (d *dirSink) Abort() {
	for n, l := range d.names {
		_ = l.f.Close()
		_ = os.Remove(filepath.Join(d.dir, n) + part)
	}
	clear(d.names)
}

func full(err error) error {
	return fmt.Errorf("cannot write results (is the disk full?): %w", err)
}

func logTime(nanos int64) string { return time.Unix(0, nanos).UTC().Format("2006-01-02-15-04-05") }

// writeHeader writes the header of a Zeek TSV log. Its times are the capture's, so that output is the same for each run.
func writeHeader(w *bufio.Writer, s *record.Stream, nanos int64) {
	names, types := make([]string, len(s.Fields)), make([]string, len(s.Fields))
	for i, f := range s.Fields {
		names[i], types[i] = f.Name, f.Type.String()
	}
	fmt.Fprintf(w, "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\t%s\n#open\t%s\n",
		s.Path, logTime(nanos))
	fmt.Fprintf(w, "#fields\t%s\n#types\t%s\n", strings.Join(names, "\t"), strings.Join(types, "\t"))
}
