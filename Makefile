# Plain go commands do everything; this only names them.
.PHONY: build test check race fuzz bench generate

build:
	go build -o wirelore ./cmd/wirelore

test:
	go test ./...

check: # all that a change has to pass
	.ci/run

race:
	go test -race -shuffle=on ./...

fuzz: # make fuzz PKG=./proto/dns TARGET=FuzzParser
	go test $(PKG) -run=NONE -fuzz='^$(TARGET)$$' -fuzztime=30s

bench:
	go test -run=NONE -bench=. -benchmem ./bench/...

generate:
	go generate ./proto/all ./carve/all ./testdata
