package proto

// FileWatcher follows a file beside the sink. It belongs to the flow's worker; bytes are borrowed.
type FileWatcher interface {
	// Data: the next bytes.
	Data(b []byte)
	// Gap: n bytes are missing.
	Gap(n int64)
	// Named: its name came, or another.
	Named(name []byte)
	// Closed: nothing more comes; complete says whether its end was seen.
	Closed(complete bool)
}

// OnFile calls fn for each file that is opened. i is borrowed; what fn returns follows the file, nil does not. file is the
// file in the sink.
func (s *Setup) OnFile(fn func(f *Flow, i *FileInfo, file File) FileWatcher) {
	s.rt.hooks.file = append(s.rt.hooks.file, fn)
}

// watchedFile is a file with watchers.
type watchedFile struct {
	File
	watchers []FileWatcher
}

// Write implements File.
func (w *watchedFile) Write(b []byte) {
	for _, x := range w.watchers {
		x.Data(b)
	}
	w.File.Write(b)
}

// Gap implements File.
func (w *watchedFile) Gap(n int64) {
	for _, x := range w.watchers {
		x.Gap(n)
	}
	w.File.Gap(n)
}

// SetName implements File.
func (w *watchedFile) SetName(name []byte) {
	for _, x := range w.watchers {
		x.Named(name)
	}
	w.File.SetName(name)
}

// Close implements File.
func (w *watchedFile) Close(complete bool) {
	w.over(complete)
	w.File.Close(complete)
}

func (w *watchedFile) over(complete bool) {
	for _, x := range w.watchers {
		x.Closed(complete)
	}
	w.watchers = nil
}

// EndFile tells those who follow a file that nothing more comes, where its Close has to wait for what its record tells.
func EndFile(f File, complete bool) {
	if w, ok := f.(*watchedFile); ok {
		w.over(complete)
	}
}

// Stores tells whether the sink writes f out: limits on what is looked at do not hold for it then.
func Stores(f File) bool {
	if w, ok := f.(*watchedFile); ok {
		f = w.File
	}
	s, ok := f.(interface{ Stores() bool })
	return ok && s.Stores()
}

// Sink returns the file in the sink.
func (w *watchedFile) Sink() File { return w.File }

// watch gives a file its watchers, if there are any.
func (rt *Runtime) watch(f *Flow, i *FileInfo, file File) File {
	var list []FileWatcher
	for _, fn := range rt.hooks.file {
		if w := fn(f, i, file); w != nil {
			list = append(list, w)
		}
	}
	if list == nil {
		return file
	}
	return &watchedFile{file, list}
}
