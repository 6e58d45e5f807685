package placement_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/proffer-go/proffer/placement"
)

func TestAccepts(t *testing.T) {
	for _, tt := range []struct {
		name     string
		accepted []string
		content  string
		want     bool
	}{
		{"the same type", []string{"image/png"}, "image/png", true},
		{"another subtype", []string{"image/png"}, "image/jpeg", false},
		{"another type", []string{"image/png"}, "text/png", false},
		{"the second of several", []string{"image/png", "text/html"}, "text/html", true},
		{"case in the content", []string{"image/png"}, "Image/PNG", true},
		{"case in the placement", []string{"IMAGE/png"}, "image/png", true},
		{"parameters of the content", []string{"text/html"}, "text/html; charset=utf-8", true},
		{"parameters of the placement", []string{"text/html;charset=utf-8"}, "text/html ;q=1", true},
		{"space around", []string{" text/html\t"}, " text/html ", true},
		{"a suffix", []string{"application/vnd.api+json"}, "application/vnd.api+json", true},
		{"a suffix is no type", []string{"application/json"}, "application/vnd.api+json", false},
		{"all images", []string{"image/*"}, "image/svg+xml", true},
		{"all images, no text", []string{"image/*"}, "text/html", false},
		{"everything", []string{"*/*"}, "video/mp4", true},
		{"any type of a subtype is no pattern", []string{"*/png"}, "image/png", false},
		{"a part of a subtype is no pattern", []string{"image/p*"}, "image/png", false},
		{"a pattern is no content", []string{"image/*", "*/*"}, "image/*", false},
		{"nothing", nil, "image/png", false},
		{"no slash", []string{"*/*"}, "png", false},
		{"two slashes", []string{"*/*"}, "image/png/x", false},
		{"no type", []string{"*/*"}, "/png", false},
		{"no subtype", []string{"*/*"}, "image/", false},
		{"empty", []string{"*/*"}, "", false},
		{"space within", []string{"*/*"}, "image / png", false},
		{"beyond ASCII", []string{"*/*"}, "image/pñg", false},
		{"a broken entry spoils no other", []string{"png", "image/png"}, "image/png", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := placement.Placement{ID: "hero", ContentTypes: tt.accepted}
			assert.Equal(t, tt.want, p.Accepts(tt.content))
		})
	}
}

func TestSplitType(t *testing.T) {
	for _, tt := range []struct{ text, kind, sub string }{
		{"Text/HTML; charset=utf-8", "text", "html"},
		{"image/*", "image", "*"},
		{"*/*", "*", "*"},
		{"*/html", "", ""},
		{"html", "", ""},
	} {
		kind, sub, ok := placement.SplitType(tt.text)
		assert.Equal(t, tt.kind, kind, tt.text)
		assert.Equal(t, tt.sub, sub, tt.text)
		assert.Equal(t, tt.kind != "", ok, tt.text)
	}
}
