// Package gauntlet judges clients of a connector. A [Scenario] arms faults in
// a twin of the provider, runs a workload through a client, and lets oracles
// judge the twin's journal and what the client said. All scenarios together
// give the score of a [Report].
//
// What a scenario expects is fixed here: nothing in a spec and nothing in a
// generated package changes it. Scenarios name roles, which a [Plan] fills from
// the spec; those that a spec makes impossible are shown and counted as not
// exercised.
//
// The client is behind a [Driver], so that the same scenarios run for a
// generated package and for any other library of the same API. Everything runs
// under testing/synctest: an hour of waiting costs nothing.
package gauntlet
