package http

import "github.com/wirelore/wirelore/proto"

// uploads are what rules see of a request's files: the body of a PUT or of a POST that is no form, the files of a form.
type uploads struct {
	list []uploaded
	left int // bytes that may still be kept
}

// uploaded is one file.
type uploaded struct {
	data  []byte
	whole bool // nothing more comes
}

// maxUploads bounds the files of one form that rules see.
const maxUploads = 64

// inspectFile is how much of a file rules wait for while it is open.
const inspectFile = 32 << 10

// write adds to the file that is open; after end it is another.
func (u *uploads) write(b []byte) {
	n := len(u.list)
	if n == 0 || u.list[n-1].whole {
		if n == maxUploads {
			return
		}
		u.list = append(u.list, uploaded{})
		n++
	}
	f := &u.list[n-1]
	k := min(len(b), u.left)
	f.data = append(f.data, b[:k]...)
	u.left -= k
}

// end closes the file that is open.
func (u *uploads) end() {
	if n := len(u.list); n > 0 {
		u.list[n-1].whole = true
	}
}

// startUploads finds out which files the request's body holds, as Suricata sees it.
func (b *body) startUploads() {
	tx := b.tx
	post, ct := string(tx.Method) == "POST", b.m.value(fContentType)
	tx.form = post && len(ct) >= 19 && equalFold(ct[:19], "multipart/form-data") && hasBoundary(ct)
	tx.put = !tx.form && (post || string(tx.Method) == "PUT")
	tx.uploads.left = b.keep
}

// upload returns the request's i-th file, false as long as too little of it came.
func (t *Tx) upload(i int) ([]byte, bool) {
	if !t.form {
		b := t.Req.kept()
		return b, i == 0 && t.put && b != nil && (t.bodyReady(proto.Orig) || t.requested)
	}
	if i >= len(t.uploads.list) {
		return nil, false
	}
	f := &t.uploads.list[i]
	return f.data, f.whole || len(f.data) >= inspectFile || t.uploads.left <= 0
}
