package filter

import "testing"

func TestCompileEmpty(t *testing.T) {
	f, err := Compile("", linkEthernet)
	if err != nil || !f.Match(nil, 0) {
		t.Fatalf("empty expression: %v, want a filter that matches all", err)
	}
}
