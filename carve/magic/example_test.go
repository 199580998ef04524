package magic_test

import (
	"fmt"

	"github.com/wirelore/wirelore/carve/magic"
)

func ExampleIdentify() {
	fmt.Println(magic.Identify([]byte("MZ\x90\x00\x03\x00")))
	fmt.Println(magic.Identify([]byte("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">")))
	// Output:
	// application/x-dosexec
	// text/rss
}

func ExampleAll() {
	for mime, strength := range magic.All([]byte("<?xml version=\"1.0\"?>\n<rss version=\"2.0\">")) {
		fmt.Println(mime, strength)
	}
	// Output:
	// text/rss 90
	// application/xml 10
	// text/plain -20
}
