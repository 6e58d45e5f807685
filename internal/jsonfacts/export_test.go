package jsonfacts

import "github.com/proffer-go/proffer/internal/slot"

// IsDecoded reports whether the document of the root was left to [Object], which
// no text that it accepts is.
func (r *Reader) IsDecoded(at slot.Root) bool { return r.roots[at].facts != nil }

// AreDecoded reports whether the events were left to [Events].
func (r *Reader) AreDecoded() bool { return r.events.facts != nil }
