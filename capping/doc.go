// Package capping counts what is proposed, so that no cap is ever exceeded.
//
// A [Key] names a counter, a [Limit] is the room that a cap leaves on it, and a
// [Capper] names the limits of an offer: the catalog's caps and contact policies,
// and what an application adds. A [Schedule] gives the key of a calendar window.
// A [Counter] is the backend: it reads counters, reserves the units of a whole
// decision in one atomic step, and confirms or releases them later. [Memory] is
// the backend for one process.
//
// An implementation of Counter proves itself with package cappingtest.
//
// Caveats: Memory forgets everything when its process ends, and keeps units for
// ever unless [MemoryConfig.Lateness] says otherwise. Time zones come from the
// system: a program that runs where there are none imports time/tzdata.
package capping
