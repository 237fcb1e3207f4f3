package pipeline

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// Metrics count what a Pipeline does, since it was made. Register them with
// [Metrics.Register].
type Metrics struct {
	posts        *prometheus.CounterVec
	polls        *prometheus.CounterVec
	pollTime     prometheus.Histogram
	alerts       *prometheus.CounterVec
	alertTime    prometheus.Histogram
	stageTime    *prometheus.HistogramVec
	analyses     *prometheus.CounterVec
	analysisTime prometheus.Histogram
}

// NewMetrics makes Metrics that no registry knows yet.
func NewMetrics() *Metrics {
	short := prometheus.ExponentialBuckets(0.0005, 4, 10) // 0.5 ms – 131 s
	return &Metrics{
		posts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waggle_posts_total", Help: "Posts that met their fate, by source and fate."}, []string{"source", "fate"}),
		polls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waggle_polls_total", Help: "Times a source was asked, by source and result (ok, failed)."}, []string{"source", "result"}),
		pollTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "waggle_poll_seconds", Help: "How long sources took to answer.", Buckets: short}),
		alerts: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waggle_alerts_total", Help: "Times a story was sent to TheHive, by result (ok, failed)."}, []string{"result"}),
		alertTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "waggle_alert_seconds", Help: "How long TheHive took for a story.", Buckets: short}),
		stageTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waggle_stage_seconds", Help: "How long a post took at a stage (read, article, judge, join).", Buckets: short}, []string{"stage"}),
		analyses: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waggle_analyses_total", Help: "Analyses that are over, by analyzer and state (done, failed, skipped)."}, []string{"analyzer", "state"}),
		analysisTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "waggle_analysis_seconds", Help: "How long Cortex took for an analysis.", Buckets: prometheus.ExponentialBuckets(0.5, 2, 12)}), // 0.5 s – 17 min
	}
}

// Register makes the metrics, and those that are read from the store, known
// to a registry.
func (m *Metrics) Register(r prometheus.Registerer, s *store.Store) error {
	for _, c := range []prometheus.Collector{m.posts, m.polls, m.pollTime, m.alerts, m.alertTime, m.stageTime, m.analyses, m.analysisTime, newHoldings(s)} {
		if err := r.Register(c); err != nil {
			return err
		}
	}
	return nil
}

func (m *Metrics) fate(source string, f waggle.Fate) {
	m.posts.WithLabelValues(source, string(f)).Inc()
}

func (m *Metrics) quiet(source string, n int) {
	if n == 0 {
		return // a count that never was is not shown as 0
	}
	m.posts.WithLabelValues(source, string(waggle.Quiet)).Add(float64(n))
}

func (m *Metrics) poll(source string, failed bool, took time.Duration) {
	m.polls.WithLabelValues(source, result(failed)).Inc()
	m.pollTime.Observe(took.Seconds())
}

func (m *Metrics) alert(failed bool, took time.Duration) {
	m.alerts.WithLabelValues(result(failed)).Inc()
	m.alertTime.Observe(took.Seconds())
}

func (m *Metrics) stage(name string, took time.Duration) {
	m.stageTime.WithLabelValues(name).Observe(took.Seconds())
}

func (m *Metrics) analysis(analyzer string, s waggle.AnalysisState, took time.Duration) {
	m.analyses.WithLabelValues(analyzer, string(s)).Inc()
	if s == waggle.AnalysisDone {
		m.analysisTime.Observe(took.Seconds())
	}
}

func result(failed bool) string {
	if failed {
		return "failed"
	}
	return "ok"
}

// holdings are the metrics that the store knows.
type holdings struct {
	store   *store.Store
	jobs    *prometheus.Desc
	stories *prometheus.Desc
	failing *prometheus.Desc
	open    *prometheus.Desc
	trouble *prometheus.Desc
}

func newHoldings(s *store.Store) *holdings {
	return &holdings{
		store:   s,
		jobs:    prometheus.NewDesc("waggle_jobs", "Jobs that are still to be done, by kind.", []string{"kind"}, nil),
		stories: prometheus.NewDesc("waggle_stories_undelivered", "Stories whose newest revision TheHive does not hold, by state (waiting, refused).", []string{"state"}, nil),
		failing: prometheus.NewDesc("waggle_source_failures", "Polls of a source that failed in a row.", []string{"source"}, nil),
		open:    prometheus.NewDesc("waggle_analyses_open", "Analyses that are not over, by state (waiting, running, held).", []string{"state"}, nil),
		trouble: prometheus.NewDesc("waggle_service_failing", "1 while a service (Cortex) takes nothing of what waits for it.", []string{"service"}, nil),
	}
}

// Describe implements prometheus.Collector.
func (h *holdings) Describe(to chan<- *prometheus.Desc) {
	to <- h.jobs
	to <- h.stories
	to <- h.failing
	to <- h.open
	to <- h.trouble
}

// scrapeTime is the longest that the store may take for its metrics.
const scrapeTime = 5 * time.Second

// Collect implements prometheus.Collector.
func (h *holdings) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTime)
	defer cancel()
	gauge := func(desc *prometheus.Desc, n int, label string) {
		to <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, float64(n), label)
	}
	jobs, err := h.store.Jobs(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(h.jobs, err)
	}
	for kind, n := range jobs {
		gauge(h.jobs, n, kind)
	}
	left, err := h.store.Undelivered(ctx, time.Now())
	if err != nil {
		to <- prometheus.NewInvalidMetric(h.stories, err)
	} else {
		gauge(h.stories, left.Waiting, "waiting")
		gauge(h.stories, left.Refused, "refused")
	}
	sources, err := h.store.Sources(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(h.failing, err)
	}
	for _, s := range sources {
		gauge(h.failing, s.Failures, s.Name)
	}
	open, err := h.store.OpenAnalyses(ctx, time.Now())
	if err != nil {
		to <- prometheus.NewInvalidMetric(h.open, err)
		return
	}
	gauge(h.open, open.Waiting, "waiting")
	gauge(h.open, open.Running, "running")
	gauge(h.open, open.Held, "held")
	troubles, err := h.store.Troubles(ctx)
	if err != nil {
		to <- prometheus.NewInvalidMetric(h.trouble, err)
		return
	}
	for _, t := range troubles {
		gauge(h.trouble, 1, t.Service)
	}
}
