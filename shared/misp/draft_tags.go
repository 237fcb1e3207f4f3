package misp

import (
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/waggle-cti/waggle/shared/ioc"
	"github.com/waggle-cti/waggle/shared/pattern"
	"github.com/waggle-cti/waggle/shared/taxonomy"
)

// extendsTag begins the tag of a record whose event extends another.
const extendsTag = "misp:extends="

// extended gives the UUID of the event that a record's event extends, by its
// tag; "" if there is none.
func extended(tags []string) string {
	for _, tag := range tags {
		if id, ok := strings.CutPrefix(tag, extendsTag); ok && uuid.Validate(id) == nil {
			return strings.ToLower(id)
		}
	}
	return ""
}

// recordTags are the tags of a record that its event gets.
func recordTags(tags []string, which string) []string {
	var out []string
	for _, tag := range foreign(tags) {
		if which == TagsEveryKind || which == TagsTaxonomy && machineTag().MatchString(tag) {
			out = append(out, tag)
		}
	}
	return out
}

// foreign are the tags that mean something outside Waggle and TheHive. Those of
// TLP and PAP follow from the marking.
func foreign(tags []string) []string {
	var out []string
	for _, tag := range tags {
		namespace, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(tag)), ":")
		if !slices.Contains([]string{"", "waggle", "misp", "autoimport", "tlp", "pap"}, namespace) {
			out = append(out, tag)
		}
	}
	return out
}

// machineTag is the form of the tags of MISP's taxonomies and galaxies.
// https://github.com/MISP/misp-taxonomies
var machineTag = pattern.New(`^[\w.-]+:[^:="]+="[^"]+"$`)

// techniques are the ids of ATT&CK among observables.
func techniques(observables []Observable) []string {
	var out []string
	for _, o := range observables {
		if i, ok := ioc.Parse(o.Data); ok && i.Kind == ioc.Technique && !slices.Contains(out, i.Value) {
			out = append(out, i.Value)
		}
	}
	return out
}

// verdict is the verdict on an observable: by its tag or, without one, the
// worst that an analyzer says of it; "" for none.
func (o Observable) verdict() string {
	for _, tag := range o.Tags {
		if verdict, ok := strings.CutPrefix(tag, verdictTag); ok {
			return strings.Trim(verdict, `"`)
		}
	}
	worst := ""
	for _, f := range o.Findings {
		if taxonomy.Level(f.Level).Worse(taxonomy.Level(worst)) {
			worst = f.Level
		}
	}
	return worst
}

// comment is what an attribute of the observable says.
func (o Observable) comment(p Policy) string {
	if p.Verdicts != AsComment {
		return strings.TrimSpace(o.Message)
	}
	var says []string
	for _, f := range o.Findings {
		says = append(says, f.Text+" ("+f.Level+")")
	}
	verdict := o.verdict()
	if verdict != "" {
		verdict = "Verdict: " + verdict
	}
	return lines(o.Message, verdict, strings.Join(says, ", "))
}

// tags are those of an attribute of the observable.
func (o Observable) tags(p Policy) []string {
	tags := foreign(o.Tags)
	if verdict := o.verdict(); verdict != "" && p.Verdicts == AsTag {
		tags = append(tags, verdictTag+`"`+verdict+`"`)
	}
	return tags
}
