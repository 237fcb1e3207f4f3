// Package postgrestest runs a PostgreSQL server for tests: a cluster of its
// own in a temporary folder, reached on a loopback port, gone with the test.
package postgrestest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/absent"
)

// Password is that of the server's user waggle.
const Password = "not-to-be-seen"

// Start starts a server and gives the URL of its database. Without a
// PostgreSQL on this machine the test is skipped, see [absent.Skip].
func Start(t testing.TB) (database string) {
	t.Helper()
	programs := programs(t)
	// Not t.TempDir: another user must be able to reach it.
	folder, err := os.MkdirTemp("", "waggle-postgres-")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	as := owner(t, folder)
	passwords := filepath.Join(folder, "password")
	require.NoError(t, os.WriteFile(passwords, []byte(Password), 0o644))
	data := filepath.Join(folder, "data")
	run(t, as, filepath.Join(programs, "initdb"), "--pgdata", data, "--username", "waggle", "--pwfile", passwords,
		"--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync")

	port := freePort(t)
	server := exec.Command(filepath.Join(programs, "postgres"), "-D", data, "-h", "127.0.0.1", "-p", port, "-k", folder,
		"-c", "max_connections=80", "-c", "shared_buffers=32MB",
		// The machine does not fail in a test, and the data go with it.
		"-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")
	server.SysProcAttr = as
	log := &strings.Builder{}
	server.Stdout, server.Stderr = log, log
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGQUIT) // at once; nothing is kept
		_ = server.Wait()                          // its exit code tells of the signal
	})
	database = (&url.URL{Scheme: "postgres", User: url.UserPassword("waggle", Password), Host: "127.0.0.1:" + port, Path: "/postgres", RawQuery: "sslmode=disable"}).String()
	require.Eventually(t, func() bool { return answers(database) }, time.Minute, 50*time.Millisecond, "PostgreSQL did not start")
	return database
}

// Schema makes an empty schema, and gives the URL of the database as seen from
// it: what a test does there no other sees.
func Schema(t testing.TB, database string) string {
	t.Helper()
	name := fmt.Sprintf("test_%d", time.Now().UnixNano())
	conn, err := pgx.Connect(t.Context(), database)
	require.NoError(t, err)
	defer conn.Close(context.WithoutCancel(t.Context()))
	_, err = conn.Exec(t.Context(), "CREATE SCHEMA "+name)
	require.NoError(t, err)
	return database + "&search_path=" + name
}

// programs finds the folder of the server's programs: Debian keeps them out of
// the path.
func programs(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // the pattern is well formed
	slices.Sort(found)
	if len(found) > 0 {
		return filepath.Dir(found[len(found)-1])
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path)
	}
	absent.Skip(t, "no PostgreSQL on this machine: install the package postgresql to run this test")
	return ""
}

// owner gives the folder to whom the server may run as: it refuses to as root.
func owner(t testing.TB, folder string) *syscall.SysProcAttr {
	t.Helper()
	require.NoError(t, os.Chmod(folder, 0o755))
	if os.Getuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(account.Uid)
		require.NoError(t, err)
		gid, err := strconv.Atoi(account.Gid)
		require.NoError(t, err)
		require.NoError(t, os.Chown(folder, uid, gid))
		return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	t.Fatal("PostgreSQL does not run as root, and there is no user postgres or nobody")
	return nil
}

func run(t testing.TB, as *syscall.SysProcAttr, program string, args ...string) {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.SysProcAttr, cmd.Dir = as, "/"
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
}

func answers(database string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, database)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

func freePort(t testing.TB) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	return port
}

// Variable names a database for the tests of a package which know no engine
// of their own, see [Again].
const Variable = "WAGGLE_TEST_DATABASE"

// Again runs the package's tests a second time, in a process of their own,
// with Variable naming a PostgreSQL database. Tests ask [Database] for theirs.
func Again(t *testing.T) {
	t.Helper()
	if os.Getenv(Variable) != "" {
		t.Skip("this is the second time")
	}
	database := Start(t)
	cmd := exec.Command(os.Args[0], "-test.timeout=10m", "-test.v")
	cmd.Env = append(os.Environ(), Variable+"="+database)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	t.Logf("%d tests passed on PostgreSQL", strings.Count(string(out), "--- PASS"))
}

// Database gives a new database for a test: in a schema of its own on the
// server that Variable names, else the path of a file that is not there yet.
func Database(t *testing.T) string {
	t.Helper()
	if server := os.Getenv(Variable); server != "" {
		return Schema(t, server)
	}
	return filepath.Join(t.TempDir(), "data", "waggle.db")
}

// Server skips a test that is about PostgreSQL the first time.
func Server(t *testing.T) {
	t.Helper()
	if os.Getenv(Variable) == "" {
		t.Skip("this is about PostgreSQL, which the package's tests are run on by the one that calls Again")
	}
}

// File skips a test that is about SQLite files the second time.
func File(t *testing.T) {
	t.Helper()
	if os.Getenv(Variable) != "" {
		t.Skip("this is about files")
	}
}
