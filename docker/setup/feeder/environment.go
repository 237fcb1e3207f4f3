package feeder

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/renameio/v2"

	"github.com/waggle-cti/waggle/docker/setup/envfile"
	"github.com/waggle-cti/waggle/docker/setup/step"
	"github.com/waggle-cti/waggle/feeder/secret"
)

// variables are the lines of .env that the stack's feeder is told by.
func (f *Files) variables() (map[string]string, error) {
	out := map[string]string{}
	if f.settings.TheHive.Used() {
		key, err := f.kept("thehive-key")
		if err != nil {
			return nil, err
		}
		out["WAGGLE_THEHIVE_URL"], out["WAGGLE_THEHIVE_KEY"], out["WAGGLE_THEHIVE_ORG"] = f.settings.TheHive.Inside, key.Reveal(), f.settings.Organisation
	}
	if f.settings.Cortex.Used() {
		key, err := f.kept("cortex-key")
		if err != nil {
			return nil, err
		}
		out["WAGGLE_CORTEX_URL"], out["WAGGLE_CORTEX_KEY"] = f.settings.Cortex.Inside, key.Reveal()
	}
	return out, nil
}

// kept gives a key that an earlier step has made.
func (f *Files) kept(name string) (secret.Text, error) {
	key, err := f.ring.Get(folder + "/" + name)
	if err == nil && !key.Set() {
		err = step.ErrWaits
	}
	return key, err
}

// environment writes the feeder's keys into the .env file of the stack, if there
// is one: compose.yaml hands them on.
func (f *Files) environment() step.Step {
	next := func() (held string, text *envfile.File, err error) {
		raw, err := os.ReadFile(f.settings.Env)
		if errors.Is(err, fs.ErrNotExist) {
			return "", nil, step.LeftOut("there is no " + f.settings.Env + " of a stack")
		}
		if err != nil {
			return "", nil, err
		}
		values, err := f.variables()
		if err != nil {
			return "", nil, err
		}
		text = envfile.Parse(string(raw))
		for _, name := range slices.Sorted(maps.Keys(values)) {
			if text.Get(name) == values[name] {
				continue
			}
			if err := text.Set(name, values[name]); err != nil {
				return "", nil, err
			}
		}
		return envfile.Parse(string(raw)).String(), text, nil
	}
	return step.Step{
		Name: "keys in " + filepath.Base(f.settings.Env), Hand: "copy the addresses and keys from " + f.ring.Path(file) + ", then docker compose up -d feeder",
		Look: func(context.Context) (string, error) {
			held, text, err := next()
			if err != nil || text.String() == held {
				return "", err
			}
			return "it has none, or others; afterwards: docker compose up -d feeder", nil
		},
		Make: func(context.Context) error {
			_, text, err := next()
			if err != nil {
				return err
			}
			return renameio.WriteFile(f.settings.Env, []byte(text.String()), 0o600)
		},
	}
}
