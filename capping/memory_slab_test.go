package capping

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestSlabKeepsBlocksApart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s slab
		type held struct {
			block
			words []uint64
		}
		var all []held
		next := uint64(0)
		draw := func(t *rapid.T) []uint64 {
			words := make([]uint64, rapid.IntRange(1, largest+9).Draw(t, "words"))
			for i := range words {
				next++
				words[i] = next
			}
			return words
		}
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				for range rapid.SampledFrom([]int{1, 1, 30}).Draw(t, "n") {
					words := draw(t)
					all = append(all, held{s.store(block{class: noBlock}, words), words})
				}
			},
			"change": func(t *rapid.T) {
				if len(all) > 0 {
					h := &all[rapid.IntRange(0, len(all)-1).Draw(t, "which")]
					h.words = draw(t)
					h.block = s.store(h.block, h.words)
				}
			},
			"give back": func(t *rapid.T) {
				for range min(len(all), rapid.SampledFrom([]int{1, 1, 50}).Draw(t, "n")) {
					s.giveBack(all[0].block)
					all = all[1:]
				}
			},
			"": func(t *rapid.T) {
				for _, h := range all {
					require.Equal(t, h.words, s.at(h.block)[:len(h.words)])
				}
			},
		})
	})
}

func TestPageOfASlabServesAnySizeAfterwards(t *testing.T) {
	var s slab
	var words [largest]uint64
	for range 3 {
		for n := 1; n <= largest; n++ {
			var all []block
			for range 2 * slabSize / n {
				all = append(all, s.store(block{class: noBlock}, words[:n]))
			}
			for _, b := range all {
				s.giveBack(b)
			}
		}
	}
	require.LessOrEqual(t, len(s.pages), 4)
}
