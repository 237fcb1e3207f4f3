// Package virustotal is the analyzer that looks files, URLs, hosts and
// addresses up in VirusTotal. It only reads what VirusTotal has: of a file the
// SHA-256 is sent and never the file, and no URL is submitted.
//
// The level is by how many engines find the value malicious: malicious and
// suspicious from the counts that the admin sets. One or two engines of some
// seventy are often wrong.
//
// API: https://docs.virustotal.com/reference/overview, version 3. A free key
// allows 4 requests a minute and 500 a day, and no commercial use.
package virustotal

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/upstream"
)

const (
	service = "VirusTotal"
	baseURL = "https://www.virustotal.com/api/v3"
)

//go:embed long.html
var long string

// Analyzer is the worker.
var Analyzer = cortex.NewAnalyzer(cortex.Definition{
	Name:        "Waggle_VirusTotal",
	Version:     "1.0",
	Description: "Looks up what VirusTotal's engines say of a file (by its hash, never sent), URL, host or address",
	DataTypes:   []string{"hash", "file", "url", "domain", "fqdn", "ip"},
	MaxFile:     1 << 30, // it is only hashed
	Service: cortex.Service{
		Name: service, Homepage: "https://www.virustotal.com", Hosts: []string{"www.virustotal.com"}, Registration: true,
	},
	LongTemplate: long,
}, run, probe)

// Config is what the admin sets.
type Config struct {
	Key        string `cortex:"key" required:"true" secret:"true" description:"VirusTotal API key, free for non-commercial use"`
	User       string `cortex:"user" description:"name of the key's user at VirusTotal; reports tell then what is left of the quota"`
	Malicious  int64  `cortex:"malicious_engines" default:"3" description:"malicious if so many engines say so"`
	Suspicious int64  `cortex:"suspicious_engines" default:"1" description:"suspicious if so many engines say malicious or suspicious"`
}

func run(ctx context.Context, job *cortex.Job, cfg Config) (cortex.Report, error) {
	client, err := job.Upstream(upstream.Options{
		Service: service, BaseURL: baseURL, Header: http.Header{"X-Apikey": {cfg.Key}},
	})
	if err != nil {
		return cortex.Report{}, err
	}
	kind, id, err := object(job)
	if err != nil {
		return cortex.Report{}, err
	}
	answer, err := client.Do(ctx, upstream.Request{Path: kind + "/" + url.PathEscape(id), Accept: []int{http.StatusNotFound}})
	if err != nil {
		return cortex.Report{}, err
	}
	f, err := read(kind, answer, cfg)
	if err != nil {
		return cortex.Report{}, err
	}
	if f.FinalURL == job.Data {
		f.FinalURL = "" // it led nowhere else
	}
	if cfg.User != "" {
		f.Quota = readQuota(client.Do(ctx, upstream.Request{Path: "users/" + url.PathEscape(cfg.User) + "/overall_quotas"}))
	}
	return cortex.Report{Full: f, Taxonomies: f.labels(), Artifacts: f.artifacts()}, nil
}

// object gives the collection of the API that an observable is in, and its id
// there: https://docs.virustotal.com/reference/url for that of a URL.
func object(job *cortex.Job) (kind, id string, err error) {
	switch job.DataType {
	case "file":
		id, err = sha256Of(job.File.Path)
		return "files", id, err
	case "hash":
		id, _, err = cortex.Hash(job.Data, cortex.MD5, cortex.SHA1, cortex.SHA256)
		return "files", id, err
	}
	id, err = job.Public()
	switch job.DataType {
	case "url":
		return "urls", base64.RawURLEncoding.EncodeToString([]byte(id)), err
	case "ip":
		return "ip_addresses", id, err
	}
	return "domains", id, err
}

// sha256Of hashes a file without holding it in memory.
func sha256Of(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("the job's file can't be read: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("the job's file can't be read: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
