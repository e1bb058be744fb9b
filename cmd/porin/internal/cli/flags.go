package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagError says what is wrong with a flag in the terms of the command line, with the
// nearest flag that there is, or what its value has to be.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var wrong *pflag.InvalidValueError
	var missing *pflag.ValueRequiredError
	switch {
	case errors.As(err, &unknown):
		name := "--" + unknown.GetSpecifiedName()
		if short := unknown.GetSpecifiedShortnames(); short != "" {
			name = "-" + short
		}
		var known []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
		return usageError{unknownName("flag", name, known)}
	case errors.As(err, &wrong) && takes(wrong.GetFlag()) != "":
		return usageError{fmt.Errorf("--%s is %s, not %q", wrong.GetFlag().Name, takes(wrong.GetFlag()), wrong.GetValue())}
	case errors.As(err, &missing) && takes(missing.GetFlag()) != "":
		return usageError{fmt.Errorf("--%s needs a value: %s", missing.GetFlag().Name, takes(missing.GetFlag()))}
	}
	return usageError{err}
}

// takes is what the value of a flag has to be; "" where any text will do.
func takes(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "int":
		return "a whole number"
	case "uint64":
		return "a whole number from 0 on"
	case "duration":
		return "a duration such as 1m30s"
	case "bool":
		return "true or false"
	case "stringToInt":
		return "names with whole numbers, such as channels=2500"
	}
	return ""
}
