package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

func TestDemoShowsStoriesOnThePage(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	said, out := io.Pipe()
	ended := make(chan int, 1)
	go func() {
		ended <- feeder(ctx, []string{"demo", "--data", t.TempDir(), "--listen", "127.0.0.1:0"}, out, io.Discard)
		out.Close()
	}()
	lines := bufio.NewReader(said)
	first, err := lines.ReadString('\n')
	require.NoError(t, err)
	page := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(first)
	require.NotEmpty(t, page, first)
	go func() { _, _ = io.Copy(io.Discard, lines) }() // it must not wait for a reader

	require.Eventually(t, func() bool {
		posts, err := get(page + "api/v1/posts?fate=story")
		return assert.NoError(t, err) && gjson.Get(posts, "total").Int() > 5
	}, time.Minute, 50*time.Millisecond)
	metrics, err := get(page + "metrics")
	require.NoError(t, err)
	assert.Contains(t, metrics, "waggle_posts_total")
	assert.NoError(t, healthy(t.Context(), regexp.MustCompile(`127\.0\.0\.1:\d+`).FindString(page)))

	stop()
	assert.Equal(t, exitWell, <-ended)
}

func TestDemoKeepsApartFromTheOperatorsData(t *testing.T) {
	for _, flag := range []string{"--config", "--database"} {
		t.Run(flag, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mine")
			var log strings.Builder
			code := feeder(t.Context(), []string{"demo", flag, path}, io.Discard, &log)
			assert.Equal(t, exitWrong, code)
			assert.Contains(t, log.String(), "--data")
			assert.NoFileExists(t, path)
		})
	}
}

func get(address string) (string, error) {
	answer, err := http.Get(address)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %s", address, answer.Status, text)
	}
	return string(text), err
}
