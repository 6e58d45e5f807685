package internal_test

import (
	_ "cel.dev/cel-go/cel"
	_ "cel.dev/cel-go/ext"
	_ "github.com/anishathalye/porcupine"
	_ "github.com/stretchr/testify/assert"
	_ "github.com/stretchr/testify/require"
	_ "github.com/tidwall/gjson"
	_ "go.uber.org/goleak"
	_ "pgregory.net/rapid"
)
