package sig

import "testing"

// TestContentPlaces: the modifiers of contents on one datagram.
func TestContentPlaces(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:9999", "abcABCabc one two one three.END")
	lines(t, g.capture(), "udp any any -> any 9999", `
		+ content:"abc";
		- content:"abd";
		+ content:"aBc"; nocase;
		- content:"aBc";
		+ content:"ab|63 20|one";
		+ content:"abc"; offset:6;
		- content:"abc"; offset:7;
		+ content:"ABC"; offset:3; depth:3;
		- content:"ABC"; depth:5;
		+ content:"ABC"; depth:6;
		- content:"one"; offset:11; depth:6;
		+ content:"one"; offset:11; depth:10;
		+ content:"abc"; startswith;
		- content:"ABC"; startswith;
		+ content:"END"; endswith;
		- content:"three"; endswith;
		+ content:"end"; nocase; endswith;
		+ content:"abcABCabc one two one three.END"; startswith; endswith;
		- content:"abcABCabc"; startswith; endswith;
		- content:!"abc";
		+ content:!"abd";
		+ content:!"ABC"; depth:3;
		- content:!"ABC"; depth:6;
		+ content:!"ABC"; startswith;
		- content:!"abc"; startswith;
		- content:!"END"; endswith;
		+ content:"abc"; content:!"two"; endswith;
		+ content:"one"; content:"two"; distance:0;
		- content:"two"; content:"abc"; distance:0;
		+ content:"one"; content:"two"; distance:1; within:3;
		- content:"one"; content:"two"; distance:2;
		- content:"one"; content:"three"; within:5;
		+ content:"one"; content:"three"; distance:1; within:5;
		- content:"abc"; content:"one"; distance:-3; within:3;
		+ content:"one"; content:"abc"; distance:-7;
		+ content:"one"; content:!"two"; distance:2; within:3;
		- content:"two"; content:!"one"; distance:0;
		- content:"abc"; content:"abc"; distance:0; content:"abc"; distance:0;
		+ content:"abc"; content:"ABC"; distance:0; content:"abc"; distance:0;
		+ content:"one"; content:"three"; distance:1; within:5; content:".END"; distance:0; within:4; endswith;
		+ content:"o"; content:"e"; distance:1; within:1; content:" three"; distance:0; within:6;
		- content:"o"; content:"e"; distance:1; within:1; content:"three"; distance:0; within:5;
		+ content:"abc"; isdataat:1,relative;
		+ content:"END"; isdataat:!1,relative;
		- content:"END"; isdataat:1,relative;
		+ isdataat:30;
		- isdataat:31;
		+ isdataat:!31;
		+ dsize:31;
		- dsize:30;
		+ dsize:30<>32;
		- dsize:31<>33;
		+ dsize:>30; content:"abc";
		- dsize:<31;
		+ dsize:!30;
		+ content:"one"; fast_pattern; content:"two";
		+ content:"three"; fast_pattern:1,3;
		+ content:"abc"; rawbytes;
	`)
}

// TestByteKeywords: numbers read out of the data.
func TestByteKeywords(t *testing.T) {
	g := newWire(t)
	//        0   1   2   3   4   5   6..9    10..13 14..16 17  18..
	g.udp("10.0.0.1:1000", "10.0.0.2:9999", "\x01\x02\x00\x04\xff\xfe0x1f 123|\x00\x05hello world;4;dGVzdCBkYXRh rest")
	lines(t, g.capture(), "udp any any -> any 9999", `
		+ byte_test:1,=,1,0;
		- byte_test:1,=,2,0;
		+ byte_test:2,=,258,0;
		+ byte_test:2,=,513,0,little;
		+ byte_test:2,>,257,0;
		- byte_test:2,>,258,0;
		+ byte_test:2,>=,258,0;
		+ byte_test:2,<=,0x102,0;
		+ byte_test:2,!=,5,0;
		+ byte_test:2,!>,258,0;
		+ byte_test:1,&,0x80,4;
		- byte_test:1,&,0x01,5;
		+ byte_test:4,=,0x1020004,0;
		+ byte_test:4,=,31,6,string,hex;
		+ byte_test:3,=,123,11,string,dec;
		+ byte_test:3,=,83,11,string,oct;
		- byte_test:2,=,0,200;
		+ content:"|ff fe|"; byte_test:4,=,0x1f,0,relative,string,hex;
		+ byte_test:1,=,3,4,bitmask 0x30;
		- byte_test:1,=,1,4,bitmask 0x30;
		+ content:"|7c|"; byte_jump:2,0,relative; content:" world"; distance:0; within:6;
		- content:"|7c|"; byte_jump:2,0,relative; content:"hello"; distance:0;
		+ byte_jump:1,3; content:"23"; distance:4; within:2;
		+ byte_jump:1,3,from_beginning; content:"|ff fe|"; distance:0; within:2;
		+ byte_jump:1,3,multiplier 2; content:"23"; distance:0; within:2;
		+ byte_jump:1,0,align; content:"0x1f"; distance:1; within:4;
		+ byte_jump:1,0,post_offset 2; content:"|ff|"; distance:0; within:1;
		+ byte_jump:0,0,from_end,post_offset -4; content:"rest"; distance:0; within:4;
		- byte_jump:2,4;
		+ byte_extract:1,3,n; byte_test:1,=,n,3;
		+ byte_extract:1,3,n; content:"|ff|"; offset:n; depth:1;
		- byte_extract:1,1,n; content:"|ff|"; offset:n; depth:1;
		+ byte_extract:1,3,n; content:"|01|"; content:"|ff|"; distance:3; within:n;
		+ byte_extract:1,0,n,multiplier 4; content:"|ff|"; offset:n; depth:1;
		+ content:"|7c|"; byte_extract:2,0,n,relative; content:"world"; distance:n; within:8;
		+ byte_extract:1,0,n; isdataat:n;
		+ byte_extract:3,11,n,string,dec; byte_test:3,=,n,11,string,dec;
		+ byte_math:bytes 1, offset 0, oper +, rvalue 3, result r; byte_test:1,=,r,3;
		+ byte_math:bytes 1, offset 3, oper *, rvalue 2, result r; content:"|31 66|"; offset:r; depth:2;
		+ byte_math:bytes 2, offset 0, oper -, rvalue 254, result r; byte_test:1,=,r,3;
		+ byte_math:bytes 1, offset 3, oper /, rvalue 2, result r; byte_test:1,=,r,1;
		+ byte_math:bytes 1, offset 0, oper <<, rvalue 2, result r; byte_test:1,=,r,3;
		- byte_math:bytes 1, offset 0, oper >>, rvalue 1, result r; byte_test:1,=,r,3;
		+ byte_extract:1,1,n; byte_math:bytes 1, offset 0, oper +, rvalue n, result r; byte_test:1,<,r,1;
		+ content:"|3b|4|3b|"; base64_decode:bytes 12, offset 0, relative; base64_data; content:"test dat";
		+ base64_decode:bytes 12, offset 31; base64_data; content:"test"; depth:4; content:"dat"; distance:1; within:3;
		- base64_decode:bytes 4, offset 31; base64_data; content:"test";
		- base64_decode:bytes 12, offset 31; base64_data; content:"dGVz";
		+ base64_decode:bytes 12, offset 31; base64_data; content:!"dGVz";
	`)
}

// TestExpressions: pcre with its flags, alone and relative.
func TestExpressions(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:9999", "User: Alice\r\nCode: 4711\nab12ab34\n")
	lines(t, g.capture(), "udp any any -> any 9999", `
		+ pcre:"/User: \w+/";
		- pcre:"/user: \w+/";
		+ pcre:"/user: \w+/i";
		+ pcre:"/^User/";
		- pcre:"/^Code/";
		+ pcre:"/^Code/m";
		- pcre:"/Alice.*Code/";
		+ pcre:"/Alice.*Code/s";
		+ pcre:"/U s e r/x";
		+ pcre:"/User/A";
		- pcre:"/Alice/A";
		+ pcre:"/ab34$/";
		- pcre:"/ab34$/E";
		+ pcre:"/ab\d+/G"; pcre:"/^2/R";
		- pcre:"/ab\d+/"; pcre:"/^2/R";
		- pcre:!"/User/";
		+ pcre:!"/Nobody/";
		+ content:"Code"; pcre:"/^: \d{4}/R";
		- content:"User"; pcre:"/^: \d{4}/R";
		+ content:"ab"; pcre:"/^34/R";
		- content:"ab12"; pcre:"/^34/R";
		+ pcre:"/ab/"; content:"34"; distance:0; within:2;
		+ pcre:"/a[a-z]/"; content:"12"; distance:0; within:2;
		+ pcre:"/(ab)\d+\1/";
		- pcre:"/(ab)\d+\1\1/";
		+ content:"Code"; pcre:!"/^Nobody/R";
		+ pcre:"/(?<=ab)34/";
		+ pcre:"/\x41lice/";
		+ pcre:"/Alice\r?\n/";
	`)
}

// TestBacktracking: a content is tried at each of its places when something relative follows, also with other tests between,
// but not behind a content that must not be there.
func TestBacktracking(t *testing.T) {
	g := newWire(t)
	g.udp("10.0.0.1:1000", "10.0.0.2:9999", "abXabc\x01\x02ab\x03cd12.cd13 a.b a:b!")
	lines(t, g.capture(), "udp any any -> any 9999", `
		+ content:"ab"; isdataat:!100; content:"c"; distance:0; within:1;
		+ content:"ab"; byte_test:1,=,97,0; content:"c"; distance:0; within:1;
		+ content:"ab"; byte_test:1,=,99,0,relative; content:"c"; distance:0; within:1;
		+ content:"ab"; isdataat:1; pcre:"/^c/R";
		+ content:"ab"; pcre:"/^c/R";
		- content:"ab"; content:!"zz"; content:"c"; distance:0; within:1;
		+ content:"ab"; content:!"zz"; distance:0; content:"c"; distance:0; within:1;
		- content:"ab"; byte_extract:1,0,v; content:"c"; distance:0; within:1;
		+ content:"ab"; byte_test:1,=,99,0,relative;
		+ content:"ab"; isdataat:!24,relative;
		+ content:"cd"; isdataat:!20,relative; pcre:"/^13/R";
		+ pcre:"/ab/"; isdataat:1; content:"c"; distance:0; within:1;
		- pcre:"/a./"; content:!"zz"; pcre:"/^c/R";
		+ content:"a"; content:"b"; content:"!"; distance:0; within:1;
		+ content:"b"; content:"a"; content:"!"; distance:2; within:1;
	`)
}
