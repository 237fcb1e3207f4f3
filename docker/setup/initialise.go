package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"github.com/waggle-cti/waggle/docker/setup/envfile"
	"github.com/waggle-cti/waggle/docker/setup/machine"
)

// secretBytes is how many random bytes each generated secret has, which are
// twice as many hexadecimal digits.
func secretBytes() map[string]int {
	return map[string]int{
		"THEHIVE_SECRET": 32, "CORTEX_SECRET": 32,
		"MISP_ADMIN_PASSWORD":    24,
		"MISP_ADMIN_KEY":         20, // MISP's keys have 40 characters
		"MISP_DATABASE_PASSWORD": 24, "MISP_REDIS_PASSWORD": 24, "MISP_ENCRYPTION_KEY": 32,
		"WAGGLE_PAGE_TOKEN": 24, "WAGGLE_BLOCKS_TOKEN": 24, "WAGGLE_LISTS_TOKEN": 24,
	}
}

// jobFolder is where compose.yaml puts Cortex' jobs by default.
const jobFolder = "/var/lib/waggle/cortex-jobs"

// choices are what `init` needs to know.
type choices struct {
	folder          string
	domain, profile string
	tls, bind       string
	socketProxy     bool
	quiet, force    bool

	// look finds out what machine this is.
	look func(context.Context, machine.Needs) machine.Facts
}

func initCommand() *cobra.Command {
	return initCommandOn(machine.Look)
}

func initCommandOn(look func(context.Context, machine.Needs) machine.Facts) *cobra.Command {
	c := choices{look: look}
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Check the machine and write .env with new secrets",
		Long: "init checks whether this machine can run the stack, and says what to change. Then\n" +
			"it writes .env beside compose.yaml, readable by you alone, with secrets of its own\n" +
			"making. What a flag says is not asked. In a .env that is there nothing is changed:\n" +
			"init adds what is missing.\n\n" +
			"Exit codes: 0 .env is written, the machine will do; 1 something is to be changed\n" +
			"first, and nothing was written; 2 the command could not be done.",
		Example: "  setup init\n  setup init --yes --domain soc.example.com --profile small --tls it@example.com",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return c.run(cmd) },
	}
	flags := cmd.Flags()
	flags.StringVar(&c.folder, "folder", "", "`folder` of compose.yaml (default this one, or docker below it)")
	flags.StringVar(&c.domain, "domain", "localhost", "`name` below which the pages are: thehive.NAME, cortex.NAME, misp.NAME, waggle.NAME")
	flags.StringVar(&c.profile, "profile", "small", "what to run: "+strings.Join(slices.Sorted(maps.Keys(machine.Profiles())), ", "))
	flags.StringVar(&c.tls, "tls", "internal", "`certificates`: internal, a mail address for Let's Encrypt, or the paths of a certificate and its key in /certs")
	flags.StringVar(&c.bind, "bind", "127.0.0.1", "`address` that ports 80 and 443 are published on")
	flags.BoolVar(&c.socketProxy, "socket-proxy", false, "put a filter between Cortex and the Docker engine")
	flags.BoolVar(&c.quiet, "yes", false, "ask nothing")
	flags.BoolVar(&c.force, "force", false, "write .env whatever the machine lacks")
	return cmd
}

func (c *choices) run(cmd *cobra.Command) error {
	folder, err := c.stack()
	if err != nil {
		return err
	}
	path := filepath.Join(folder, ".env")
	file, isNew, err := settings(folder)
	if err != nil {
		return err
	}
	if isNew && !c.quiet {
		if err := c.ask(cmd); err != nil {
			return err
		}
	}
	filled, err := c.complete(file, isNew)
	if err != nil {
		return err
	}
	well, err := c.examine(cmd, file)
	if err != nil {
		return err
	}
	out := cmd.OutOrStdout()
	if !well && !c.force {
		fmt.Fprintln(out, "\nNothing was written. Change what the table says, then run this again (or --force).")
		return errIncomplete
	}
	if len(filled) == 0 && !isNew {
		_, err = fmt.Fprintf(out, "\n%s is complete; nothing was changed.\n", path)
		return err
	}
	if err := write(path, file.String()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	fmt.Fprintf(out, "\n%s is written, readable by you alone. New in it: %s.\nKeep a copy where your passwords are. Next: docker compose up -d\n", path, strings.Join(filled, ", "))
	return nil
}

// stack finds the folder of compose.yaml.
func (c *choices) stack() (string, error) {
	folders := []string{c.folder}
	if c.folder == "" {
		folders = []string{".", "docker"}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "compose.yaml")); err == nil {
			return folder, nil
		}
	}
	return "", errors.New("no compose.yaml here; name its folder with --folder")
}

// settings reads .env, or where there is none what .env.example begins it with.
func settings(folder string) (file *envfile.File, isNew bool, err error) {
	text, err := os.ReadFile(filepath.Join(folder, ".env"))
	if errors.Is(err, fs.ErrNotExist) {
		isNew = true
		text, err = os.ReadFile(filepath.Join(folder, ".env.example"))
	}
	if err != nil {
		return nil, false, err
	}
	return envfile.Parse(string(text)), isNew, nil
}

// write replaces the file as a whole, readable by its owner alone.
func write(path, text string) error {
	// renameio takes the mode of a file that is there over to the new one.
	if err := os.Chmod(path, 0o600); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return renameio.WriteFile(path, []byte(text), 0o600)
}

// ask puts the two questions, unless flags have answered them.
func (c *choices) ask(cmd *cobra.Command) error {
	lines := bufio.NewScanner(cmd.InOrStdin())
	for _, q := range []struct {
		flag, question string
		into           *string
	}{
		{"domain", "Below which name are the pages to be found (thehive.NAME, misp.NAME …)?", &c.domain},
		{"profile", "What is to run: small (4 GB), thehive5 (16 GB) or feeder (joins servers that you have)?", &c.profile},
	} {
		if cmd.Flags().Changed(q.flag) {
			continue
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%s [%s] ", q.question, *q.into)
		if !lines.Scan() {
			fmt.Fprintln(cmd.OutOrStdout())
			break // the input ended: what stands in brackets
		}
		if answer := strings.TrimSpace(lines.Text()); answer != "" {
			*q.into = answer
		}
	}
	return lines.Err()
}

// domainName is a host name as RFC 1123 has it.
var domainName = regexp.MustCompile(`^(?i:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)(\.(?i:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?))*$`)

// complete writes the choices into a new file, and the secrets that are missing
// into any. It gives the names that it filled in.
func (c *choices) complete(file *envfile.File, isNew bool) (filled []string, err error) {
	if isNew {
		if err := c.choose(file); err != nil {
			return nil, err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(secretBytes())) {
		raw := make([]byte, secretBytes()[name])
		_, _ = rand.Read(raw) // never fails
		done, err := file.Fill(name, hex.EncodeToString(raw))
		if err != nil {
			return nil, err
		}
		if done {
			filled = append(filled, name)
		}
	}
	return filled, nil
}

func (c *choices) choose(file *envfile.File) error {
	if _, known := machine.Profiles()[c.profile]; !known {
		return fmt.Errorf("--profile: %q is not one of %s", c.profile, strings.Join(slices.Sorted(maps.Keys(machine.Profiles())), ", "))
	}
	if !domainName.MatchString(c.domain) {
		return fmt.Errorf("--domain: %q is not a host name such as soc.example.com", c.domain)
	}
	profiles, headings := c.profile, []string{"# With " + c.profile}
	if c.socketProxy {
		if c.profile == "feeder" {
			return errors.New("--socket-proxy: the profile feeder has no Cortex that would need it")
		}
		profiles += ",socket-proxy"
		headings = append(headings, "# With small,socket-proxy")
	}
	values := map[string]string{"COMPOSE_PROFILES": profiles, "WAGGLE_DOMAIN": c.domain, "WAGGLE_TLS": c.tls, "BIND_ADDRESS": c.bind}
	for _, heading := range headings {
		maps.Copy(values, file.Suggestions(heading))
	}
	for name, value := range values {
		if err := file.Set(name, value); err != nil {
			return err
		}
	}
	return nil
}

// examine prints what the machine has and lacks for what the settings say.
func (c *choices) examine(cmd *cobra.Command, file *envfile.File) (well bool, err error) {
	profile, _, _ := strings.Cut(file.Get("COMPOSE_PROFILES"), ",")
	needs, known := machine.Profiles()[profile]
	if !known {
		return false, fmt.Errorf(".env: COMPOSE_PROFILES begins with %q, not with one of %s", profile, strings.Join(slices.Sorted(maps.Keys(machine.Profiles())), ", "))
	}
	findings := needs.Check(c.look(cmd.Context(), questions(profile, file)))
	table := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 4, 2, ' ', 0)
	well = true
	for _, f := range findings {
		state, hint := "ok", f.Advice
		switch {
		case f.Change != "":
			well, state, hint = false, "CHANGE", f.Change
		case hint != "":
			state = "see to"
		}
		printRow(table, state, f.Name, f.Found)
		if hint != "" {
			printRow(table, "", "", "→ "+hint)
		}
	}
	return well, table.Flush()
}

func printRow(out io.Writer, columns ...string) { fmt.Fprintln(out, strings.Join(columns, "\t")) }

// questions are what the settings make worth knowing of the machine.
func questions(profile string, file *envfile.File) machine.Needs {
	or := func(name, standing string) string {
		if value := file.Get(name); value != "" {
			return value
		}
		return standing
	}
	bind, domain := or("BIND_ADDRESS", "127.0.0.1"), or("WAGGLE_DOMAIN", "localhost")
	n := machine.Needs{
		Project: or("COMPOSE_PROJECT_NAME", "waggle"),
		Ports:   []string{bind + ":" + or("HTTP_PORT", "80"), bind + ":" + or("HTTPS_PORT", "443"), "127.0.0.1:8787"},
	}
	names := []string{"waggle"}
	if profile != "feeder" {
		n.Jobs = or("CORTEX_JOBS", jobFolder)
		n.Ports = append(n.Ports, "127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9002")
		names = append(names, "thehive", "cortex", "misp")
	}
	if domain != "localhost" { // below it browsers need no DNS (RFC 6761)
		for _, name := range names {
			n.Hosts = append(n.Hosts, name+"."+domain)
		}
	}
	return n
}
