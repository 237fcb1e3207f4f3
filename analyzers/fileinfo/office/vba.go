package office

import (
	"encoding/binary"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/encoding/charmap"

	"github.com/waggle-cti/waggle/analyzers/fileinfo/sample"
	"github.com/waggle-cti/waggle/shared/cortex"
	"github.com/waggle-cti/waggle/shared/pattern"
)

// Macro is a module of Visual Basic for Applications.
type Macro struct {
	Name   string   `json:"name"`
	Size   int      `json:"size"`             // bytes of text
	Starts []string `json:"starts,omitempty"` // what runs it without being asked
	Calls  []string `json:"calls,omitempty"`  // what macros that do harm often use
	Code   string   `json:"code"`             // the beginning
}

const (
	mostCode   = 1 << 20 // bytes of a module that are read
	shownCode  = 4000    // characters that are shown
	mostMacros = 20
)

// starts are the procedures that an office suite runs by itself.
// https://learn.microsoft.com/office/vba/word/concepts/customizing-word/auto-macros
var starts = pattern.New(`(?i)\b(Auto_?(?:Open|Exec|Close|Exit|New)|(?:Document|Workbook|Presentation|Form|UserForm)_(?:Open|Close|BeforeClose|Activate|Load|Initialize|New|SheetActivate)|\w+_(?:Painted|Resize|GotFocus|MouseHover|MouseEnter))\b`)

// calls are what starts programs, loads files and hides both.
var calls = pattern.New(`(?i)\b(Shell(?:Execute[AW]?)?|WScript\.Shell|CreateObject|GetObject|CallByName|URLDownloadToFile[AW]?|(?:MSXML2\.)?(?:Server)?XMLHTTP|WinHttpRequest|ADODB\.Stream|Scripting\.FileSystemObject|powershell|cmd\.exe|mshta|rundll32|regsvr32|certutil|bitsadmin|VirtualAlloc(?:Ex)?|CreateThread|RtlMoveMemory|Environ|StrReverse|ExecuteExcel4Macro|Win32_Process|SendKeys|Kill)\b`)

// addMacro notes a module and judges it.
func (r *reading) addMacro(name, code string) {
	one := Macro{Name: sample.Clip(name, sample.MostWords), Size: len(code), Starts: words(starts(), code), Calls: words(calls(), code), Code: sample.Clip(code, shownCode)}
	if len(r.Macros) < mostMacros {
		r.Macros = append(r.Macros, one)
	}
	calling := one.Name + ": " + strings.Join(one.Calls, ", ")
	switch {
	case len(one.Starts) > 0 && len(one.Calls) > 0:
		r.Find(cortex.Suspicious, "macro that starts by itself", "It also calls what macros that do harm often call.", calling)
	case len(one.Starts) > 0:
		r.Find(cortex.Suspicious, "macro that starts by itself", "It is run without being asked for.", one.Name)
	case len(one.Calls) > 0:
		r.Find(cortex.Info, "macro", "It calls what macros that do harm often call.", calling)
	}
	r.LinksIn(code, "a macro")
}

// words gives what a pattern finds in the code, each once, as first written.
func words(shape *regexp.Regexp, code string) []string {
	var out, seen []string
	for _, word := range shape.FindAllString(code, 1000) {
		if lower := strings.ToLower(word); !slices.Contains(seen, lower) && len(out) < 20 {
			seen, out = append(seen, lower), append(out, word)
		}
	}
	return out
}

// decompress unpacks a compressed container of MS-OVBA 2.4.1 as far as it goes,
// up to mostCode bytes.
func decompress(in []byte) string {
	var out []byte
	for in = in[1:]; len(in) >= 2 && len(out) < mostCode; {
		header := binary.LittleEndian.Uint16(in)
		size := min(int(header&0xFFF)+3, len(in))
		if header>>12&7 != 3 {
			break
		}
		if chunk := in[2:size]; header&0x8000 == 0 {
			out = append(out, chunk...)
		} else {
			out = append(out, inflate(chunk)...)
		}
		in = in[size:]
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(out[:min(len(out), mostCode)])
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), "\r\n", "\n")
}

// chunkSize is what a chunk unpacks to at most, in bytes.
const chunkSize = 4096

// inflate unpacks a chunk: flags of eight tokens, each a literal or a copy of
// what came before (MS-OVBA 2.4.1.3.5).
func inflate(in []byte) []byte {
	var out []byte
	for len(in) > 0 {
		flags := in[0]
		in = in[1:]
		for bit := 0; bit < 8 && len(in) > 0 && len(out) < chunkSize; bit++ {
			if flags>>bit&1 == 0 {
				out, in = append(out, in[0]), in[1:]
				continue
			}
			if len(in) < 2 {
				return out
			}
			token := binary.LittleEndian.Uint16(in)
			in = in[2:]
			offsetBits := 4
			for 1<<offsetBits < len(out) {
				offsetBits++
			}
			length := int(token&(0xFFFF>>offsetBits)) + 3
			from := len(out) - int(token>>(16-offsetBits)) - 1
			if from < 0 {
				return out
			}
			for range min(length, chunkSize-len(out)) {
				out = append(out, out[from])
				from++
			}
		}
	}
	return out
}
