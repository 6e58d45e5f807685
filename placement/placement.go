// Package placement describes the spots that offers are proposed for.
//
// A [Placement] is an abstract spot, such as "home page hero image", not a
// place on one page: it names the channel that delivers it and the media types
// that fit into it. Everything else about the spot is an agreement between
// those who deliver it and those who write for it.
package placement

import "strings"

// ID identifies a placement in a catalog. It is valid UTF-8 without control
// characters, 1 to 256 bytes.
type ID string

// A Placement is an abstract spot with a channel and the content that fits it.
type Placement struct {
	ID   ID     `json:"id"`
	Name string `json:"name,omitempty"` // for people
	// Channel is the application's own name for what delivers the spot: web, email, …
	Channel string `json:"channel,omitempty"`
	// ContentTypes are the media types that the spot accepts, at least one:
	// "image/png", "image/*" for all images, "*/*" for everything. Case and
	// parameters do not matter.
	ContentTypes []string `json:"contentTypes"`
}

// Accepts reports whether content of the media type fits the placement. Types
// compare without case and without parameters. Content is of one type, so
// "image/*" and text that is no media type fit nowhere.
func (p *Placement) Accepts(mediaType string) bool {
	kind, sub, ok := SplitType(mediaType)
	if !ok || sub == "*" {
		return false
	}
	for _, accepted := range p.ContentTypes {
		k, s, ok := SplitType(accepted)
		if ok && (k == kind || k == "*") && (s == sub || s == "*") {
			return true
		}
	}
	return false
}

// SplitType splits a media type, or a pattern such as "image/*" and "*/*", into
// type and subtype, in lower case and without parameters. It reports false for
// text that is neither.
func SplitType(mediaType string) (kind, sub string, ok bool) {
	mediaType, _, _ = strings.Cut(mediaType, ";")
	kind, sub, ok = strings.Cut(strings.ToLower(strings.Trim(mediaType, " \t")), "/")
	switch {
	case !ok || kind == "*" && sub != "*":
		return "", "", false
	case kind != "*" && !isToken(kind) || sub != "*" && !isToken(sub):
		return "", "", false
	}
	return kind, sub, true
}

// isToken reports whether s is a name as media types are made of.
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}
