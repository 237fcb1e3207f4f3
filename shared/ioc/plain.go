package ioc

// The roles of values in plain spelling, by where they stand.

// url judges a plain URL.
func (j *judge) url(m *mark) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	switch {
	case j.fanged > 0:
		return verdict{Reference, 80, "plain link in a text whose author disarms what is malicious"}
	case m.doubtful || p.says == refs || section == refs:
		return verdict{Reference, 70, "cited"}
	case p.says == iocs:
		return verdict{Attack, 75, "named as an indicator"}
	case section == iocs && p.alone:
		return verdict{Attack, 75, "listed under indicators"}
	case p.alone && j.threat.any():
		return verdict{Attack, 50, "stands alone in a text about an attack"}
	}
	return verdict{Reference, 60, "plain link"}
}

// host judges a plain domain or address.
func (j *judge) host(m *mark) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	listed := section == iocs && (p.alone || p.table)
	switch {
	case m.doubtful:
		if listed && j.threat.any() && m.kind == Domain && p.alone {
			return verdict{Attack, 40, "listed under indicators, though it may be a file's name"}
		}
		return verdict{}
	case p.mail || section == headers:
		return verdict{Reference, 60, "in a mail's headers"}
	case p.says == refs:
		return verdict{Reference, 60, "cited"}
	case listed:
		return verdict{Attack, 80, "listed under indicators"}
	case j.fanged > 0 && m.kind == Domain:
		return verdict{Reference, 60, "plain name in a text whose author disarms what is malicious"}
	case p.says == iocs:
		return verdict{Attack, 75, "named as an indicator"}
	case p.alone && (j.threat.any() || j.fanged > 0):
		return verdict{Attack, 60, "listed in a text about an attack"}
	case j.fanged > 0:
		return verdict{Reference, 50, "plain address in a text whose author disarms what is malicious"}
	case j.threat.any():
		return verdict{Attack, 40, "in a text about an attack"}
	}
	return verdict{Reference, 50, "nothing says that it is malicious"}
}

// email judges a plain mail address.
func (j *judge) email(m *mark) verdict {
	p := j.place(m)
	section := j.lines[m.line].section
	switch {
	case section == iocs && p.alone && j.threat.any():
		return verdict{Attack, 70, "listed under indicators"}
	case j.fanged == 0 && p.says == iocs && j.threat.any():
		return verdict{Attack, 60, "named as an indicator"}
	}
	return verdict{Reference, 60, "plain mail address"}
}

// hash judges a file's hash.
func (j *judge) hash(m *mark) verdict {
	p := j.place(m)
	switch {
	case p.says == refs && !j.threat.any() && j.fanged == 0:
		return verdict{Reference, 80, "names a commit or a version"}
	case j.threat.any() || j.fanged > 0:
		return verdict{Attack, 85, "hash in a text about an attack"}
	case p.alone || j.lines[m.line].section == iocs || p.says == iocs:
		return verdict{Attack, 60, "hash in a list"}
	}
	return verdict{Reference, 50, "nothing says what the hash is of"}
}

// named judges names and numbers that are nobody's address.
func (j *judge) named(m *mark) verdict {
	if j.threat.any() || j.fanged > 0 {
		return verdict{Attack, 50, "in a text about an attack"}
	}
	return verdict{Reference, 40, "nothing says that it is malicious"}
}
