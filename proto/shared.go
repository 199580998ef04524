package proto

import "sync"

// Shared holds what the workers of one run have in common; see Setup.Shared. The zero value is ready.
type Shared struct {
	mu     sync.Mutex // guards values
	values map[any]any
}

// Counter is a shared value that counts what is to be in the run's counts.
type Counter interface{ AddTo(c *Counts) }

// AddTo adds what the shared values counted, when the run is over.
func (s *Shared) AddTo(c *Counts) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.values {
		if x, ok := v.(Counter); ok {
			x.AddTo(c)
		}
	}
}

func (s *Shared) get(key any, make func() any) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.values[key]
	if !ok {
		if s.values == nil {
			s.values = map[any]any{}
		}
		v = make()
		s.values[key] = v
	}
	return v
}
