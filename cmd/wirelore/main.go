// Command wirelore tells what is in packet captures. See wirelore help.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	if os.Getenv("GOGC") == "" {
		// Millions of open flows live long: collecting a little more often saves much memory for little time.
		debug.SetGCPercent(50)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := execute(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// execute runs one command line and returns the exit code: 0 done, 1 the capture or the output is at fault, 2 the call.
func execute(ctx context.Context, args []string) int {
	root := newRoot()
	root.SetArgs(args)
	var prof profiles
	prof.flags(root)
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return prof.start() }
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, prof.stop())
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(os.Stderr, "wirelore: %v\n", err)
		return 2
	default:
		for _, line := range strings.Split(err.Error(), "\n") {
			fmt.Fprintf(os.Stderr, "wirelore: %s\n", strings.TrimPrefix(line, "wirelore: "))
		}
		return 1
	}
}

// usageError is a mistake in the call.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, a ...any) error { return &usageError{fmt.Sprintf(format, a...)} }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "wirelore",
		Short:         "wirelore tells what is in packet captures",
		Long:          "wirelore reads packet captures and tells what is in them: Zeek logs, Suricata EVE records, files.",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v: see \"%s --help\" for the flags there are", err, c.CommandPath())
	})
	root.AddCommand(newAnalyze(), newZeek(), newSuricata(), newInfo(), newCut(), newSchema())
	return root
}
