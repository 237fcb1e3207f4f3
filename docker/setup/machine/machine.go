// Package machine looks at the machine that is to run the stack, and tells what
// must be changed there before it can.
package machine

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Facts are what is known of a machine.
type Facts struct {
	Memory   int64  // bytes in all
	Disk     int64  // bytes free where the engine keeps its data
	DiskPath string // and where that is
	MapCount int    // vm.max_map_count; 0 = not known
	Engine   string // version of the Docker engine; empty = it does not answer
	Answer   string // what its client said instead
	Compose  string // version; empty = there is none
	Running  bool   // the stack runs already, so that its ports are its own
	Busy     []string
	Jobs     Folder
	Unknown  []string // host names asked for that have no address
}

// Folder is what is known of Cortex' job folder.
type Folder struct {
	Path  string
	There bool
	UID   uint32
}

// Needs say what is to be found out.
type Needs struct {
	Ports   []string // addresses that are to be published: 127.0.0.1:443
	Jobs    string   // path of Cortex' job folder; empty = none is needed
	Hosts   []string // names that browsers will ask for
	Project string   // name of the Compose project
}

// patience is the longest that one question may take.
const patience = 10 * time.Second

// Look finds out. What it cannot find out it leaves empty.
func Look(ctx context.Context, n Needs) Facts {
	f := Facts{Memory: memory(), MapCount: mapCount(), Jobs: folder(n.Jobs)}
	f.Engine, f.Answer = version(ctx, "docker", "version", "--format", "{{.Server.Version}}")
	f.Compose, _ = version(ctx, "docker", "compose", "version", "--short")
	if f.Compose == "" {
		f.Compose, _ = version(ctx, "docker-compose", "version", "--short")
	}
	f.DiskPath = "/"
	if root, _ := version(ctx, "docker", "info", "--format", "{{.DockerRootDir}}"); root != "" && f.Engine != "" {
		f.DiskPath = root
	}
	f.Disk = disk(&f.DiskPath)
	containers, _ := version(ctx, "docker", "ps", "--quiet", "--filter", "label=com.docker.compose.project="+n.Project, "--filter", "label=com.docker.compose.service=caddy")
	f.Running = containers != ""
	f.Busy = busy(ctx, n.Ports)
	f.Unknown = unknown(ctx, n.Hosts)
	return f
}

// version gives what a command prints, or what it said where it failed.
func version(ctx context.Context, name string, args ...string) (said, failed string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return strings.TrimSpace(string(out)), ""
	case errors.As(err, &exit):
		return "", strings.TrimSpace(string(exit.Stderr))
	}
	return "", err.Error()
}

func memory() int64 {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return 0
	}
	return int64(info.Totalram) * int64(info.Unit)
}

func mapCount() int {
	text, err := os.ReadFile("/proc/sys/vm/max_map_count")
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return n
}

// disk gives the bytes free at a path; where it is not there or not seen, at the
// root, and says so in the path.
func disk(path *string) int64 {
	var s unix.Statfs_t
	if unix.Statfs(*path, &s) != nil {
		*path = "/"
		if unix.Statfs(*path, &s) != nil {
			return 0
		}
	}
	return int64(s.Bavail) * int64(s.Bsize)
}

func folder(path string) Folder {
	f := Folder{Path: path}
	info, err := os.Stat(path)
	if path == "" || errors.Is(err, fs.ErrNotExist) || err != nil {
		return f
	}
	f.There = info.IsDir()
	if stat, known := info.Sys().(*syscall.Stat_t); known {
		f.UID = stat.Uid
	}
	return f
}

// busy gives the addresses on which something listens.
func busy(ctx context.Context, addresses []string) (taken []string) {
	for _, address := range addresses {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
		if err == nil {
			_ = l.Close()
			continue
		}
		if errors.Is(err, syscall.EADDRINUSE) { // not: a port below 1024, which root alone may take
			taken = append(taken, address)
		}
	}
	return taken
}

func unknown(ctx context.Context, hosts []string) (names []string) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, host := range hosts {
		if _, err := net.DefaultResolver.LookupHost(ctx, host); err != nil {
			names = append(names, host)
		}
	}
	return names
}
