package tracker

//go:generate go tool porin generate .
