// Package acceptance has tests only: the library as an application uses it, over
// real data that nobody made for it, and at the sizes that it promises.
//
// The data are a folder beside the repository, shared/data, or where PROFFER_DATA
// points; tests that need them are skipped without. Each says what its figures
// come from.
package acceptance
