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

// Action is what a rule demanded for a story. There is one of a name for a
// story, ever.
type Action struct {
	Name     ActionName  `json:"name"`
	Rule     string      `json:"rule"` // which rule demanded it, in words
	State    ActionState `json:"state"`
	Revision int         `json:"revision"`       // of the story that TheHive must hold before
	Ref      string      `json:"ref,omitempty"`  // the other system's id of it: a job, a case, an event
	Note     string      `json:"note,omitempty"` // what came of it
	Error    string      `json:"error,omitempty"`
	Tries    int         `json:"tries,omitempty"` // in a row that failed
	Next     time.Time   `json:"next,omitzero"`   // when to go on with it
	At       time.Time   `json:"at"`              // when it came into its state
}
