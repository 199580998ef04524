//go:build !wlpoison

package pcap

func poison([]byte) {}
