package paged_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/proffer-go/proffer/internal/paged"
)

func TestListsAreSlicesThatNeverChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 600).Draw(t, "n")
		list := paged.Make[int](n)
		want := make([]int, n)
		for i := range n {
			want[i] = i
			*list.At(i) = i
		}
		type version struct {
			list paged.List[int]
			want []int
		}
		versions := []version{{list, want}}
		for range rapid.IntRange(0, 30).Draw(t, "changes") {
			last := versions[rapid.IntRange(0, len(versions)-1).Draw(t, "of")]
			want := slices.Clone(last.want)
			list := last.list
			if len(want) > 0 && rapid.Bool().Draw(t, "shorter") {
				want, list = want[:len(want)-1], list.WithoutLast()
			} else {
				i := rapid.IntRange(0, len(want)).Draw(t, "at")
				if i == len(want) {
					want = append(want, 0)
				}
				want[i] = -i
				list = list.With(i, -i)
			}
			versions = append(versions, version{list, want})
		}
		for _, v := range versions {
			require.Equal(t, len(v.want), v.list.Len())
			for i := range v.want {
				require.Equal(t, v.want[i], *v.list.At(i))
			}
		}
	})
}
