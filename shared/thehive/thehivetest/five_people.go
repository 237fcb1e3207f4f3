package thehivetest

import (
	"slices"
	"strconv"
	"time"
)

// Licences that a TheHive 5 may have, see Options.Licence.
const (
	Platinum   = ""          // all may be done
	Community  = "Community" // the free one: one organisation, no profiles of one's own
	Trial      = "trial"     // the first days of a new TheHive
	Unlicensed = "none"      // a trial that is over
)

// maxFree is how many organisations the Community licence allows, beside that of
// the administrators (TheHive4py, tests/test_organisation_endpoint.py).
const maxFree = 1

// peopleOfFive are the addresses by which a TheHive 5 is given organisations and
// users. Paths, statuses and forms: the OpenAPI of 5.7; that a user who is made
// again is given as one that was made: TheHive4py, tests/test_user_endpoint.py.
func (s *Server) peopleOfFive(on func(string, who, func(call) answer)) {
	s.userRoutes(on)
	on("GET /api/v1/license/current", user, s.currentLicence)
	on("POST /api/v1/organisation", user, s.createOrganisationV1)
	on("POST /api/v1/profile", user, s.createProfileV1)
	on("PATCH /api/v1/profile/{id}", user, func(c call) answer { return emptied(s.patchProfile(c)) })
}

// emptied is an answer without its body, where version 1 of the API gives none.
func emptied(a answer) answer {
	if a.status == 200 {
		return answer{status: 204}
	}
	return a
}

// permissionsOfFive are those of an analyst: the OpenAPI's schema Permissions,
// without what only administrators of an organisation need.
func permissionsOfFive() []string {
	return []string{"accessTheHiveFS", "manageAction", "manageAlert/create", "manageAlert/delete", "manageAlert/import", "manageAlert/reopen", "manageAlert/update",
		"manageAnalyse", "manageCase/changeOwnership", "manageCase/create", "manageCase/delete", "manageCase/merge", "manageCase/reopen", "manageCase/update",
		"manageCaseReport", "manageComment", "manageCustomEvent", "manageDashboard", "manageFunction/invoke", "manageKnowledgeBase", "manageObservable",
		"managePage", "manageProcedure", "manageShare", "manageTask"}
}

// profilesOfFive are TheHive 5's own: about-profiles.md of its documentation.
func profilesOfFive() []profile {
	return []profile{
		{"~4280", "admin", []string{"manageAnalyzerTemplate", "manageConfig", "manageCustomField", "manageObservableTemplate",
			"manageOrganisation", "managePattern", "managePlatform", "manageProfile", "manageTaxonomy", "manageUser"}, true},
		{"~8392", "org-admin", append(permissionsOfFive(), "manageCaseReportTemplate", "manageCaseTemplate", "manageConfig", "managePageTemplate", "manageTag", "manageUser"), true},
		{"~16536", "read-only", []string{}, true},
		{"~4216", "analyst", permissionsOfFive(), false},
	}
}

// currentLicence answers as the OpenAPI's OutputLicenseCurrent: without a licence
// "fallback" is what TheHive goes by, in a new one the trial (TheHive4py,
// tests/utils.py), later the plan "No" without capabilities.
func (s *Server) currentLicence(call) answer {
	now := s.options.Now()
	show := func(plan, kind string, ends time.Time, capabilities ...string) object {
		return object{"_id": "~4312", "_createdAt": s.now(), "_createdBy": "system@thehive.local", "_type": "License", "id": "0", "customer": "Example", "plan": plan,
			"kind": kind, "validFrom": s.now(), "expiresAt": ends.UnixMilli(), "current": true, "capabilities": list(capabilities), "quotas": object{"users": 5}}
	}
	body := object{"license": show(s.plan(), "Standard", now.AddDate(1, 0, 0), "notification")}
	switch s.options.Licence {
	case Trial:
		body = object{"fallback": show("Platinum", "Trial", now.AddDate(0, 0, 14), "notification"), "notFound": true}
	case Unlicensed:
		body = object{"fallback": show("No", "Readonly", now.AddDate(10, 0, 0)), "notFound": true}
	}
	return answer{status: 200, body: body}
}

func (s *Server) plan() string {
	if s.options.Licence == Platinum {
		return "Platinum"
	}
	return s.options.Licence
}

// beyond is the refusal of what a licence does not allow. Its form was told of
// connectors to Cortex; it is taken for all.
func beyond(what string, limit int) answer {
	return refusal(400, "BadConfigurationError", "quota for "+what+": the limit is "+strconv.Itoa(limit))
}

// createOrganisationV1: a name refers to an organisation in version 1, so there is
// one of it.
func (s *Server) createOrganisationV1(c call) answer {
	check := checks{body: c.body}
	name := check.text("name")
	check.text("description")
	if refused, failed := check.failed(); failed {
		return refused
	}
	switch {
	case !c.who.has("manageOrganisation"):
		return refusal(403, "AuthorizationError", "Operation not permitted")
	case slices.Contains(s.organisations, name):
		return refusal(400, "CreateError", "Organisation "+name+" already exists")
	case s.options.Licence == Community && len(s.organisations) > maxFree:
		return beyond("organisation", maxFree)
	}
	s.organisations = append(s.organisations, name)
	return answer{status: 201, body: s.organisationV1(len(s.organisations) - 1)}
}

func (s *Server) organisationV1(i int) object {
	return object{"_id": "~" + strconv.Itoa(20656+i*8), "_type": "Organisation", "_createdBy": adminLogin, "_createdAt": s.now(), "name": s.organisations[i],
		"description": s.organisations[i], "taskRule": "manual", "observableRule": "manual", "locked": false, "extraData": object{}}
}

// createProfileV1 refuses under a Community licence; in which words is not known.
func (s *Server) createProfileV1(c call) answer {
	if s.options.Licence == Community {
		return beyond("profile", 0)
	}
	made := s.createProfile(c)
	if made.status == 201 {
		made.body = s.profiles[len(s.profiles)-1].v1(s.now())
	}
	return made
}

func (p profile) v1(now int64) object {
	admin := p.name == "admin"
	typ := "Organisation"
	if admin {
		typ = "Admin"
	}
	return object{"_id": p.id, "_type": "Profile", "_createdBy": "system@thehive.local", "_createdAt": now, "type": typ, "name": p.name, "permissions": p.permissions,
		"editable": !p.fixed, "forAdmin": admin, "forOrg": !admin, "forExternal": false, "consumesLicense": !admin && len(p.permissions) > 0}
}
