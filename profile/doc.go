// Package profile holds what is known of a person: attributes, events and the
// context of one request.
//
// A [Document] is such knowledge as it comes in, JSON text or Go values. A
// [Source] and an [EventSource] are how an application injects its own stores;
// [Memory] is both, for tests and small uses. [Facts] are what a decision is
// made from: one person at one instant.
package profile
