package proto

import "sync"

// Shared holds what the workers of one run have in common; see Setup.Shared. The zero value is ready.
type Shared struct {
	mu     sync.Mutex // guards values
	values map[any]any
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
