package sig

import (
	"fmt"
	"os"
)

func dbg(f string, a ...any) {
	if os.Getenv("SIGDBG") != "" {
		fmt.Fprintf(os.Stderr, f+"\n", a...)
	}
}
