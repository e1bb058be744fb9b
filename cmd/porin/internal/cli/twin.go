package cli

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"syscall"

	"github.com/go-json-experiment/json"
	"github.com/spf13/cobra"

	"github.com/porin-dev/porin/compiler/ir"
	"github.com/porin-dev/porin/runtime/gauntlet"
	"github.com/porin-dev/porin/runtime/gauntlet/console"
	"github.com/porin-dev/porin/runtime/twin"
)

type twinFlags struct {
	addr     string
	hosts    []string
	seed     uint64
	accounts int
	plans    []string
	volume   map[string]int
	faults   []string
	stages   []string
	journal  string
	tls      bool
}

func twinCommand(a *app) *cobra.Command {
	f := twinFlags{}
	cmd := &cobra.Command{
		Use:   "twin [DIR]",
		Short: "Serve the simulator of a spec to any client",
		Long: `Twin serves the simulator of the provider that the spec in DIR describes. It keeps
the resources that the spec declares, issues and expires tokens, counts limits,
pages and signs events. When it is ready it prints what a client needs: the base
addresses, accounts with their tokens, which resources it keeps, and the address
it is steered at. What no resource has it does not keep: such an object is
created, and not found again.

Faults are armed with --fault, or with --scenario those of a scenario of the
gauntlet or of a file (docs/gauntlet.md has its form); or while it runs:

  curl -X POST -d '{"id": "status/503", "times": 2}' http://127.0.0.1:8080/_porin/arm
  curl -X POST -d '{"id": "limits/429-seconds"}' http://127.0.0.1:8080/_porin/scenario

The address it is steered at is also a page: what is armed, the requests as they
come, state, and verdicts on the client. porin explain lists what a fault does.
It serves until it is interrupted.`,
		Example: `  porin twin connectors/slack --addr 127.0.0.1:8080
  porin twin connectors/slack --addr 127.0.0.1:0 --json --volume channels=2500
  porin twin connectors/slack --scenario paging/cursor-expired --scenario bad-day.json`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return a.twin(cmd, dirsOr(args)[0], f) },

		ValidArgsFunction: completeDir,
	}
	cmd.Flags().StringVar(&f.addr, "addr", "127.0.0.1:8080", "address to listen on; port 0 picks a free one")
	cmd.Flags().StringSliceVar(&f.hosts, "host", nil, "further name that it is steered under, such as that of a container; loopback and the host of --addr always are")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "seed of the data and of random faults")
	cmd.Flags().IntVar(&f.accounts, "accounts", 1, "accounts that the provider knows")
	cmd.Flags().StringSliceVar(&f.plans, "plan", nil, "plan of each account, in order, for the limits that have tiers: free,pro")
	cmd.Flags().StringToIntVar(&f.volume, "volume", nil, "objects a collection starts with, by resource: channels=2500")
	cmd.Flags().StringSliceVar(&f.faults, "fault", nil, "faults to arm at the start")
	cmd.Flags().StringSliceVar(&f.stages, "scenario", nil, "scenario whose faults are armed at the start, or a file of one that ends in .json")
	_ = cmd.RegisterFlagCompletionFunc("scenario", completeScenario) // The flag is there.
	cmd.Flags().BoolVar(&f.tls, "tls", false, "serve over TLS, and ask clients for the certificate of an account")
	cmd.Flags().StringVar(&f.journal, "journal", "", "file for the record of every request, one line of JSON each, written within 0.1 s; memory holds the newest 100,000")
	return cmd
}

func (a *app) twin(cmd *cobra.Command, dir string, f twinFlags) error {
	c, err := a.load(dir)
	if err != nil {
		return err
	}
	if err := errors.Join(checkVolume(c, f.volume), checkPlans(c, f.plans)); err != nil {
		return usageError{err}
	}
	if f.addr == "" {
		return usageError{errors.New("--addr is empty: 127.0.0.1:0 picks a free port of this machine, and :8080 is one of every interface")}
	}
	if given := cmd.Flags().Changed("accounts"); given && len(f.plans) > f.accounts {
		return usageError{fmt.Errorf("--plan has %d plans for --accounts %d: each account, in order, has one", len(f.plans), f.accounts)}
	}
	if f.accounts < 1 || f.accounts > mostAccounts {
		return usageError{fmt.Errorf("--accounts is a number from 1 to %d", mostAccounts)}
	}
	if cmd.Flags().Changed("scenario") && len(f.stages) == 0 {
		return usageError{errors.New("--scenario is empty: it names a scenario, or a file that ends in .json")}
	}
	stages, err := stage(c, f.stages, &f.seed, cmd.Flags().Changed("seed"))
	if err != nil {
		return err
	}
	journal, err := a.createJournal(f.journal)
	if err != nil {
		return err
	}
	opts := twin.Options{
		Seed: f.seed, Accounts: max(f.accounts, len(f.plans)), Plans: f.plans, Volume: f.volume, TLS: f.tls, Hosts: f.hosts,
		Control: func(t *twin.Twin) http.Handler { return console.Handler(c, t) },
	}
	if journal != nil {
		opts.JournalTo = journal
	}
	for _, s := range stages {
		s.Prepare(&opts)
	}
	t := twin.New(c, opts)
	armed, err := armAll(t, stages)
	if err != nil {
		return errors.Join(err, journal.close(t))
	}
	if err := armFaults(t, f.faults); err != nil {
		return errors.Join(err, journal.close(t))
	}
	var said error
	go journal.keep(cmd.Context(), t)
	err = t.Serve(cmd.Context(), f.addr, func(r twin.Ready) { said = a.sayReady(ready{r, armed}) })
	if errors.Is(err, syscall.EADDRINUSE) {
		err = fmt.Errorf("%s is taken by another program, perhaps another twin: choose another --addr, or 127.0.0.1:0 for a free port", f.addr)
	}
	return errors.Join(err, said, journal.close(t))
}

// ready is what is printed when a twin is.
type ready struct {
	twin.Ready
	Scenarios []gauntlet.Arming `json:"scenarios,omitempty"`
}

// sayReady prints what a client needs; as JSON it is one line, so that a
// program can wait for it.
func (a *app) sayReady(r ready) error {
	if a.json {
		line, err := json.Marshal(r, json.Deterministic(true))
		if err != nil {
			return err
		}
		_, err = a.out.Write(append(line, '\n'))
		return err
	}
	for _, name := range sortedKeys(r.Servers) {
		fmt.Fprintf(a.out, "server %-8s %s\n", name, r.Servers[name])
	}
	for _, acc := range r.Accounts {
		a.sayAccount(acc)
	}
	if r.OAuth.Token != "" {
		fmt.Fprintf(a.out, "oauth          client %s, secret %s\n               %s\n               %s\n", r.OAuth.ClientID, r.OAuth.ClientSecret, r.OAuth.Authorize, r.OAuth.Token)
	}
	for _, name := range sortedKeys(r.Webhooks) {
		fmt.Fprintf(a.out, "webhook %-7s secret %s\n", name, r.Webhooks[name])
	}
	kept := strings.Join(r.Resources, ", ")
	if kept == "" {
		kept = "nothing: the spec declares no resources, and answers are made up (docs/language.md#resource)"
	}
	fmt.Fprintf(a.out, "keeps          %s\n", kept)
	for _, one := range r.Scenarios {
		a.sayArming(one)
	}
	if r.Authority != "" {
		fmt.Fprintf(a.out, "to be trusted:\n%s", r.Authority)
	}
	_, err := fmt.Fprintf(a.out, "control        %s\n%s\n", r.Control, strings.Repeat("-", 40))
	return err
}

// sayAccount prints what a client needs to call in the name of an account: the current
// token of each method, and the secrets of those that have others.
func (a *app) sayAccount(acc twin.Account) {
	fmt.Fprintf(a.out, "account %s\n", acc.ID)
	for _, t := range acc.Tokens {
		if t.Access == "" {
			continue // It is made of what is under cred.
		}
		a.saySecret(strings.TrimSuffix(t.Method+" "+t.Name, " "+t.Method), "token "+t.Access)
		if t.Refresh != "" {
			a.saySecret("", "refresh token "+t.Refresh)
		}
		for _, name := range sortedKeys(t.Also) {
			a.saySecret("", name+" "+t.Also[name])
		}
	}
	for _, name := range sortedKeys(acc.Cred) {
		a.saySecret("cred."+name, acc.Cred[name])
	}
	for _, name := range sortedKeys(acc.Settings) {
		a.saySecret("settings."+name, acc.Settings[name])
	}
}

// saySecret prints a value beside its name, or below it when it has several lines, so that
// it can be copied as it is.
func (a *app) saySecret(name, v string) {
	if strings.Contains(v, "\n") {
		fmt.Fprintf(a.out, "  %s\n%s\n", name, strings.TrimSuffix(v, "\n"))
		return
	}
	fmt.Fprintf(a.out, "  %-12s %s\n", name, v)
}

// mostAccounts keeps a twin's start short: each account has its tokens.
const mostAccounts = 10_000

// checkVolume refuses a collection that the spec does not have, which would
// otherwise be a request that nothing answers.
func checkVolume(c *ir.Connector, volume map[string]int) error {
	var known []string
	for _, r := range c.Resources {
		known = append(known, r.Name)
	}
	for _, a := range c.AllActions() {
		if a.Page != nil {
			known = append(known, a.Path)
		}
	}
	for _, name := range sortedKeys(volume) {
		switch {
		case name == "*" || slices.Contains(known, name):
		case len(known) == 0:
			return fmt.Errorf("volume %s: the spec declares no resources and no lists, so that the twin has no collections", name)
		default:
			return unknownName("collection", name, append(known, "*"))
		}
		if volume[name] < 0 {
			return fmt.Errorf("volume %s=%d is negative", name, volume[name])
		}
	}
	return nil
}

// checkPlans refuses a plan that no limit has a tier for.
func checkPlans(c *ir.Connector, plans []string) error {
	var known []string
	for _, l := range c.Limits {
		for _, name := range sortedKeys(l.Tiers) {
			if !slices.Contains(known, name) {
				known = append(known, name)
			}
		}
	}
	if len(plans) > 0 && len(known) == 0 {
		return fmt.Errorf("there is no plan %q: no limit of the spec has tiers, which plans are for", plans[0])
	}
	for _, name := range plans {
		if !slices.Contains(known, name) {
			return unknownName("plan", name, known)
		}
	}
	return nil
}
