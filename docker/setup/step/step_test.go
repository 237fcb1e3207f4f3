package step

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

// thing is something that may be there.
type thing struct {
	there bool
	made  int
	fails error
}

func (t *thing) step(name string) Step {
	return Step{
		Name: name, Hand: "make " + name,
		Look: func(context.Context) (string, error) {
			if t.there {
				return "", nil
			}
			return "no " + name, nil
		},
		Make: func(context.Context) error {
			t.made++
			t.there = t.fails == nil
			return t.fails
		},
	}
}

func run(groups []Group, dry bool) []Row {
	var rows []Row
	Run(context.Background(), groups, dry, func(r Row) { rows = append(rows, r) })
	return rows
}

func TestSecondRunMakesNothing(t *testing.T) {
	lacking, held := &thing{}, &thing{there: true}
	groups := []Group{{Server: "S", Steps: []Step{lacking.step("a"), held.step("b")}}}
	assert.Equal(t, []Row{{"S", "a", Done, "no a"}, {"S", "b", There, ""}}, run(groups, false))
	assert.Equal(t, []Row{{"S", "a", There, ""}, {"S", "b", There, ""}}, run(groups, false))
	assert.Equal(t, 1, lacking.made)
	assert.Zero(t, held.made)
}

func TestDryRunMakesNothing(t *testing.T) {
	lacking := &thing{}
	after := Step{Name: "b", Look: func(context.Context) (string, error) { return "", ErrWaits }}
	first := lacking.step("a")
	first.Then = func(context.Context) ([]Step, error) { return nil, errors.New("is not asked") }
	groups := []Group{{Server: "S", Steps: []Step{first, after}}}
	assert.Equal(t, []Row{{"S", "a", Would, "no a"}, {"S", "b", Would, "after the steps above"}}, run(groups, true))
	assert.Zero(t, lacking.made)
}

func TestFailuresEndNoRun(t *testing.T) {
	refused, other := &thing{fails: errors.New("refused")}, &thing{}
	after := Step{Name: "b", Look: func(context.Context) (string, error) { return "", ErrWaits }}
	unreached := Group{Server: "T", Hand: "start it", Reach: func(context.Context) error { return errors.New("no answer") }, Steps: []Step{other.step("d")}}
	rows := run([]Group{{Server: "S", Steps: []Step{refused.step("a"), after, other.step("c")}}, unreached, {Server: "U", Off: "not asked for"}}, false)
	assert.Equal(t, []Row{
		{"S", "a", Could, "refused. By hand: make a"},
		{"S", "b", Could, ErrWaits.Error()},
		{"S", "c", Done, "no c"},
		{"T", "reach it", Could, "no answer. By hand: start it"},
		{"U", "", Left, "not asked for"},
	}, rows)
}

func TestThenGoesOnWithWhatIsKnownNow(t *testing.T) {
	for name, test := range map[string]struct {
		more error
		want []Row
	}{
		"more steps":       {nil, []Row{{"S", "a", Done, "no a"}, {"S", "b", Done, "no b"}}},
		"cannot be listed": {errors.New("refused"), []Row{{"S", "a", Done, "no a"}, {"S", "a", Could, "refused. By hand: make a"}}},
	} {
		t.Run(name, func(t *testing.T) {
			first, second := &thing{}, &thing{}
			s := first.step("a")
			s.Then = func(context.Context) ([]Step, error) { return []Step{second.step("b")}, test.more }
			assert.Equal(t, test.want, run([]Group{{Server: "S", Steps: []Step{s}}}, false))
		})
	}
}

func TestLeftOut(t *testing.T) {
	s := Step{Name: "a", Hand: "make a", Look: func(context.Context) (string, error) { return "", LeftOut("set KEY for it") }}
	assert.Equal(t, []Row{{"S", "a", Left, "set KEY for it"}}, run([]Group{{Server: "S", Steps: []Step{s}}}, false))
}

func TestMoreIsAskedForOnceTheServerAnswers(t *testing.T) {
	reached, first, second := false, &thing{}, &thing{}
	group := Group{Server: "S", Steps: []Step{first.step("a")},
		Reach: func(context.Context) error { reached = true; return nil },
		More: func() []Step {
			assert.True(t, reached)
			return []Step{second.step("b")}
		}}
	assert.Equal(t, []Row{{"S", "a", Done, "no a"}, {"S", "b", Done, "no b"}}, run([]Group{group}, false))

	group.Reach = func(context.Context) error { return errors.New("no answer") }
	group.More = func() []Step { t.Error("nobody knows what there is"); return nil }
	run([]Group{group}, false)
}
