package rules

import (
	"errors"
	"fmt"
	paths "path"
	"strings"
	"sync"
	"time"

	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// zones remembers time zones by name: cel-go reads the zone from disk for each
// call of an accessor with a zone, such as getHours('Europe/Berlin'). Only zones
// that exist are kept, by one spelling each, so it cannot grow beyond the time
// zone database. It is safe for concurrent use.
type zones struct{ known sync.Map } // string to *time.Location

// offset returns the offset from UTC of the zone at the instant in the form that
// the accessors take, such as "+02:00", for which they need no disk. What is no name
// of a zone, or has an offset with seconds, is returned as it is; a zone that does
// not exist is an error. It calls search before it goes to the disk.
func (z *zones) offset(at, zone ref.Val, search func()) ref.Val {
	t, ok1 := at.(types.Timestamp)
	name, ok2 := zone.(types.String)
	if !ok1 || !ok2 || strings.Contains(string(name), ":") {
		return zone
	}
	loc, err := z.find(string(name), search)
	if err != nil {
		return types.WrapErr(err)
	}
	_, seconds := t.In(loc).Zone()
	if seconds%60 != 0 {
		search()
		return zone
	}
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	return types.String(fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60))
}

func (z *zones) find(name string, search func()) (*time.Location, error) {
	if loc, ok := z.known.Load(name); ok {
		return loc.(*time.Location), nil
	}
	if len(name) > maxZoneName {
		return nil, errors.New("unknown time zone")
	}
	search()
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	if paths.Clean(name) == name { // else any number of spellings would be kept
		z.known.Store(name, loc)
	}
	return loc, nil
}

// maxZoneName is more bytes than the name of any zone has.
const maxZoneName = 64

// zoneSearch is the price of looking for a zone on disk.
var zoneSearch = price{2000, 96 << 10}
