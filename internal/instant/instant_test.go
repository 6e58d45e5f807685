package instant_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/proffer-go/proffer/internal/instant"
)

func TestAccepts(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"UTC", "2026-06-01T12:00:00Z", "2026-06-01T12:00:00Z"},
		{"T and Z in lower case", "2026-06-01t12:00:00z", "2026-06-01T12:00:00Z"},
		{"an offset to the east", "2026-06-01T00:30:00+01:00", "2026-05-31T23:30:00Z"},
		{"an offset to the west", "2026-05-31T23:30:00-05:45", "2026-06-01T05:15:00Z"},
		{"the largest offsets", "2026-06-01T23:59:00+23:59", "2026-06-01T00:00:00Z"},
		{"an unknown offset", "2026-06-01T12:00:00-00:00", "2026-06-01T12:00:00Z"},
		{"one digit of a fraction", "2026-06-01T12:00:00.5Z", "2026-06-01T12:00:00.5Z"},
		{"nanoseconds", "2026-06-01T12:00:00.000000001+00:00", "2026-06-01T12:00:00.000000001Z"},
		{"digits beyond nanoseconds", "2026-06-01T12:00:00.9999999999999999999999Z", "2026-06-01T12:00:00.999999999Z"},
		{"29 February of a leap year", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
		{"29 February of 2000", "2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
		{"a leap second", "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
		{"a leap second elsewhere", "2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00Z"},
		{"a leap second west of UTC", "2016-12-31T15:59:60-08:00", "2017-01-01T00:00:00Z"},
		{"a fraction of a leap second", "2016-12-31T23:59:60.7Z", "2017-01-01T00:00:00Z"},
		{"the first instant", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
		{"the last instant", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := instant.Parse(tt.text)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got.Format(time.RFC3339Nano))
			assert.Equal(t, time.UTC, got.Location())
		})
	}
}

func TestRefuses(t *testing.T) {
	const shape = "not an instant with date, time and offset, such as 2026-01-31T09:30:00Z"
	for _, tt := range []struct{ name, text, want string }{
		{"nothing", "", shape},
		{"a date alone", "2026-06-01", shape},
		{"no offset", "2026-06-01T12:00:00", shape},
		{"no seconds", "2026-06-01T12:00Z+00:00", shape},
		{"a single digit", "2026-6-01T12:00:00.00Z", shape},
		{"a space for T", "2026-06-01 12:00:00Z", shape},
		{"a space before", " 2026-06-01T12:00:00Z", shape},
		{"a digit that is not ASCII", "2026-06-0১T12:00:00Z", shape},
		{"a year of five digits", "12026-06-01T12:00:00Z", shape},
		{"a signed year", "+2026-06-01T12:00:00Z", shape},
		{"year 0", "0000-06-01T12:00:00Z", "year is not within 1 and 9999"},
		{"year 0 in UTC", "0001-01-01T00:00:00+00:01", "year is not within 1 and 9999"},
		{"year 0 that is 1 in UTC", "0000-12-31T23:59:00-00:01", "year is not within 1 and 9999"},
		{"year 10000 in UTC", "9999-12-31T23:59:00-00:01", "year is not within 1 and 9999"},
		{"year 10000 after a leap second", "9999-12-31T23:59:60Z", "year is not within 1 and 9999"},
		{"month 0", "2026-00-01T12:00:00Z", "no such month"},
		{"month 13", "2026-13-01T12:00:00Z", "no such month"},
		{"day 0", "2026-06-00T12:00:00Z", "no such day in that month"},
		{"31 June", "2026-06-31T12:00:00Z", "no such day in that month"},
		{"32 July", "2026-07-32T12:00:00Z", "no such day in that month"},
		{"29 February", "2026-02-29T12:00:00Z", "no such day in that month"},
		{"29 February of 1900", "1900-02-29T12:00:00Z", "no such day in that month"},
		{"hour 24", "2026-06-01T24:00:00Z", "hour is beyond 23"},
		{"minute 60", "2026-06-01T12:60:00Z", "minute is beyond 59"},
		{"second 61", "2026-06-30T23:59:61Z", "second is beyond 59"},
		{"a leap second at another time", "2026-06-30T22:59:60Z", "a leap second is only at 23:59:60 UTC"},
		{"a leap second of local time", "2026-06-30T23:59:60+01:00", "a leap second is only at 23:59:60 UTC"},
		{"a comma", "2026-06-01T12:00:00,5Z", "offset is not Z, +hh:mm or -hh:mm"},
		{"a point alone", "2026-06-01T12:00:00.Z", "no digit after the decimal point"},
		{"a fraction and no offset", "2026-06-01T12:00:00.5", "offset is not Z, +hh:mm or -hh:mm"},
		{"text behind", "2026-06-01T12:00:00Z ", "offset is not Z, +hh:mm or -hh:mm"},
		{"an offset without colon", "2026-06-01T12:00:00+0100", "offset is not Z, +hh:mm or -hh:mm"},
		{"an offset of hours", "2026-06-01T12:00:00+01", "offset is not Z, +hh:mm or -hh:mm"},
		{"a zone's name", "2026-06-01T12:00:00 CEST", "offset is not Z, +hh:mm or -hh:mm"},
		{"an offset with letters", "2026-06-01T12:00:00+0a:00", "offset is not Z, +hh:mm or -hh:mm"},
		{"hour 24 of an offset", "2026-06-01T12:00:00+24:00", "hour of the offset is beyond 23"},
		{"minute 60 of an offset", "2026-06-01T12:00:00-01:60", "minute of the offset is beyond 59"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := instant.Parse(tt.text)
			assert.EqualError(t, err, tt.want)
			assert.Zero(t, got)
		})
	}
}

func TestAgreesWithTheJSONSchemaTestSuite(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(dataDir(t), "time", "rfc3339_date_time.json"))
	require.NoError(t, err)
	var cases []struct {
		Value, Description string
		Valid              bool
	}
	require.NoError(t, json.Unmarshal(text, &cases))
	require.NotEmpty(t, cases)
	for _, tt := range cases {
		_, err := instant.Parse(tt.Value)
		assert.Equal(t, tt.Valid, err == nil, "%s: %q", tt.Description, tt.Value)
	}
}

// dataDir returns the folder of test data that is not part of the repository.
func dataDir(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("PROFFER_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no shared test data: set PROFFER_DATA to its folder")
	}
	return dir
}

func TestDoesNotAllocate(t *testing.T) {
	for _, text := range []string{"2026-06-01T12:00:00.123+02:00", "no instant"} {
		allocs := testing.AllocsPerRun(100, func() { _, _ = instant.Parse(text) })
		assert.Zero(t, allocs, text)
	}
}

// FuzzParse compares with time.Parse, which must agree on the instant wherever
// both take the text. What it takes and Parse does not is a matter of grammar.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"2026-06-01T12:00:00Z", "2026-06-01t12:00:00.5-23:59", "2016-12-31T23:59:60Z", "0000-12-31T23:59:00-00:01",
		"2026-06-01T24:00:00Z", "2026-06-01T2:00:00Z", "2026-06-01T12:00:00,5+24:00",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := instant.Parse(s)
		want, wantErr := time.Parse(time.RFC3339Nano, s)
		switch {
		case err == nil && wantErr == nil && !got.Equal(want):
			t.Errorf("Parse(%q) = %v, want %v", s, got, want)
		case err == nil && wantErr != nil && s[10] != 't' && s[len(s)-1] != 'z' && s[17:19] != "60":
			t.Errorf("Parse(%q) = %v, but time.Parse says %v", s, got, wantErr)
		case err == nil && (got.Year() < 1 || got.Year() > 9999):
			t.Errorf("Parse(%q) = %v, beyond the years of RFC 3339", s, got)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := instant.Parse("2026-06-01T12:00:00.123+02:00"); err != nil {
			b.Fatal(err)
		}
	}
}
