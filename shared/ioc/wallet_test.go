package ioc

import (
	"strings"
	"testing"
)

// The addresses of nobody: their keys are hashes of a few words.
const (
	etherAddress   = "0xEe8B5C06F50Cd7d202Db359a9d491b8cfa0F1522"
	moneroAddress  = "458y76ggK8SXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi3Cswsmw"
	solanaAddress  = "H4BHNet1wCchWNXkX7chuRPgRBngcHKRmVDQM9H5WeQw"
	taprootAddress = "bc1pa694cph4pntayqkmxkdf6jgm3naq79fzhskczfmdyzh0tps0zd5q369e56"
)

func TestWallets(t *testing.T) {
	run(t, []readCase{
		{"Bitcoin", "17d2SUaoCB6SLu7PzdbDS1HSt1DsTbYXP", []string{"btc 17d2SUaoCB6SLu7PzdbDS1HSt1DsTbYXP"}},
		{"Bitcoin, a script's", "3Bp85bEmBKvXqpsseY86zd4nTnKtzAxLxm", []string{"btc 3Bp85bEmBKvXqpsseY86zd4nTnKtzAxLxm"}},
		{"Bitcoin, wrong checksum", "17d2SUaoCB6SLu7PzdbDS1HSt1DsTbYXQ", nil},
		{"SegWit", "(bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev)", []string{"btc bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wev"}},
		{"SegWit, wrong checksum", "bc1qa694cph4pntayqkmxkdf6jgm3naq79fzmf9wew", nil},
		{"SegWit in capitals", strings.ToUpper(taprootAddress), []string{"btc " + taprootAddress}},
		{"Taproot", taprootAddress, []string{"btc " + taprootAddress}},
		{"Taproot, wrong checksum", taprootAddress[:60] + "77", nil},
		{"Litecoin", "LaQQo3NAVDhVSGXQhoNoqNM7a413NFgFie MLwtFJy5y2aTfVDm8pxis4gP1NQ6vXzGnu",
			[]string{"ltc LaQQo3NAVDhVSGXQhoNoqNM7a413NFgFie", "ltc MLwtFJy5y2aTfVDm8pxis4gP1NQ6vXzGnu"}},
		{"Litecoin SegWit", "ltc1qa694cph4pntayqkmxkdf6jgm3naq79fzl4l2pu", []string{"ltc ltc1qa694cph4pntayqkmxkdf6jgm3naq79fzl4l2pu"}},
		{"Dogecoin", "DLJWB3mwokagxgEXPGys1AY45kXnrXzNYt", []string{"doge DLJWB3mwokagxgEXPGys1AY45kXnrXzNYt"}},
		{"Dash", "XqGdxfA8dQ2nzYBp4rSEvJzgJPtGVZ5wvv", []string{"dash XqGdxfA8dQ2nzYBp4rSEvJzgJPtGVZ5wvv"}},
		{"TRON", "TLTa5XnYjFjeuCsAS7FvMcMukGeDpvfABK TLTa5XnYjFjeuCsAS7FvMcMukGeDpvfABL", []string{"tron TLTa5XnYjFjeuCsAS7FvMcMukGeDpvfABK"}},
		{"XRP", "rfdpS72oUBaSLufPzdbDSrHStrD1TbYXP", []string{"xrp rfdpS72oUBaSLufPzdbDSrHStrD1TbYXP"}},
		{"XRP, wrong checksum", "rfdpS72oUBaSLufPzdbDSrHStrD1TbYXQ", nil},
		{"Bitcoin Cash", "bitcoincash:qrhgkhqx75xd05szmv6e482frwx05rc4yg2lgjdgfq", []string{"bch qrhgkhqx75xd05szmv6e482frwx05rc4yg2lgjdgfq"}},
		{"Bitcoin Cash, wrong checksum", "qrhgkhqx75xd05szmv6e482frwx05rc4yg2lgjdgfp", nil},
		{"Monero", moneroAddress, []string{"xmr " + moneroAddress}},
		{"Monero, wrong checksum", moneroAddress[:94] + "x", nil},
		{"Monero, a subaddress", "85y7SULWuYrXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi3AJ8hCM",
			[]string{"xmr 85y7SULWuYrXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi3AJ8hCM"}},
		{"Monero with a payment id", "4Eqe7uWAvPxXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi4LN62W5ydkiQmCpMrk",
			[]string{"xmr 4Eqe7uWAvPxXdqPYXTCH4UNHcX291x9Z6VkuKREFVPSB3CECd7CgyiiUydLJyzi6CLMktyn2eTesjYPH73JYnCpi4LN62W5ydkiQmCpMrk"}},
		{"Ethereum", "pay to " + etherAddress, []string{"eth " + etherAddress}},
		{"Ethereum, wrong capitals", "pay ETH to " + etherAddress[:40] + "AA", nil},
		{"Ethereum in small letters, named", "The wallet (" + strings.ToLower(etherAddress) + ")", []string{"eth " + etherAddress}},
		{"forty digits behind 0x", "commit " + strings.ToLower(etherAddress), nil},
		{"Solana, named", "Solana wallet: " + solanaAddress, []string{"sol " + solanaAddress}},
		{"a word in Base58", "token " + solanaAddress, nil},
		{"a number", "Solana 12345678901234567890123456789012345", nil},
	})
}
