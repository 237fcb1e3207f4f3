package web

import (
	"net/http"

	"github.com/waggle-cti/waggle/feeder/blocks"
	"github.com/waggle-cti/waggle/feeder/waggle"
)

// blockList is /api/v1/blocks.
type blockList struct {
	Blocks []waggle.Block `json:"blocks"`
}

func (s *site) blocks(r *http.Request) (blockList, error) {
	all, _, err := s.Store.Blocks(r.Context(), s.Now())
	return blockList{append([]waggle.Block{}, all...)}, err
}

// mostBlocks bounds the rows of the page; the lists and the JSON have all.
const mostBlocks = 500

// blocksView is what the page of blocks shows.
type blocksView struct {
	Total  int
	Rows   []waggle.Block
	Lists  []blockFile
	Write  bool // somebody may block
	Read   bool // somebody may read the lists
	Beyond int  // rows that are not shown
}

// blockFile is a list that devices read.
type blockFile struct {
	blocks.List
	Open string // its address with the key in it
}

func (s *site) blocksPage(r *http.Request) (view, error) {
	list, err := s.blocks(r)
	if err != nil {
		return view{}, err
	}
	v := blocksView{Total: len(list.Blocks), Rows: list.Blocks, Write: s.Lists.Write.Set(), Read: s.Lists.Read.Set()}
	if v.Beyond = max(0, v.Total-mostBlocks); v.Beyond > 0 {
		v.Rows = v.Rows[:mostBlocks]
	}
	for _, l := range blocks.Lists() {
		v.Lists = append(v.Lists, blockFile{l, s.Lists.Path(l.Name)})
	}
	return view{Title: "Blocks", Here: "blocks", Data: v}, nil
}
