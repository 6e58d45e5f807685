// Package constraint holds what narrows the offers of an activity: rules and
// policies as data, and the filters that an application adds.
//
// A [Rule] is a condition in CEL that entities share by name. A [Policy]
// suppresses a collection while its condition holds. A [Filter] is Go code that
// takes offers out of the candidates of an activity; it comes on top of what the
// catalog says and can neither add an offer nor switch a constraint off.
package constraint
