package machine

import (
	"testing"

	"github.com/dustin/go-humanize"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fit is a machine that will do for the profile small.
func fit() Facts {
	return Facts{
		Memory: 3800 * humanize.MiByte, Disk: 40 * humanize.GByte, DiskPath: "/var/lib/docker", MapCount: 1048576,
		Engine: "28.2.2", Compose: "2.39.1", Jobs: Folder{Path: "/var/lib/waggle/cortex-jobs", There: true, UID: cortexUID},
	}
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		profile string
		change  func(*Facts)
		named   string // the one finding that is not well; empty = none
		says    string
	}{
		"all is well":                    {"small", func(*Facts) {}, "", ""},
		"memory is short":                {"small", func(f *Facts) { f.Memory = 2 * humanize.GiByte }, "memory", "at least 3.5 GiB"},
		"memory is short for TheHive 5":  {"thehive5", func(f *Facts) { f.Memory, f.Disk = 8*humanize.GiByte, 100*humanize.GByte }, "memory", "at least 15 GiB"},
		"enough memory for TheHive 5":    {"thehive5", func(f *Facts) { f.Memory, f.Disk = 15600*humanize.MiByte, 100*humanize.GByte }, "", ""},
		"the disk is full":               {"small", func(f *Facts) { f.Disk = humanize.GByte }, "disk", "20 GB are needed"},
		"few mappings":                   {"small", func(f *Facts) { f.MapCount = 65530 }, "vm.max_map_count", "sudo sysctl --system"},
		"few mappings, no Elasticsearch": {"feeder", func(f *Facts) { f.MapCount, f.Jobs = 65530, Folder{} }, "", ""},
		"no engine":                      {"small", func(f *Facts) { f.Engine = "" }, "Docker engine", "https://docs.docker.com/engine/install/"},
		"an old engine":                  {"small", func(f *Facts) { f.Engine = "19.03.15" }, "Docker engine", "20.10.0 or newer"},
		"the oldest engine, of Debian":   {"small", func(f *Facts) { f.Engine = "20.10.24+dfsg1" }, "", ""},
		"no Compose":                     {"small", func(f *Facts) { f.Compose = "" }, "Compose", "https://docs.docker.com/compose/install/linux/"},
		"an old Compose":                 {"small", func(f *Facts) { f.Compose = "1.25.0" }, "Compose", "Compose 2"},
		"Compose of Ubuntu":              {"small", func(f *Facts) { f.Compose = "v2.20.2+ds1-0ubuntu1~22.04.1" }, "", ""},
		"no job folder":                  {"small", func(f *Facts) { f.Jobs.There = false }, "job folder", "sudo install -d -o 1001 -g 1001 -m 700 /var/lib/waggle/cortex-jobs"},
		"another's job folder":           {"small", func(f *Facts) { f.Jobs.UID = 0 }, "job folder", "sudo chown 1001:1001"},
		"taken ports":                    {"small", func(f *Facts) { f.Busy = []string{"127.0.0.1:443"} }, "ports", "stop what listens"},
		"its own ports":                  {"small", func(f *Facts) { f.Busy, f.Running = []string{"127.0.0.1:443"}, true }, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			facts := fit()
			c.change(&facts)
			named := ""
			for _, f := range Profiles()[c.profile].Check(facts) {
				assert.NotEmpty(t, f.Found, f.Name)
				if f.Change != "" {
					require.Empty(t, named, "two things are wrong")
					named = f.Name
					assert.Contains(t, f.Change, c.says)
				}
			}
			assert.Equal(t, c.named, named)
		})
	}
}

func TestAdvice(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Facts)
		says   string
	}{
		"Compose 1":             {func(f *Facts) { f.Compose = "1.29.2" }, "docker-compose"},
		"mappings not known":    {func(f *Facts) { f.MapCount = 0 }, "262144"},
		"names without address": {func(f *Facts) { f.Unknown = []string{"thehive.soc.example.com"} }, "hosts files"},
	} {
		t.Run(name, func(t *testing.T) {
			facts := fit()
			c.change(&facts)
			advice := ""
			for _, f := range Profiles()["small"].Check(facts) {
				assert.Empty(t, f.Change, f.Name)
				advice += f.Advice
			}
			assert.Contains(t, advice, c.says)
		})
	}
}

// What is asked of the machine that runs this has to come back in sane shape.
func TestLook(t *testing.T) {
	taken := listen(t)
	f := Look(t.Context(), Needs{Ports: []string{taken}, Jobs: t.TempDir(), Hosts: []string{"localhost", "name.invalid"}, Project: "waggle-nobody"})
	assert.Greater(t, f.Memory, int64(64*humanize.MiByte))
	assert.Positive(t, f.Disk)
	assert.Positive(t, f.MapCount)
	assert.Equal(t, []string{taken}, f.Busy)
	assert.True(t, f.Jobs.There)
	assert.False(t, f.Running)
	assert.Equal(t, []string{"name.invalid"}, f.Unknown)
	if f.Engine == "" {
		assert.NotEmpty(t, f.Answer, "why it does not answer")
	}
}
