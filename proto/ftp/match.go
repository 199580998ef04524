package ftp

import "bytes"

// answers lists for each command the reply codes that answer it (RFC 959, section 5.4, and later RFCs), besides 500,
// which answers any. Commands that are not listed take any code.
var answers = map[string]string{
	"USER": "230 331 332 421 430 500 501 530",
	"PASS": "202 230 332 421 500 501 503 530",
	"ACCT": "202 230 421 500 501 503 530",
	"CWD":  "250 421 500 501 502 530 550", "XCWD": "250 421 500 501 502 530 550",
	"CDUP": "200 250 421 500 501 502 530 550", "XCUP": "200 250 421 500 501 502 530 550",
	"SMNT": "202 250 421 500 501 502 530 550",
	"REIN": "120 220 421 500 502",
	"QUIT": "221 500",
	"PORT": "200 421 500 501 530", "EPRT": "200 421 500 501 522 530",
	"PASV": "227 421 500 501 502 530", "EPSV": "229 421 500 501 502 522 530",
	"MODE": "200 421 500 501 504 530", "TYPE": "200 421 500 501 504 530", "STRU": "200 421 500 501 504 530",
	"ALLO": "200 202 421 500 501 504 530",
	"REST": "200 350 421 500 501 502 530",
	"STOR": "110 125 150 226 250 421 425 426 450 451 452 500 501 530 532 551 552 553",
	"STOU": "110 125 150 226 250 421 425 426 450 451 452 500 501 530 532 551 552 553",
	"APPE": "125 150 226 250 421 425 426 450 451 452 500 501 502 530 532 550 551 552 553",
	"RETR": "110 125 150 226 250 421 425 426 450 451 500 501 530 550",
	"LIST": "125 150 226 250 421 425 426 450 451 500 501 502 530", "NLST": "125 150 226 250 421 425 426 450 451 500 501 502 530",
	"MLSD": "125 150 226 250 421 425 426 450 451 500 501 502 530 550",
	"RNFR": "350 421 450 500 501 502 530 550",
	"RNTO": "250 421 500 501 502 503 530 532 553",
	"DELE": "250 421 450 500 501 502 530 550", "RMD": "250 421 500 501 502 530 550", "MKD": "257 421 500 501 502 530 550",
	"PWD": "257 421 500 501 502 550", "XPWD": "257 421 500 501 502 550",
	"ABOR": "225 226 421 500 501 502",
	"SYST": "215 421 500 501 502", "FEAT": "211 500 502", "OPTS": "200 451 500 501",
	"STAT": "211 212 213 421 450 500 501 502 530", "HELP": "200 211 214 421 500 501 502",
	"SITE": "200 202 214 500 501 530", "NOOP": "200 421 500",
	"SIZE": "213 500 501 550", "MDTM": "213 500 501 550",
	"AUTH": "232 234 334 336 431 500 502 504 533 534", "ADAT": "235 335 431 500 501 503 535 536",
	"PBSZ": "200 421 500 501 503 530", "PROT": "200 421 431 500 501 503 504 530 534 536",
}

// choose picks the command that a reply is about: normally the oldest, but where replies or commands were lost the one
// that suits code and text best.
func (c *control) choose(code, text []byte) int {
	best, top := 0, -1
	if len(c.pending) == 1 {
		return 0
	}
	for i, tx := range c.pending {
		score := 0
		codes, known := answers[string(tx.Command)]
		if string(code) == "500" || !known || known && bytes.Contains([]byte(codes), code) {
			score = 100
		}
		if len(tx.Command) > 0 && bytes.Contains(text, tx.Command) {
			score += 20
		}
		if len(tx.Arg) > 0 && bytes.Contains(text, tx.Arg) {
			score += 10
		}
		if score > top {
			best, top = i, score
		}
		if i == 64 {
			break
		}
	}
	return best
}
