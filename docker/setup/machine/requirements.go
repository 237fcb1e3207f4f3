package machine

import (
	"fmt"
	"strings"

	"github.com/dustin/go-humanize"
	"golang.org/x/mod/semver"
)

// Requirements are what a profile of the stack asks of a machine.
type Requirements struct {
	Memory, Disk  uint64 // bytes
	Elasticsearch bool
}

// Profiles are the profiles of compose.yaml that can be chosen. A machine sold
// with 4 GB shows some 3.7 GiB, as its kernel keeps the rest.
func Profiles() map[string]Requirements {
	return map[string]Requirements{
		"small":    {Memory: 3600 * humanize.MiByte, Disk: 20 * humanize.GByte, Elasticsearch: true},
		"thehive5": {Memory: 15000 * humanize.MiByte, Disk: 60 * humanize.GByte, Elasticsearch: true},
		"feeder":   {Memory: 400 * humanize.MiByte, Disk: 2 * humanize.GByte},
	}
}

// Finding is one thing that was looked at.
type Finding struct {
	Name  string
	Found string
	// Change says what to do; empty = all is well.
	Change string
	// Advice says what to see to, which hinders nothing now.
	Advice string
}

const (
	// mapCountNeeded is what Elasticsearch's bootstrap checks demand:
	// https://www.elastic.co/docs/deploy-manage/deploy/self-managed/vm-max-map-count
	mapCountNeeded = 262144
	// cortexUID is who Cortex' image runs as.
	cortexUID = 1001

	oldestEngine  = "20.10.0"
	oldestCompose = "1.29.0"
)

// Check compares a machine with what a profile needs.
func (r Requirements) Check(f Facts) []Finding {
	findings := []Finding{r.memory(f), r.disk(f)}
	if r.Elasticsearch {
		findings = append(findings, mapCountOf(f))
	}
	findings = append(findings, engine(f), composeOf(f))
	if f.Jobs.Path != "" {
		findings = append(findings, jobs(f))
	}
	findings = append(findings, ports(f))
	if len(f.Unknown) > 0 {
		findings = append(findings, Finding{Name: "names", Found: "no address for " + strings.Join(f.Unknown, ", "),
			Advice: "make these names lead to this machine, in your DNS or in the hosts files of those who use them"})
	}
	return findings
}

func (r Requirements) memory(f Facts) Finding {
	found := Finding{Name: "memory", Found: humanize.IBytes(uint64(f.Memory))}
	if uint64(f.Memory) < r.Memory {
		found.Change = "give the machine at least " + humanize.IBytes(r.Memory) + ", or choose a smaller profile"
	}
	return found
}

func (r Requirements) disk(f Facts) Finding {
	found := Finding{Name: "disk", Found: humanize.Bytes(uint64(f.Disk)) + " free at " + f.DiskPath}
	if uint64(f.Disk) < r.Disk {
		found.Change = "make room: " + humanize.Bytes(r.Disk) + " are needed there"
	}
	return found
}

func mapCountOf(f Facts) Finding {
	found := Finding{Name: "vm.max_map_count", Found: fmt.Sprint(f.MapCount)}
	switch {
	case f.MapCount == 0:
		found.Found = "not known"
		found.Advice = fmt.Sprintf("Elasticsearch does not start below %d", mapCountNeeded)
	case f.MapCount < mapCountNeeded:
		found.Change = fmt.Sprintf("Elasticsearch does not start below %d: echo vm.max_map_count=%[1]d | sudo tee /etc/sysctl.d/99-waggle.conf && sudo sysctl --system", mapCountNeeded)
	}
	return found
}

func engine(f Facts) Finding {
	found := Finding{Name: "Docker engine", Found: f.Engine}
	switch {
	case f.Engine == "":
		found.Found = "does not answer"
		found.Change = "install Docker (https://docs.docker.com/engine/install/), start it, and run this as root or as a member of the group docker"
		if f.Answer != "" {
			found.Found += ": " + f.Answer
		}
	case older(f.Engine, oldestEngine):
		found.Change = "install " + oldestEngine + " or newer"
	}
	return found
}

func composeOf(f Facts) Finding {
	found := Finding{Name: "Compose", Found: f.Compose}
	switch {
	case f.Compose == "":
		found.Found = "is not there"
		found.Change = "install the Compose plugin: https://docs.docker.com/compose/install/linux/"
	case older(f.Compose, oldestCompose):
		found.Change = "install Compose 2, or at least " + oldestCompose
	case older(f.Compose, "2.0.0"):
		found.Advice = "it will do; Compose 1 is no longer maintained. Write docker-compose where the docs say docker compose"
	}
	return found
}

func jobs(f Facts) Finding {
	found := Finding{Name: "job folder", Found: f.Jobs.Path}
	switch {
	case !f.Jobs.There:
		found.Found += " is not there"
		found.Change = fmt.Sprintf("sudo install -d -o %d -g %[1]d -m 700 %s", cortexUID, f.Jobs.Path)
	case f.Jobs.UID != cortexUID:
		found.Found += fmt.Sprintf(" belongs to uid %d", f.Jobs.UID)
		found.Change = fmt.Sprintf("Cortex could not write there: sudo chown %d:%[1]d %s", cortexUID, f.Jobs.Path)
	}
	return found
}

func ports(f Facts) Finding {
	switch {
	case f.Running:
		return Finding{Name: "ports", Found: "the stack runs and has them"}
	case len(f.Busy) > 0:
		return Finding{Name: "ports", Found: "taken: " + strings.Join(f.Busy, ", "),
			Change: "stop what listens there (sudo ss -ltnp tells), or set BIND_ADDRESS, HTTP_PORT, HTTPS_PORT in .env"}
	}
	return Finding{Name: "ports", Found: "free"}
}

// older reports whether a version is below the other. Distributions append what
// is theirs: 20.10.24+dfsg1, 2.20.2+ds1-0ubuntu1~22.04.1.
func older(version, than string) bool {
	number := strings.TrimPrefix(version, "v")
	if end := strings.IndexAny(number, "+~- "); end >= 0 {
		number = number[:end]
	}
	return semver.Compare("v"+number, "v"+than) < 0
}
