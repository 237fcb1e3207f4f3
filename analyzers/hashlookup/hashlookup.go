// Package hashlookup is the analyzer that asks CIRCL's hashlookup in which
// collections of known files a hash is: those of operating systems, packages
// and published software. It needs no key.
//
// A known file is not a good file. hashlookup names who holds it for malicious,
// and gives a trust between 0 and 100: below 50 it doubts the file, at 50 it has
// no opinion, above it more than one source knows the file. What it does not
// know says nothing.
//
// API: https://www.circl.lu/services/hashlookup/, fields:
// https://datatracker.ietf.org/doc/draft-dulaunoy-hashlookup-format/. Each may be
// missing; a hash that is not known is a 404.
package hashlookup

import (
	"context"
	_ "embed"
	"net/http"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const service = "CIRCL hashlookup"

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_Hashlookup",
	Version:     "1.0",
	Description: "Asks CIRCL's hashlookup whether a hash is one of a known file, and how far that file is trusted",
	DataTypes:   []string{"hash"},
	Service: cortex.Service{
		Name: service, Homepage: "https://www.circl.lu/services/hashlookup/", Hosts: []string{"hashlookup.circl.lu"},
	},
	LongTemplate: long,
}, run)

// Config is what the admin sets.
type Config struct {
	Doubtful int `cortex:"suspicious_trust" default:"50" description:"a file is suspicious if it is trusted less than this, of 100"`
	Trusted  int `cortex:"safe_trust" default:"60" description:"a file is safe if it is trusted as much as this, of 100, and nobody holds it for malicious"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	hash, kind, err := cortex.Hash(job.Data, cortex.MD5, cortex.SHA1, cortex.SHA256)
	if err != nil {
		return cortex.Report{}, err
	}
	client, err := job.Upstream(upstream.Options{Service: service, BaseURL: "https://hashlookup.circl.lu"})
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{Path: "lookup/" + path(kind) + "/" + hash, Accept: []int{http.StatusNotFound}})
	if err != nil {
		return cortex.Report{}, err
	}
	return report(answer, job.Data, cfg)
}

// path is what hashlookup calls a kind of hash in its addresses.
func path(kind cortex.HashKind) string {
	return map[cortex.HashKind]string{cortex.MD5: "md5", cortex.SHA1: "sha1", cortex.SHA256: "sha256"}[kind]
}
