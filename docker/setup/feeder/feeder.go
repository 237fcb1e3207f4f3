// Package feeder writes what the feeder is told by a set-up: one folder with its
// configuration, a profile and its keys, which the feeder reads and nobody else.
package feeder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/docker/setup/config"
	"github.com/waggle-cti/waggle/docker/setup/keyring"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
)

// The folder in the ring, and what lies in it beside the servers' keys.
const (
	folder      = "feeder"
	BlocksToken = folder + "/blocks-token"
	listsToken  = folder + "/lists-token"
	pageToken   = folder + "/page-token"
	file        = folder + "/waggle.yaml"
	profile     = folder + "/profile.yaml"
)

// Files are what is written for the feeder.
type Files struct {
	settings *config.Settings
	ring     *keyring.Ring
}

// New gives the files of a ring.
func New(s *config.Settings, ring *keyring.Ring) *Files { return &Files{s, ring} }

// Tokens are the steps for the secrets that nobody else makes.
func (f *Files) Tokens() []step.Step {
	return []step.Step{
		f.token(pageToken, "WAGGLE_PAGE_TOKEN", "who reads the page"),
		f.token(BlocksToken, "WAGGLE_BLOCKS_TOKEN", "the responders that block"),
		f.token(listsToken, "WAGGLE_LISTS_TOKEN", "firewalls that read the block lists"),
	}
}

// token keeps the secret that was given, or else a generated one.
func (f *Files) token(name, setting, whose string) step.Step {
	given := secret.New(f.settings.Value(setting))
	return step.Step{
		Name: "token of " + whose, Hand: "openssl rand -hex 32 > " + f.ring.Path(name),
		Look: func(context.Context) (string, error) {
			held, err := f.ring.Get(name)
			switch {
			case err != nil:
				return "", err
			case !held.Set():
				return "none is kept here", nil
			case given.Set() && given != held:
				return setting + " is another", nil
			}
			return "", nil
		},
		Make: func(context.Context) error {
			if given.Set() {
				return f.ring.Put(name, given)
			}
			return f.ring.Put(name, f.ring.Generate())
		},
	}
}

// Steps are those for the configuration, the profile and who owns them, and for
// the .env file, from which the stack's own feeder has its keys.
func (f *Files) Steps() []step.Step {
	return []step.Step{f.profile(), f.configuration(), f.owner(), f.environment()}
}

// profile writes a profile to begin with; one that is there is the owner's.
func (f *Files) profile() step.Step {
	path := f.ring.Path(profile)
	return step.Step{
		Name: "profile", Hand: "feeder profile init " + path,
		Look: func(context.Context) (string, error) {
			_, err := os.Stat(path)
			if errors.Is(err, fs.ErrNotExist) {
				return "no " + path, nil
			}
			return "", err
		},
		Make: func(context.Context) error {
			return f.write(path, fmt.Appendf(nil, "# What our business uses and cares for: `feeder profile init` asks for it, and\n"+
				"# feeder/README.md tells the rest. What is not said here is as in the shipped\n# profile %[1]s, also in later versions.\n"+
				"name: ours\nextends: %[1]s\n", f.settings.Profile))
		},
	}
}

// entries are what the configuration has to say, as far as there is a key for it.
func (f *Files) entries() ([]entry, error) {
	out := []entry{
		{"profile", "./" + filepath.Base(profile)},
		{"page.token_file", filepath.Base(pageToken)},
		{"blocks.token_file", filepath.Base(BlocksToken)}, {"blocks.lists_token_file", filepath.Base(listsToken)},
	}
	for _, s := range []struct {
		name   string
		server config.Server
		used   bool
	}{
		{"thehive", f.settings.TheHive, f.settings.TheHive.Used()},
		{"cortex", f.settings.Cortex, f.settings.Cortex.Used()},
		// The feeder checks certificates.
		{"misp", f.settings.MISP, f.settings.MISP.Used() && !f.settings.MISP.AnyCertificate},
	} {
		key, err := f.ring.Get(folder + "/" + s.name + "-key")
		if err != nil {
			return nil, err
		}
		if s.used && key.Set() {
			out = append(out, entry{s.name + ".url", s.server.Inside}, entry{s.name + ".key_file", s.name + "-key"})
		}
		if s.used && key.Set() && s.name == "thehive" {
			out = append(out, entry{"thehive.organisation", f.settings.Organisation})
		}
	}
	return out, nil
}

// configuration writes the entries into the file; whatever else is in it stays.
func (f *Files) configuration() step.Step {
	path := f.ring.Path(file)
	next := func() (held, text []byte, err error) {
		held, err = os.ReadFile(path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		entries, err := f.entries()
		if err != nil {
			return nil, nil, err
		}
		text, err = merged(held, entries)
		return held, text, err
	}
	return step.Step{
		Name: "configuration", Hand: "feeder/config/waggle.example.yaml tells how " + path + " is written",
		Look: func(context.Context) (string, error) {
			held, text, err := next()
			switch {
			case err != nil:
				return "", fmt.Errorf("%s: %w", path, err)
			case held == nil:
				return "no " + path, nil
			case !bytes.Equal(held, text):
				return "it lacks keys or addresses, or has others", nil
			}
			return "", nil
		},
		Make: func(context.Context) error {
			_, text, err := next()
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			return f.write(path, text)
		},
	}
}

func (f *Files) write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return renameio.WriteFile(path, text, 0o600)
}

// owner gives the folder to the user that the feeder runs as: in its container
// it is nobody else, and the files are for their owner only.
func (f *Files) owner() step.Step {
	root := f.ring.Path(folder)
	return step.Step{
		Name: "owner of the files", Hand: fmt.Sprintf("sudo chown -R %d %s", f.settings.Owner, root),
		Look: func(context.Context) (string, error) {
			foreign, err := f.foreign(root)
			if errors.Is(err, fs.ErrNotExist) {
				return "", step.ErrWaits
			}
			if err != nil || len(foreign) == 0 {
				return "", err
			}
			if os.Geteuid() != 0 {
				return "", step.LeftOut(fmt.Sprintf("for a feeder that reads them: sudo chown -R %d %s", f.settings.Owner, root))
			}
			return fmt.Sprintf("%d files are not of user %d", len(foreign), f.settings.Owner), nil
		},
		Make: func(context.Context) error {
			foreign, err := f.foreign(root)
			if err != nil {
				return err
			}
			for _, path := range foreign {
				if err := os.Lchown(path, f.settings.Owner, -1); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// foreign are the files that belong to somebody else.
func (f *Files) foreign(root string) (out []string, err error) {
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if of, ok := info.Sys().(*syscall.Stat_t); ok && int(of.Uid) != f.settings.Owner && !strings.HasPrefix(d.Name(), ".") {
			out = append(out, path)
		}
		return nil
	})
	return out, err
}
