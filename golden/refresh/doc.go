// Package refresh explores what can happen when several processes refresh one
// token: every order of their steps, with a crash, a lost answer or a stall at
// each of them. The steps are those of the runtime itself: real apps run in a
// bubble of virtual time, and stop wherever they ask the store or the provider,
// until the explorer picks who goes on.
package refresh
