package fileinfo

import (
	"context"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/fuzzyhash"
)

// digest reads the file once for all its hashes and its entropy.
func (r *full) digest(ctx context.Context, f *sample.File) error {
	digests := map[string]hash.Hash{"md5": md5.New(), "sha1": sha1.New(), "sha256": sha256.New(), "sha512": sha512.New()}
	ssdeep, tlsh, counts := fuzzyhash.NewSSDeep(f.Size), new(fuzzyhash.TLSH), new(sample.Histogram)
	writers := []io.Writer{ssdeep, tlsh, counts}
	for _, d := range digests {
		writers = append(writers, d)
	}
	if err := sample.Copy(ctx, io.MultiWriter(writers...), f.Whole()); err != nil {
		return fmt.Errorf("the job's file can't be read: %w", err)
	}
	r.Hashes = map[string]string{"ssdeep": ssdeep.String()}
	if t := tlsh.String(); t != "" {
		r.Hashes["tlsh"] = t
	}
	for name, d := range digests {
		r.Hashes[name] = hex.EncodeToString(d.Sum(nil))
	}
	r.Entropy = counts.Entropy()
	return nil
}
