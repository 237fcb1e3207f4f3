package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"

	"github.com/waggle-cti/waggle/feeder/profiles"
	"github.com/waggle-cti/waggle/feeder/relevance"
)

func profileCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "profile",
		Short: "Write a profile of your own",
		Long:  "A profile says what your business uses and cares for. Shipped are " + strings.Join(profiles.Names(), ", ") + ".",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(initProfileCommand())
	return cmd
}

// answers are what `profile init` needs to know.
type answers struct {
	name, base                              string
	products, sectors, countries, languages []string
}

func initProfileCommand() *cobra.Command {
	var a answers
	var replace, quiet bool
	cmd := &cobra.Command{
		Use:   "init FILE",
		Short: "Ask a few questions and write a profile",
		Long: "init asks what your business is and uses, and writes a profile that builds on a\n" +
			"shipped one. What a flag says is not asked; --yes asks nothing. An empty answer\n" +
			"takes what stands in brackets. Name the file in waggle.yaml: profile: ./FILE",
		Example: "  feeder profile init ours.yaml\n" +
			"  feeder profile init ours.yaml --yes --base msp --products \"Exchange, FortiGate, Example ERP\" --countries \"Germany, German\" --languages en,de",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !quiet {
				if err := a.ask(cmd); err != nil {
					return err
				}
			}
			text, err := a.profile(args[0])
			if err != nil {
				return err
			}
			if err := writeNew(args[0], text, replace); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s is written. Name it in waggle.yaml (profile: ./%s), or set WAGGLE_PROFILE.\n", args[0], args[0])
			return err
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&a.name, "name", "ours", "`name` of the profile")
	flags.StringVar(&a.base, "base", "small-business", "shipped `profile` to build on: "+strings.Join(profiles.Names(), ", "))
	flags.StringSliceVar(&a.products, "products", nil, "`products` you use, instead of the shipped profile's; vendor/product where a product's name is a word like any other")
	flags.StringSliceVar(&a.sectors, "sectors", nil, "`words` for what you do")
	flags.StringSliceVar(&a.countries, "countries", nil, "`words` for where you are")
	flags.StringSliceVar(&a.languages, "languages", nil, "`codes` of the languages you read, such as en,de; none: all")
	flags.BoolVar(&quiet, "yes", false, "ask nothing")
	flags.BoolVar(&replace, "replace", false, "write over a file that is there")
	return cmd
}

// ask puts the questions that no flag has answered.
func (a *answers) ask(cmd *cobra.Command) error {
	lines := bufio.NewScanner(cmd.InOrStdin())
	answer := func(flag, question, standing string) string {
		if cmd.Flags().Changed(flag) {
			return ""
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s [%s] ", question, standing)
		if !lines.Scan() {
			return "" // the input ended: what stands in brackets
		}
		return strings.TrimSpace(lines.Text())
	}
	if s := answer("name", "What is the profile to be called?", a.name); s != "" {
		a.name = s
	}
	if s := answer("base", "Which shipped profile is nearest: "+strings.Join(profiles.Names(), ", ")+"?", a.base); s != "" {
		a.base = s
	}
	known, err := relevance.Products(a.base)
	if err != nil {
		return err
	}
	if !cmd.Flags().Changed("products") {
		fmt.Fprintf(cmd.OutOrStdout(), "%s counts on: %s.\n", a.base, titles(known))
	}
	for _, q := range []struct {
		flag, question, standing string
		into                     *[]string
	}{
		{"products", "Which of these and which others do you use? Separate with commas.", "all of these", &a.products},
		{"sectors", "Which words name what you do?", "none", &a.sectors},
		{"countries", "Which words name where you are?", "none", &a.countries},
		{"languages", "Which languages do you read? Codes, such as en, de.", "all", &a.languages},
	} {
		if s := answer(q.flag, q.question, q.standing); s != "" {
			*q.into = strings.Split(s, ",")
		}
	}
	fmt.Fprintln(cmd.OutOrStdout())
	return lines.Err()
}

func titles(products []relevance.Product) string {
	var out []string
	for _, p := range products {
		out = append(out, p.Title())
	}
	return strings.Join(out, ", ")
}

// profile makes the profile's text, and sees that it loads.
func (a *answers) profile(file string) (string, error) {
	known, err := relevance.Products(a.base)
	if err != nil {
		return "", err
	}
	written := struct {
		Name      string              `yaml:"name"`
		Extends   string              `yaml:"extends"`
		Replace   []string            `yaml:"replace,omitempty,flow"`
		Languages []string            `yaml:"languages,omitempty,flow"`
		Sectors   []string            `yaml:"sectors,omitempty,flow"`
		Countries []string            `yaml:"countries,omitempty,flow"`
		Products  []relevance.Product `yaml:"products,omitempty"`
	}{Name: a.name, Extends: a.base, Languages: trimmed(a.languages), Sectors: trimmed(a.sectors), Countries: trimmed(a.countries)}
	for _, typed := range trimmed(a.products) {
		p := productOf(typed, known)
		if !slices.ContainsFunc(written.Products, func(o relevance.Product) bool { return o.Title() == p.Title() }) {
			written.Products = append(written.Products, p)
		}
	}
	if len(written.Products) > 0 {
		written.Replace = []string{"products"}
	}
	body, err := yaml.Marshal(written)
	if err != nil {
		return "", err
	}
	text := "# What our business uses and cares for. What is not said here is as in the\n# shipped profile " + a.base + ", also in later versions; see feeder/README.md.\n" + string(body)
	if _, err := relevance.Parse(file, []byte(text)); err != nil {
		return "", fmt.Errorf("the answers make no profile: %w", err)
	}
	return text, nil
}

// productOf is a product that somebody typed: a known one with all its other
// names, else vendor/product, or a name.
func productOf(typed string, known []relevance.Product) relevance.Product {
	for _, p := range known {
		if strings.EqualFold(typed, p.Title()) || strings.EqualFold(typed, p.Name) {
			return p
		}
		for _, alias := range p.Aliases {
			if strings.EqualFold(typed, alias) {
				return p
			}
		}
	}
	if vendor, name, ok := strings.Cut(typed, "/"); ok {
		return relevance.Product{Vendor: strings.TrimSpace(vendor), Name: strings.TrimSpace(name)}
	}
	return relevance.Product{Name: typed}
}

// trimmed are the words without spaces round them, each once.
func trimmed(words []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" && !seen[strings.ToLower(w)] {
			seen[strings.ToLower(w)] = true
			out = append(out, w)
		}
	}
	return out
}

// writeNew writes a file that is not there yet, unless it is to be replaced.
func writeNew(path, text string, replace bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	f, err := os.OpenFile(path, mode, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already: give another name, or --replace", path)
	}
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}
