package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"sort"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore"
	"github.com/wirelore/wirelore/carve"
	"github.com/wirelore/wirelore/carve/ocsp"
	"github.com/wirelore/wirelore/carve/pe"
	"github.com/wirelore/wirelore/carve/x509"
	"github.com/wirelore/wirelore/proto"
	"github.com/wirelore/wirelore/record"
	"github.com/wirelore/wirelore/sig"
)

func newSchema() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "schema [LOG...] [--json]",
		Short: "print every log and its columns",
		RunE: func(c *cobra.Command, args []string) error {
			logs := schema()
			if len(args) > 0 {
				want := map[string]bool{}
				for _, a := range args {
					want[a] = true
				}
				kept := logs[:0]
				for _, l := range logs {
					if want[l.Path] {
						kept = append(kept, l)
					}
				}
				if logs = kept; len(logs) == 0 {
					return usagef("no log is named %v: \"wirelore schema\" lists them all", args)
				}
			}
			sort.SliceStable(logs, func(i, j int) bool { return logs[i].Path < logs[j].Path })
			if asJSON {
				return schemaJSON(c.OutOrStdout(), logs)
			}
			printSchema(c.OutOrStdout(), logs)
			return nil
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one JSON object for each log")
	return c
}

// schema lists every log of the built-in parts, files included, each once: several protocols may write one log.
func schema() []*record.Stream {
	logs := wirelore.Schema()
	for _, l := range append(sig.Logs(), proto.Describe(carve.Log), proto.Describe(x509.Log), proto.Describe(ocsp.Log), proto.Describe(pe.Log)) {
		for _, form := range []record.Form{record.TSV, record.EVE} {
			if s := l.Describe(form); s != nil {
				logs = append(logs, s)
			}
		}
	}
	type name struct {
		form record.Form
		path string
	}
	var out []*record.Stream
	at := map[name]*record.Stream{}
	for _, l := range logs {
		n := name{l.Form, l.Path}
		if first, ok := at[n]; ok {
			first.Fields = append(first.Fields, newFields(first, l)...)
			continue
		}
		own := &record.Stream{Form: l.Form, Path: l.Path, Fields: slices.Clone(l.Fields)}
		at[n] = own
		out = append(out, own)
	}
	return out
}

// newFields are the columns of more that have is without.
func newFields(have, more *record.Stream) (add []record.Field) {
	for _, f := range more.Fields {
		if !slices.ContainsFunc(have.Fields, func(h record.Field) bool { return h.Name == f.Name && h.EVE == f.EVE }) {
			add = append(add, f)
		}
	}
	return add
}

func printSchema(w io.Writer, logs []*record.Stream) {
	for i, l := range logs {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if l.Form == record.EVE {
			fmt.Fprintf(w, "%s (EVE)\n", l.Path)
		} else {
			fmt.Fprintf(w, "%s.log (Zeek)\n", l.Path)
		}
		for _, f := range l.Fields {
			fmt.Fprintf(w, "  %-28s %-16s %s\n", fieldName(l, f), f.Type, f.Doc)
		}
	}
}

func fieldName(l *record.Stream, f record.Field) string {
	if l.Form == record.EVE {
		return f.EVE
	}
	return f.Name
}

func schemaJSON(w io.Writer, logs []*record.Stream) error {
	type column struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Doc  string `json:"doc"`
	}
	type log struct {
		Log     string   `json:"log"`
		Form    string   `json:"form"`
		Columns []column `json:"columns"`
	}
	e := json.NewEncoder(w)
	for _, l := range logs {
		out := log{Log: l.Path, Form: "zeek", Columns: []column{}}
		if l.Form == record.EVE {
			out.Form = "eve"
		}
		for _, f := range l.Fields {
			out.Columns = append(out.Columns, column{fieldName(l, f), f.Type.String(), f.Doc})
		}
		if err := e.Encode(out); err != nil {
			return err
		}
	}
	return nil
}
