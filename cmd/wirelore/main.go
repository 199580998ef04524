// Command wirelore tells what is in packet captures. See wirelore help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	collect()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// The exit codes.
const (
	exitFault       = 1   // the capture or the output is at fault
	exitUsage       = 2   // the call is
	exitInterrupted = 130 // as shells say it
)

// execute runs one command line and returns the exit code.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	var prof profiles
	prof.flags(root)
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return prof.start() }
	err := root.ExecuteContext(ctx)
	err = errors.Join(err, prof.stop())
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case ctx.Err() != nil:
		fmt.Fprintln(stderr, "wirelore: interrupted: what was not complete has been removed")
		return exitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "wirelore: %v\n", err)
		return exitUsage
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintf(stderr, "wirelore: %s\n", plain(line))
	}
	return exitFault
}

// plain takes the names of our packages from the front of a message.
func plain(line string) string {
	for _, p := range []string{"wirelore: ", "pcap: ", "filter: "} {
		line = strings.TrimPrefix(line, p)
	}
	return line
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

		SuggestionsMinimumDistance: 2,
		Args:                       cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				if like := c.SuggestionsFor(args[0]); len(like) > 0 {
					return usagef("there is no command %q: did you mean %s?", args[0], strings.Join(like, " or "))
				}
				return usagef("there is no command %q: see \"wirelore help\"", args[0])
			}
			return c.Help()
		},
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%v: see \"%s --help\" for the flags there are", err, c.CommandPath())
	})
	root.AddCommand(newAnalyze(), newZeek(), newSuricata(), newInfo(), newCut(), newRules(), newSchema())
	return root
}
