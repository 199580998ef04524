package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/wirelore/wirelore/record"
)

// warn names what of a configuration is not used and would change results: a line for each kind. What only speaks of threads,
// memory, devices and logging of the program itself is passed over.
func (c *config) warn(cmd *cobra.Command) {
	if list := c.missingTypes(); len(list) > 0 {
		warnf(cmd, "eve-log: no records of these types are written yet: %s", strings.Join(list, ", "))
	}
	if list := c.otherOutputs(); len(list) > 0 {
		warnf(cmd, "outputs that are not written: %s", strings.Join(list, ", "))
	}
	if t := c.settings.String("outputs.eve-log.filetype", "regular"); t != "regular" {
		warnf(cmd, "eve-log goes to a regular file, not to %s", t)
	}
	if list := c.unused(); len(list) > 0 {
		warnf(cmd, "settings that are not used: %s", strings.Join(list, ", "))
	}
}

// missingTypes are the types that the configuration asks for and nothing writes.
func (c *config) missingTypes() (list []string) {
	known := map[string]bool{}
	for _, s := range schema() {
		if s.Form == record.EVE {
			known[s.Path] = true
		}
	}
	for t, on := range c.types {
		if on && !known[t] {
			list = append(list, t)
		}
	}
	slices.Sort(list)
	return list
}

// otherOutputs are those besides eve-log and file-store that are switched on.
func (c *config) otherOutputs() (list []string) {
	for k := range c.settings {
		rest, ok := strings.CutPrefix(k, "outputs.")
		if !ok {
			continue
		}
		name, opt, _ := strings.Cut(rest, ".")
		if strings.Trim(name, "0123456789") == "" || opt != "enabled" || !c.settings.Bool(k, false) {
			continue
		}
		switch name {
		case "eve-log", "file-store", "stats":
			continue
		}
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// unused are settings that are set to something else than what is done anyway.
func (c *config) unused() (list []string) {
	s := c.settings
	for k, v := range s {
		switch {
		case strings.HasPrefix(k, "host-os-policy.") && !strings.HasPrefix(k, "host-os-policy.windows.") && v != "[]":
		case k == "stream.inline" && v != "auto" && s.Bool(k, false):
		case k == "stream.bypass" && s.Bool(k, false):
		case k == "multi-detect.enabled" && s.Bool(k, false):
		case strings.HasPrefix(k, "decoder.") && strings.HasSuffix(k, ".enabled") && !s.Bool(k, true):
		case k == "outputs.eve-log.xff.enabled" && s.Bool(k, false):
		default:
			continue
		}
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}

// place is the directory and the name of the EVE file; dir, from the call, goes before the configuration.
func (c *config) place(dir string) (_, name string) {
	if dir == "" {
		dir = c.settings.String("default-log-dir", ".")
	}
	name = c.settings.String("outputs.eve-log.filename", "eve.json")
	if filepath.IsAbs(name) {
		dir = filepath.Dir(name)
	}
	return dir, filepath.Base(name)
}
