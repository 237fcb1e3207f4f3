package waggle

import "time"

// ActionName is something that a rule of the profile can demand for a story.
type ActionName string

// The actions.
const (
	ToMISP   ActionName = "misp"   // a MISP event of the story
	ToCase   ActionName = "case"   // the alert is made a case
	ToNotify ActionName = "notify" // somebody is told
)

// ActionState is how far an action has come.
type ActionState string

// The states. An action is over with the last two.
const (
	ActionWanted  ActionState = "wanted"  // to be begun, or begun again after a failure
	ActionRunning ActionState = "running" // another system is at it
	ActionDone    ActionState = "done"
	ActionRefused ActionState = "refused" // it can never be done here; the error says why
)

// Over tells whether nothing more is done about an action in this state.
func (s ActionState) Over() bool { return s == ActionDone || s == ActionRefused }

// Repeats tells whether an action is done again when its story has grown since:
// what another system was told is brought up to date there. Nobody wants to be
// told of a story again, or a second case.
func (n ActionName) Repeats() bool { return n == ToMISP }

// Action is what a rule demanded for a story. There is one of a name for a
// story, ever.
type Action struct {
	Name     ActionName  `json:"name"`
	Rule     string      `json:"rule"` // which rule demanded it, in words
	State    ActionState `json:"state"`
	Revision int         `json:"revision"`        // of the story that it is done for, which TheHive must hold before
	Times    int         `json:"times,omitempty"` // how often it was done
	Ref      string      `json:"ref,omitempty"`   // the other system's id of it: a job, a case, an event
	Note     string      `json:"note,omitempty"`  // what came of it
	Error    string      `json:"error,omitempty"`
	Tries    int         `json:"tries,omitempty"` // in a row that failed
	Next     time.Time   `json:"next,omitzero"`   // when to go on with it
	At       time.Time   `json:"at"`              // when it came into its state
}

// Updates tells whether the action was done, and is to be done again because
// the story has grown.
func (a Action) Updates() bool { return a.Times > 0 && !a.State.Over() }
