package pcre_test

import (
	"errors"
	"fmt"

	"github.com/wirelore/wirelore/sig/pcre"
)

// A rule's expression is compiled once; each worker has its machine.
func Example() {
	re, err := pcre.Compile(`^/(?<page>\w+)\.php\?id=(\d+)$`, pcre.Options{CaseInsensitive: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	var m pcre.Machine
	uri := []byte("/Login.PHP?id=17")
	loc, ok, err := re.Match(&m, uri, 0)
	if !ok {
		fmt.Println("no match", err)
		return
	}
	for i, name := range re.SubexpNames() {
		fmt.Printf("%d %q %s\n", i, name, uri[loc[2*i]:loc[2*i+1]])
	}
	// Output:
	// 0 "" /Login.PHP?id=17
	// 1 "page" Login
	// 2 "" 17
}

// Errors tell where, what, and whether PCRE2 knows better.
func ExampleCompile() {
	_, err := pcre.Compile(`a(b|c`, pcre.Options{})
	fmt.Println(err)
	_, err = pcre.Compile(`\p{Greek}`, pcre.Options{})
	var se *pcre.SyntaxError
	fmt.Println(err, errors.As(err, &se) && se.Unsupported)
	// Output:
	// pcre: offset 2: missing closing parenthesis
	// pcre: offset 0: \p is not supported true
}

// The literal serves as a filter before the expression is looked at.
func ExampleRegexp_Literal() {
	re, _ := pcre.Compile(`\/gate\.php\?[a-z]+=\d+`, pcre.Options{})
	lit, nocase := re.Literal()
	fmt.Printf("%s %v\n", lit, nocase)
	// Output: /gate.php? false
}
