package http

import "testing"

// TestURI checks http.uri against what Suricata 7 was seen to make of targets.
func TestURI(t *testing.T) {
	for in, want := range map[string]string{
		"/a/b": "/a/b", "/a//b": "/a/b", "/a/./b": "/a/b", "/a/../b": "/b", "/../../b": "/b", "/a/%2e%2e/b": "/b", "/a\\b": "/a/b",
		"/%u0041": "/A", "/%uff21": "/A", "/%zz": "/%zz", "/%": "/%", "/%%41": "/%A", "/%u%41": "/%uA", "/%zz%4g": "/%zz%4g", "/%u004": "/%u004",
		"/a/..": "", "/a/../": "", "/..": "", "/a/.": "/a", "./a": "a", "../a": "a", "a/../b": "/b", "/a/...": "/a/...", "/.a/..b": "/.a/..b",
		"/a/b/../../..": "", "/a;b/../c": "/c", "/a?b/../c": "/a?b/../c", "/%2F%2f/a": "/a", "/A%20b%0ac": "/A b\nc", "/a%00b": "/a\x00b",
		"/%c3%a9": "/\xe9", "/%u0041%u00e9": "/A", "/%u00e9/x": "/?/x", "/%u0100": "/A", "/%u2215": "/", "/%c0%af..%c0%afx": "/x",
		"/%e0%80%af": "//", "/a/%c0%ae%c0%ae/b": "/b", "/\xe9x": "/?x", "/\xc3": "/", "/\xc3\xc3\xa9": "/?\xe9", "/\xf0\x9f\x98\x80": "/?",
		"/\xc4\x80\xc5\xa1": "/A?", "/\x01\x7f\x80": "/\x01\x7f?", "/x\u2216z": "/x\\z",
		"/a?b=%u0041": "/a?b=%u0041", "/a?b=%00x": "/a?b=\x00x", "/a?b=%2f%5c\\": "/a?b=/\\\\", "/a?b=%4": "/a?b=%4", "/a?%": "/a?%",
		"/a?b=%c3%a9\xc3\xa9": "/a?b=\xc3\xa9\xc3\xa9", "/a?b=%2541": "/a?b=%41", "/a?b%20c+d": "/a?b c+d", "/a?#%20": "/a?# ",
		"/a#%u0041%zz": "/a#A%zz", "http://A.com": "", "http://A.com?x": "?x", "http:///x": "/x", "foo:bar": "bar", "//A/b": "/A/b",
	} {
		got := values(t, c("GET "+in+" HTTP/1.1\r\nHost: o\r\n\r\n"), s(length("")))["> http.uri"]
		if want == "" && got != nil || want != "" && (len(got) != 1 || got[0] != want) {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

// TestHosts checks http.host against Suricata's: in lower case unless a port follows.
func TestHosts(t *testing.T) {
	for in, want := range map[string]string{
		"A.com.": "a.com.", "a.com.:80": "a.com.", "A.com :80": "A.com", "A.com: 80": "A.com", "a.com:": "a.com", "[::1]:80": "[::1]",
		"[FE80::1]": "[FE80::1]", "[::1": "", "a:b:c": "a", ".": ".", "a%41.com": "a%41.com",
	} {
		got := values(t, c("GET / HTTP/1.1\r\nHost: "+in+"\r\n\r\n"), s(length("")))
		w := []string{want}
		if want == "" {
			w = nil
		}
		expect(t, got, map[string][]string{"> http.host": w, "> http.host.raw": {in}})
	}
	for in, want := range map[string][2]string{
		"http://A.com.:80/x": {"a.com", "a.com"}, "http://u@A%2f%41.com/x": {"a/a.com", "a/a.com"}, "http:///x": {"other", "Other"},
		"/x": {"other", "Other"},
	} {
		got := values(t, c("GET "+in+" HTTP/1.1\r\nHost: Other\r\n\r\n"), s(length("")))
		expect(t, got, map[string][]string{"> http.host": {want[0]}, "> http.host.raw": {want[1]}})
	}
}
