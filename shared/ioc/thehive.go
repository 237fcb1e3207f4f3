package ioc

// TheHive gives the data type that TheHive 4 and 5 ship for the kind. The
// value decides between a host of its own (fqdn) and a registrable name
// (domain). Kinds for which TheHive has no type of its own are "other".
//
// The types are those of TheHive's default observable types:
// https://docs.strangebee.com/thehive/administration/observable-types/
func (k Kind) TheHive(value string) string {
	t := k.trait()
	switch {
	case t.kind == "":
		return hiveOther
	case k == Domain && !registrable(value):
		return "fqdn"
	}
	return t.hive
}

// TheHiveTypes gives the data types by which a value of the kind may be held,
// the most telling first and last the one that TheHive ships. The others are
// what administrators name a type that they add: "cve" and "vulnerability" is
// what Cortex' public analyzers of vulnerabilities take.
//
// https://github.com/TheHive-Project/Cortex-Analyzers
func (k Kind) TheHiveTypes(value string) []string {
	if k == CVE {
		return []string{"cve", "vulnerability", hiveOther}
	}
	return []string{k.TheHive(value)}
}

// KindOf is the kind of every value of one of TheHive's data types: the way
// back from Kind.TheHive. It is "" where only the value tells: hashes, other,
// and types that an administrator made.
//
// https://docs.strangebee.com/thehive/administration/observable-types/
func KindOf(dataType string) Kind {
	switch dataType {
	case hiveHash, hiveOther:
		return ""
	case "fqdn", "hostname":
		return Domain
	}
	for _, t := range kinds {
		if t.hive == dataType {
			return t.kind
		}
	}
	return ""
}
