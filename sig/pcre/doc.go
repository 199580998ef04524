// Package pcre matches Perl-compatible regular expressions against bytes in bounded time and memory.
package pcre
