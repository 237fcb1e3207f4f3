// Package bundle holds catalog.json: what there is to know of every analyzer
// and responder of Waggle before it runs.
package bundle

import _ "embed" // for catalog.json

//go:embed catalog.json
var catalog []byte

// Catalog gives catalog.json, {"analyzers":[…],"responders":[…]}, whose entries
// are as Cortex reads them:
// https://docs.strangebee.com/cortex/api/how-to-create-an-analyzer/#the-analyzer-definition-file
func Catalog() []byte { return catalog }
