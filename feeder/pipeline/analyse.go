package pipeline

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/waggle-cti/waggle/feeder/enrich"
	"github.com/waggle-cti/waggle/feeder/store"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// recall looks what became of analyses of which the answer got lost. It takes
// Cortex a moment to find a job that it has just made.
func (w *enrichWorker) recall(ctx context.Context) (busy bool, err error) {
	running, err := w.Store.RunningAnalyses(ctx)
	if err != nil {
		return false, err
	}
	for _, k := range running {
		if k.Job != "" || w.Now().Sub(k.At) < w.pace.lost {
			continue
		}
		job, known, err := w.Enricher.Recall(ctx, asked(k), k.Observable, label(k), k.At)
		if err != nil {
			return true, cortexError{err}
		}
		switch {
		case job != "":
			k.Job, k.Note = job, ""
		case !known && w.Now().Sub(k.At) < w.Enricher.Settings().GiveUp:
			continue // TheHive may have had it made, and is away
		default:
			k.State, k.Due = waggle.AnalysisWaiting, time.Time{}
		}
		busy = true
		if err := w.write(ctx, func(tx *store.Tx) error { return tx.SetAnalysis(ctx, k) }); err != nil {
			return busy, err
		}
	}
	return busy, nil
}

// asked is an analysis as its enricher knows it.
func asked(k store.Task) enrich.Ask {
	return enrich.Ask{Kind: k.Kind, Value: k.Value, Analyzer: k.Analyzer, DataType: k.DataType, TLP: k.TLP, PAP: k.PAP}
}

// label is what a job of an analysis is found by. It tells this time apart from
// those before.
func label(k store.Task) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", k.Kind, k.Value, k.Analyzer, k.At.UnixMilli()))
	return "waggle " + hex.EncodeToString(sum[:12])
}

// start has as many analyses begun as there may be at a time.
func (w *enrichWorker) start(ctx context.Context) (busy bool, err error) {
	running, err := w.Store.RunningAnalyses(ctx)
	if err != nil {
		return false, err
	}
	w.early = false
	for n := len(running); n < w.Enricher.Settings().MaxJobs; {
		due, err := w.Store.DueAnalyses(ctx, 1, w.Now())
		if err != nil || len(due) == 0 {
			return busy, err
		}
		began, err := w.begin(ctx, due[0])
		if err != nil || w.early {
			return busy, err
		}
		busy = true
		if began {
			n++
		}
	}
	return busy, nil
}

// begin has an analysis begun, if its analyzer's budget allows it.
func (w *enrichWorker) begin(ctx context.Context, k store.Task) (began bool, err error) {
	budget, limited := w.Enricher.Settings().Budget(k.Analyzer)
	runs, err := w.Store.Runs(ctx, k.Analyzer, w.Now())
	if err != nil {
		return false, err
	}
	if limited && runs >= budget {
		tomorrow := w.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
		return false, w.hold(ctx, k.Analyzer, fmt.Sprintf("the budget of %d jobs a day is used up: it is run tomorrow", budget), tomorrow)
	}
	place, err := w.place(ctx, k)
	switch {
	case err != nil:
		return false, err
	case place.Later && w.Now().Sub(k.At) < w.pace.alert:
		w.early = true
		return false, nil
	case place.Refused != "":
		w.end(&k, enrich.Outcome{State: waggle.AnalysisSkipped, Note: place.Refused})
		return false, w.write(ctx, func(tx *store.Tx) error { return tx.SetAnalysis(ctx, k) })
	}
	k.Observable, k.Direct = place.Observable, place.Direct
	k.State, k.At, k.Job, k.Note, k.Due = waggle.AnalysisRunning, w.Now().Truncate(time.Millisecond), "", "", time.Time{}
	err = w.Store.DurableTx(ctx, func(tx *store.Tx) error {
		if err := tx.CountRun(ctx, k.Analyzer, k.At); err != nil {
			return err
		}
		return tx.SetAnalysis(ctx, k)
	})
	if err != nil {
		return false, err
	}
	return w.run(ctx, k)
}

// place says where an analysis is to be run. One that failed through TheHive is
// run by Cortex itself the next time.
func (w *enrichWorker) place(ctx context.Context, k store.Task) (place enrich.Place, err error) {
	if k.Observable != "" {
		return enrich.Place{Direct: "through TheHive it failed: " + cmp.Or(k.Note, "no job was made")}, nil
	}
	alerts, err := w.Store.AlertsOf(ctx, k.Kind, k.Value)
	if err != nil {
		return enrich.Place{}, err
	}
	of := make([]enrich.Alert, len(alerts))
	for i, a := range alerts {
		of[i] = enrich.Alert(a)
	}
	err = w.guarded(func() error {
		place = w.Enricher.Place(ctx, asked(k), of)
		return nil
	})
	if err != nil {
		place = enrich.Place{Direct: err.Error()}
	}
	return place, nil
}

// run has an analysis begun that is on disk as running, and keeps what came of it.
func (w *enrichWorker) run(ctx context.Context, k store.Task) (began bool, err error) {
	var started enrich.Started
	err = w.guarded(func() (err error) {
		started, err = w.Enricher.Start(ctx, asked(k), k.Observable, label(k))
		return err
	})
	var broken *fault
	if errors.As(err, &broken) {
		started, err = enrich.Started{Again: broken}, nil
	}
	if err != nil {
		return false, cortexError{err} // recall tells whether it runs
	}
	if started.Direct != "" {
		k.Observable, k.Direct = "", started.Direct
	}
	if k.Direct != "" {
		w.Log.Info("Cortex is asked itself, and not through TheHive", "analyzer", k.Analyzer, "value", k.Value, "reason", k.Direct)
	}
	switch {
	case started.Over != nil:
		w.end(&k, *started.Over)
	case started.Hold > 0:
		k.State, k.Observable = waggle.AnalysisWaiting, "" // it may be a case by then
	case started.Again != nil:
		w.again(&k, started.Again)
	case started.Lost != nil:
		k.Note = started.Lost.Error()
	default:
		k.Job = started.Job
	}
	if err := w.write(ctx, func(tx *store.Tx) error { return tx.SetAnalysis(ctx, k) }); err != nil {
		return false, err
	}
	if started.Hold > 0 {
		return false, w.hold(ctx, k.Analyzer, "the analyzer's rate limit in Cortex is reached: it is run later", w.Now().Add(started.Hold))
	}
	return k.State == waggle.AnalysisRunning, nil
}
