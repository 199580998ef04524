//go:build !noasm

#include "textflag.h"

// func filterAVX2(words *uint32, shift, fold uint32, b *byte, from, end int, out *[128]uint16) (n, next int)
//
// Each turn looks at 16 even offsets. Y0 holds the grams at the offsets that are multiples of four from the start of the turn, and Y1
// those between them; each is hashed, its word gathered, and its bit shifted to the top of the word. One mask of all 16, in order, comes
// of the upper halves of both.
TEXT ·filterAVX2(SB), NOSPLIT, $0-64
	MOVQ         words+0(FP), R8
	MOVL         shift+8(FP), BX
	VMOVD        BX, X13
	MOVL         fold+12(FP), BX
	VMOVD        BX, X15
	VPBROADCASTD X15, Y15
	MOVQ         b+16(FP), SI
	MOVQ         from+24(FP), AX
	MOVQ         end+32(FP), R10
	MOVQ         out+40(FP), DI
	MOVL         $0x3779b100, BX        // gramHash
	VMOVD        BX, X14
	VPBROADCASTD X14, Y14
	MOVL         $31, BX
	VMOVD        BX, X12
	VPBROADCASTD X12, Y12
	XORL         R9, R9
	SUBQ         $32, R10
	JMP          test

turn:
	VMOVDQU    (SI)(AX*1), Y0
	VMOVDQU    2(SI)(AX*1), Y1
	VPSRLD     $1, Y0, Y2               // fold32
	VPSRLD     $1, Y1, Y3
	VPAND      Y15, Y2, Y2
	VPAND      Y15, Y3, Y3
	VPOR       Y0, Y2, Y2
	VPOR       Y1, Y3, Y3
	VPMULLD    Y14, Y2, Y2
	VPMULLD    Y14, Y3, Y3
	VPSRLD     X13, Y2, Y2
	VPSRLD     X13, Y3, Y3
	VPCMPEQD   Y6, Y6, Y6
	VPCMPEQD   Y7, Y7, Y7
	VPGATHERDD Y6, (R8)(Y2*4), Y4
	VPGATHERDD Y7, (R8)(Y3*4), Y5
	VPSRLD     $24, Y0, Y0
	VPSRLD     $24, Y1, Y1
	VPANDN     Y12, Y0, Y0              // 31 less the bit's number
	VPANDN     Y12, Y1, Y1
	VPSLLVD    Y0, Y4, Y4
	VPSLLVD    Y1, Y5, Y5
	VPSRLD     $16, Y4, Y4
	VPBLENDW   $0xaa, Y5, Y4, Y4
	VPMOVMSKB  Y4, DX
	ANDL       $0xaaaaaaaa, DX
	JZ         next

pass:
	BSFL DX, CX
	LEAL -1(AX)(CX*1), BX
	MOVW BX, (DI)(R9*2)
	INCL R9
	LEAL -1(DX), BX
	ANDL BX, DX
	JNZ  pass

next:
	ADDQ $32, AX
	CMPL R9, $(128-16)
	JA   done

test:
	CMPQ AX, R10
	JLE  turn

done:
	MOVQ R9, n+48(FP)
	MOVQ AX, next+56(FP)
	VZEROUPPER
	RET

// func filterPairsAVX2(bits *uint32, b *byte, from, end int, out *[128]uint16) (n, next int)
//
// As above for pairs at 32 offsets: four vectors hold those at offsets that leave 0, 1, 2 and 3 when divided by four. Each bit ends up on
// top of the byte of its offset.
TEXT ·filterPairsAVX2(SB), NOSPLIT, $0-56
	MOVQ         bits+0(FP), R8
	MOVQ         b+8(FP), SI
	MOVQ         from+16(FP), AX
	MOVQ         end+24(FP), R10
	MOVQ         out+32(FP), DI
	MOVL         $31, BX
	VMOVD        BX, X12
	VPBROADCASTD X12, Y12
	VPSLLD       $31, Y12, Y13          // the top bit
	XORL         R9, R9
	SUBQ         $32, R10
	JMP          test

// GATHER leaves the bits of the pairs at offset off on top of the lanes of r.
#define GATHER(off, x, i, m, r) \
	VMOVDQU    off(SI)(AX*1), x   \
	VPSLLD     $16, x, i          \
	VPSRLD     $21, i, i          \
	VPCMPEQD   m, m, m            \
	VPGATHERDD m, (R8)(i*4), r    \
	VPANDN     Y12, x, x          \
	VPSLLVD    x, r, r            \
	VPAND      Y13, r, r

turn:
	GATHER(0, Y0, Y1, Y2, Y4)
	GATHER(1, Y0, Y1, Y2, Y5)
	GATHER(2, Y0, Y1, Y2, Y6)
	GATHER(3, Y0, Y1, Y2, Y7)
	VPSRLD    $24, Y4, Y4
	VPSRLD    $16, Y5, Y5
	VPSRLD    $8, Y6, Y6
	VPOR      Y5, Y4, Y4
	VPOR      Y7, Y6, Y6
	VPOR      Y6, Y4, Y4
	VPMOVMSKB Y4, DX
	TESTL     DX, DX
	JZ        next

pass:
	BSFL DX, CX
	LEAL (AX)(CX*1), BX
	MOVW BX, (DI)(R9*2)
	INCL R9
	LEAL -1(DX), BX
	ANDL BX, DX
	JNZ  pass

next:
	ADDQ $32, AX
	CMPL R9, $(128-32)
	JA   done

test:
	CMPQ AX, R10
	JLE  turn

done:
	MOVQ R9, n+40(FP)
	MOVQ AX, next+48(FP)
	VZEROUPPER
	RET

// func cpuid(leaf, sub uint32) (a, b, c, d uint32)
TEXT ·cpuid(SB), NOSPLIT, $0-24
	MOVL leaf+0(FP), AX
	MOVL sub+4(FP), CX
	CPUID
	MOVL AX, a+8(FP)
	MOVL BX, b+12(FP)
	MOVL CX, c+16(FP)
	MOVL DX, d+20(FP)
	RET

// func xgetbv() uint32
TEXT ·xgetbv(SB), NOSPLIT, $0-4
	XORL CX, CX
	XGETBV
	MOVL AX, ret+0(FP)
	RET
