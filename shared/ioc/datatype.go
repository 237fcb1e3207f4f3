package ioc

// KindOf is the kind of every value of one of TheHive's data types: the way
// back from Kind.TheHive. It is "" where only the value tells: hashes, other,
// and types that an administrator made.
//
// https://docs.strangebee.com/thehive/administration/observable-types/
func KindOf(dataType string) Kind {
	switch dataType {
	case "ip":
		return IP
	case "domain", "fqdn", "hostname":
		return Domain
	case "url":
		return URL
	case "mail":
		return Email
	case "filename":
		return Filename
	case "registry":
		return Registry
	case "autonomous-system":
		return ASN
	case "user-agent":
		return UserAgent
	case "mail-subject":
		return Subject
	}
	return ""
}
