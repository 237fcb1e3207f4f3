package mispevent

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/waggle-cti/waggle/shared/thehive"
)

func TestRest(t *testing.T) {
	for name, c := range map[string]struct {
		content string
		want    []thehive.Observable
		wrong   string
	}{
		"as the feeder writes it": {"type,value,datatype,confidence,ioc,source,post\ndomain,evil-cdn-4471.top,domain,90,true,blog,Loader\n",
			[]thehive.Observable{{DataType: "domain", Data: "evil-cdn-4471.top", IOC: true, TLP: 2, Message: "Read in “Loader” (blog)", Tags: []string{"waggle:type=domain"}}}, ""},
		"a value kept from a spreadsheet": {"value,datatype\n'+1555,other\n", []thehive.Observable{{DataType: "other", Data: "+1555", TLP: 2}}, ""},
		"no values":                       {"value,datatype\n", nil, ""},
		"a row without a value":           {"value,datatype\n,other\n", nil, ""},
		"a row cut off":                   {"value,datatype\na.example,domain\nb.exa", nil, "no CSV"},
		"columns of somebody else":        {"indicator,kind\na.example,domain\n", nil, "no file of the feeder's"},
		"empty":                           {"", nil, "no file of the feeder's"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := rest(thehive.Observable{TLP: 2}, []byte(c.content))
			assert.Equal(t, c.want, got)
			if c.wrong == "" {
				require.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, c.wrong)
			}
		})
	}
}
