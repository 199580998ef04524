package wirelore_test

import (
	"context"
	"fmt"
	"log"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/wirelore/wirelore"
)

// Run analyses one capture; the summary tells what was done.
func ExampleEngine_Run() {
	var dns int
	e, err := wirelore.New(wirelore.Config{
		EVE: &wirelore.EVEOutput{},
		Sink: wirelore.SinkFunc(func(_ context.Context, r *wirelore.Record) error {
			if r.Log() == "dns" {
				dns++ // r is borrowed: copy what is to be kept
			}
			return nil
		}),
	})
	if err != nil {
		log.Fatal(err)
	}
	sum, err := e.Run(context.Background(), wirelore.File("testdata/office.pcapng"))
	if err != nil {
		log.Fatal(err) // a broken capture: what stands before the break has been analyzed
	}
	fmt.Println(sum.Packets, "packets", sum.Flow.Flows, "flows")
	fmt.Println(dns == int(sum.EVE["dns"]), dns > 0)
	// Output:
	// 369 packets 48 flows
	// true true
}

// Records yields what a capture holds, one record after another.
func ExampleEngine_Records() {
	e, err := wirelore.New(wirelore.Config{Zeek: &wirelore.ZeekOutput{
		Logs: func(path string) bool { return path == "ssh" || path == "ftp" },
	}})
	if err != nil {
		log.Fatal(err)
	}
	for r, err := range e.Records(context.Background(), wirelore.File("testdata/office.pcapng")) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(r.Time().Format("15:04:05"), r.Log(), len(r.Line) > 0)
		break // ends the run and frees everything
	}
	// Output:
	// 09:00:30 ftp true
}

// RunAll analyses many captures, each into a sink of its own; a broken one does not end the loop.
func ExampleEngine_RunAll() {
	e, err := wirelore.New(wirelore.Config{Zeek: &wirelore.ZeekOutput{}})
	if err != nil {
		log.Fatal(err)
	}
	out, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(out) }()

	captures := wirelore.Glob(os.DirFS("testdata"), "*.pcap", "*.pcapng")
	sinks := func(src wirelore.Source) (wirelore.Sink, error) {
		return wirelore.Dir(filepath.Join(out, src.Name()), nil), nil
	}
	for sum, err := range e.RunAll(context.Background(), captures, sinks) {
		fmt.Println(sum.Name, sum.Packets, err != nil)
	}
	// Output:
	// broken.pcap 226 true
	// office.pcapng 369 false
}

// Dir writes logs as Zeek does, and eve.json.
func ExampleDir() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()

	e, err := wirelore.New(wirelore.Config{
		Zeek: &wirelore.ZeekOutput{Logs: func(path string) bool { return path == "conn" || path == "dns" }},
		EVE:  &wirelore.EVEOutput{},
		Sink: wirelore.Dir(filepath.Join(dir, "logs"), nil),
	})
	if err != nil {
		log.Fatal(err)
	}
	sum, err := e.Run(context.Background(), wirelore.File("testdata/office.pcapng"))
	if err != nil {
		log.Fatal(err)
	}
	files, err := os.ReadDir(filepath.Join(dir, "logs"))
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range files {
		fmt.Println(f.Name())
	}
	fmt.Println(slices.Sorted(maps.Keys(sum.Zeek)))
	// Output:
	// conn.log
	// dns.log
	// eve.json
	// [conn dns]
}
