package thehivetest

import (
	"slices"
	"strconv"
)

func (s *Server) status(call) answer {
	return answer{status: 200, body: object{
		"versions":   object{"Scalligraph": "0.1.0-SNAPSHOT", "TheHive": s.options.Version, "Play": "2.8.15"},
		"connectors": object{"cortex": object{"enabled": true, "status": "OK", "servers": s.cortexes()}},
		"config": object{"protectDownloadsWith": "malware", "authType": []string{"session", "basic", "local", "key"},
			"capabilities": []string{"changePassword", "setPassword", "authByKey", "mfa"}, "ssoAutoLogin": false,
			"pollingDuration": 1000, "freeTagDefaultColour": "#000000"},
		"schemaStatus": []any{object{"name": "thehive", "currentVersion": 99, "expectedVersion": 99, "error": nil}},
	}}
}

// cortexes are the servers of Cortex: one that it was begun with, and those that
// a set-up has connected.
func (s *Server) cortexes() []any {
	out := []any{object{"name": "local", "version": "4.1.0-1", "status": "OK"}}
	connected, _ := s.config["cortex.servers"].([]any)
	for _, one := range connected {
		c, _ := one.(map[string]any)
		out = append(out, object{"name": c["name"], "version": "4.1.0-1", "status": "OK"})
	}
	return out
}

// statusPublic is TheHive 5's status for those without a key.
func (s *Server) statusPublic(call) answer {
	return answer{status: 200, body: object{"version": s.options.Version, "sso": false, "imports": object{}}}
}

func permissions() []string {
	return []string{"manageShare", "manageAnalyse", "manageTask", "manageCase", "manageProcedure", "managePage", "manageObservable",
		"manageAlert", "accessTheHiveFS", "manageAction"}
}

func (s *Server) currentV0(c call) answer {
	return answer{status: 200, body: object{"_id": "~16552", "id": c.login, "createdBy": adminLogin, "updatedBy": adminLogin,
		"createdAt": s.now(), "updatedAt": s.now(), "_type": "user", "login": c.login, "name": "Somebody",
		"roles": []string{"write", "read", "alert"}, "organisation": c.who.organisation, "hasKey": true, "status": "Ok"}}
}

func (s *Server) currentV1(c call) answer {
	shown := object{"_id": "~16552", "_createdBy": adminLogin, "_updatedBy": adminLogin, "_createdAt": s.now(),
		"_updatedAt": s.now(), "login": c.login, "name": "Somebody", "hasKey": true, "hasPassword": true, "hasMFA": false, "locked": false,
		"profile": c.who.profile, "permissions": c.who.permissions, "organisation": c.who.organisation,
		"organisations": []any{object{"organisationId": "~16632", "organisation": c.who.organisation, "profile": c.who.profile}}, "extraData": object{}}
	if s.five {
		shown["type"] = "Normal"
	}
	return answer{status: 200, body: shown}
}

func (s *Server) listTypes(call) answer {
	out := make([]any, 0, len(s.types))
	for i, name := range s.types {
		out = append(out, s.typeV0(i, name))
	}
	return answer{status: 200, body: out}
}

func (s *Server) typeV0(i int, name string) object {
	id := "~" + strconv.Itoa(8192+i*8)
	return object{"name": name, "isAttachment": name == "file", "_id": id, "id": id, "createdBy": "system@thehive.local",
		"createdAt": s.now(), "_type": "observableType"}
}

func (s *Server) typeV1(i int, name string) object {
	return object{"name": name, "isAttachment": name == "file", "isCaseSensitive": false, "_id": "~" + strconv.Itoa(8192+i*8),
		"_createdBy": "system@thehive.local", "_createdAt": s.now(), "_type": "ObservableType"}
}

func (s *Server) createType(c call) answer {
	check := checks{body: c.body}
	name := check.text("name")
	if refused, failed := check.failed(); failed {
		return refused
	}
	switch {
	case !c.who.has("manageObservableTemplate"):
		return refusal(403, "AuthorizationError",
			"Your are not authorized to create observable type, you haven't the permission manageObservableTemplate")
	case slices.Contains(s.types, name):
		return refusal(400, "CreateError", "Observable type "+name+" already exists")
	}
	s.types = append(s.types, name)
	return answer{status: 201, body: s.typeV0(len(s.types), name)}
}
