//go:build !amd64 || noasm

package match

func filter(g *grams, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	return filterGo(g, b, from, end, out)
}

func filterPairs(t *pairs, b []byte, from, end int, out *[maxCandidates]uint16) (n, next int) {
	return filterPairsGo(t, b, from, end, out)
}
