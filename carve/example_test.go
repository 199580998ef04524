package carve_test

import (
	"fmt"

	"github.com/wirelore/wirelore/carve"
)

func ExampleHasher() {
	var h carve.Hasher
	h.Reset(carve.MD5 | carve.SHA256)
	h.Write([]byte("hello, "))
	h.Write([]byte("world"))
	var s carve.Sums
	h.Sums(&s)
	fmt.Printf("%x %v\n", s.MD5, s.Have&carve.SHA1 != 0)
	// Output: e4d7f1b4ed2e42d15898f4b27b019da4 false
}

func ExampleRanges() {
	var gaps carve.Ranges
	gaps.Add(100, 200)
	gaps.Add(200, 250)
	gaps.Add(900, 1000)
	gaps.Remove(120, 130)
	for r := range gaps.All() {
		fmt.Println(r.Start, r.End)
	}
	// Output:
	// 100 120
	// 130 250
	// 900 1000
}
