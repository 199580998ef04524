module github.com/wirelore/wirelore/sig/match/compare

go 1.25.0

require (
	github.com/BobuSumisu/aho-corasick v1.0.3
	github.com/cloudflare/ahocorasick v0.0.0-20240916140611-054963ec9396
	github.com/petar-dambovaliev/aho-corasick v0.0.0-20250424160509-463d218d4745
	github.com/wirelore/wirelore v0.0.0
)

replace github.com/wirelore/wirelore => ../../..
