// Package carve makes files out of the bytes that protocols carry.
package carve
