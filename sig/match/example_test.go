package match_test

import (
	"fmt"

	"github.com/wirelore/wirelore/sig/match"
)

func Example() {
	set, err := match.Compile([]match.Pattern{
		{Bytes: []byte("cmd.exe"), NoCase: true},
		{Bytes: []byte("../")},
		{Bytes: []byte("passwd")},
	}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	uri := []byte("/scripts/../../winnt/system32/CMD.EXE")
	for _, hit := range set.Find(uri, nil) {
		fmt.Println("pattern", hit.Pattern, "ends at", hit.End)
	}
	var seen match.Seen // reused for every buffer
	fmt.Println("patterns", set.FindSet(uri, &seen, nil))
	// Output:
	// pattern 1 ends at 12
	// pattern 1 ends at 15
	// pattern 0 ends at 37
	// patterns [0 1]
}

func ExampleStream() {
	set, err := match.Compile([]match.Pattern{{Bytes: []byte("across chunks")}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	stream := set.NewStream()
	for _, chunk := range []string{"a pattern acr", "oss", " chunks is found"} {
		fmt.Println(stream.Find([]byte(chunk), nil))
	}
	// Output:
	// []
	// []
	// [{0 23}]
}

func ExampleLoad() {
	set, err := match.Compile([]match.Pattern{{Bytes: []byte("evil.example"), NoCase: true}}, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	stored := set.AppendBinary(nil) // into a cache
	loaded, err := match.Load(stored)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(loaded.Find([]byte("www.EVIL.example"), nil))
	// Output: [{0 16}]
}
