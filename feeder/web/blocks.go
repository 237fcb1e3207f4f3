package web

import (
	"net/http"
	"strings"

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

// mostOff bounds the values that are shown as taken off.
const mostOff = 20

// maxUnblock bounds the form that is sent, in bytes.
const maxUnblock = 16 << 10

// unblock takes a value off the lists, and leads back to them.
func (s *site) unblock(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, maxUnblock)
	value, why := r.PostFormValue("value"), strings.TrimSpace(r.PostFormValue("why"))
	if value == "" || why == "" {
		http.Error(w, "Say which value, and why.", http.StatusBadRequest)
		return
	}
	changes, err := s.Unblock(r.Context(), blocks.Order{Values: []string{value}, Reason: why, By: s.gate.who(r)})
	if err == nil && (len(changes) != 1 || changes[0].State != blocks.Removed) {
		err = waggle.ErrNotFound
	}
	if err != nil {
		code, text := status(err)
		s.report(r, code, err)
		http.Error(w, text, code)
		return
	}
	http.Redirect(w, r, "/blocks", http.StatusSeeOther)
}

// blocksView is what the page of blocks shows.
type blocksView struct {
	Total  int
	Rows   []waggle.Block
	Lists  []blockFile
	Write  bool           // somebody may block
	Read   bool           // somebody may read the lists
	Beyond int            // rows that are not shown
	Remove bool           // values can be taken off here
	Off    []waggle.Block // taken off last
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
	v := blocksView{Total: len(list.Blocks), Rows: list.Blocks, Write: s.Lists.Write.Set(), Read: s.Lists.Read.Set(), Remove: s.Unblock != nil}
	if v.Off, err = s.Store.Unblocked(r.Context(), mostOff); err != nil {
		return view{}, err
	}
	if v.Beyond = max(0, v.Total-mostBlocks); v.Beyond > 0 {
		v.Rows = v.Rows[:mostBlocks]
	}
	for _, l := range blocks.Lists() {
		v.Lists = append(v.Lists, blockFile{l, s.Lists.Path(l.Name)})
	}
	return view{Title: "Blocks", Here: "blocks", Data: v}, nil
}
