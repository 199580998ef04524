// Package pcre matches Perl-compatible regular expressions, as detection rules have them, against bytes that an attacker may have
// chosen, in bounded time and memory.
//
//	re, err := pcre.Compile(`^/(\w+)\.php\?id=\d+$`, pcre.Options{CaseInsensitive: true})
//	if err != nil { … }           // a *pcre.SyntaxError: where, what, and whether PCRE2 would have taken it
//	var m pcre.Machine            // scratch memory, one for each goroutine, for any number of expressions
//	loc, ok, err := re.Match(&m, uri, 0)
//	if ok { name := uri[loc[2]:loc[3]] }
//
// # Semantics
//
// Syntax and choice of the match are those of PCRE2 10.42 without UTF: one byte is one character, letters are those of ASCII, a newline is
// \n, and the first alternative that leads to a match wins. Groups keep the value of the last iteration that set them; an iteration that
// matches nothing ends a loop. README.md lists what is supported, what is not, and the few differences.
//
// # Engines
//
// Before anything runs, a search looks for the text that every match goes over, for the bytes that one can start with, and where it can
// start. Then a backtracker has a few steps for each byte, which is enough for most. If it is not, a lazily built automaton reads the
// subject once and says whether there can be a match. Only where there can, the search goes on: with the backtracker until its steps
// are used up, and after it with threads that run side by side, which need time in proportion to the subject and the expression,
// whatever they are. Expressions with backreferences, calls and the like (see [Regexp.Linear]) have no such threads, and their automaton
// only says no: for them, a search may end with [ErrLimit].
//
// # Performance
//
// A search allocates nothing once its [Machine] has grown. Most searches of rules that do not match take some ten nanoseconds, or pass over
// the subject as fast as bytes.Index. Automata take up to half a megabyte for each expression that needs one, and some 16 MiB for each
// machine, which then starts anew.
//
// # Concurrency
//
// A [Regexp] is immutable and may be used by any number of goroutines. A [Machine] serves one goroutine at a time.
package pcre
