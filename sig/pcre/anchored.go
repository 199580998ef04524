package pcre

// Anchored reports whether a match can start in one place only: at the start of the subject, or where the search starts.
func (re *Regexp) Anchored() bool { return re.mode == startSubject || re.mode == startFrom }
