package certs

import "sort"

// keyKind says how a public key of an algorithm is read.
type keyKind byte

const (
	keyNone keyKind = iota
	keyRSA
	keyDSA
	keyEC
	keyOpaque // the bits as they are
)

// object is what is known of an identifier. Tables are ordered by it.
type object struct {
	id, name string
	key      keyKind
	bits     int
}

func find(table []object, id OID) (object, bool) {
	i := sort.Search(len(table), func(i int) bool { return table[i].id >= string(id) })
	if i < len(table) && table[i].id == string(id) {
		return table[i], true
	}
	return object{}, false
}

// algorithms are signature and public key algorithms under their usual long names.
var algorithms = [...]object{
	{"\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "sm2", keyEC, 256},                                                // 1.2.156.10197.1.301
	{"\x2a\x81\x1c\xcf\x55\x01\x83\x75", "SM2-with-SM3", keyNone, 0},                                       // 1.2.156.10197.1.501
	{"\x2a\x85\x03\x02\x02\x03", "GOST R 34.11-94 with GOST R 34.10-2001", keyNone, 0},                     // 1.2.643.2.2.3
	{"\x2a\x85\x03\x02\x02\x04", "GOST R 34.11-94 with GOST R 34.10-94", keyNone, 0},                       // 1.2.643.2.2.4
	{"\x2a\x85\x03\x02\x02\x13", "GOST R 34.10-2001", keyNone, 0},                                          // 1.2.643.2.2.19
	{"\x2a\x85\x03\x02\x02\x14", "GOST R 34.10-94", keyNone, 0},                                            // 1.2.643.2.2.20
	{"\x2a\x85\x03\x07\x01\x01\x01\x01", "GOST R 34.10-2012 with 256 bit modulus", keyNone, 0},             // 1.2.643.7.1.1.1.1
	{"\x2a\x85\x03\x07\x01\x01\x01\x02", "GOST R 34.10-2012 with 512 bit modulus", keyNone, 0},             // 1.2.643.7.1.1.1.2
	{"\x2a\x85\x03\x07\x01\x01\x03\x02", "GOST R 34.10-2012 with GOST R 34.11-2012 (256 bit)", keyNone, 0}, // 1.2.643.7.1.1.3.2
	{"\x2a\x85\x03\x07\x01\x01\x03\x03", "GOST R 34.10-2012 with GOST R 34.11-2012 (512 bit)", keyNone, 0}, // 1.2.643.7.1.1.3.3
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "rsaEncryption", keyRSA, 0},                                   // 1.2.840.113549.1.1.1
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x02", "md2WithRSAEncryption", keyRSA, 0},                            // 1.2.840.113549.1.1.2
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x03", "md4WithRSAEncryption", keyRSA, 0},                            // 1.2.840.113549.1.1.3
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x04", "md5WithRSAEncryption", keyRSA, 0},                            // 1.2.840.113549.1.1.4
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05", "sha1WithRSAEncryption", keyRSA, 0},                           // 1.2.840.113549.1.1.5
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x07", "rsaesOaep", keyRSA, 0},                                       // 1.2.840.113549.1.1.7
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "rsassaPss", keyRSA, 0},                                       // 1.2.840.113549.1.1.10
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "sha256WithRSAEncryption", keyRSA, 0},                         // 1.2.840.113549.1.1.11
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0c", "sha384WithRSAEncryption", keyRSA, 0},                         // 1.2.840.113549.1.1.12
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0d", "sha512WithRSAEncryption", keyRSA, 0},                         // 1.2.840.113549.1.1.13
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0e", "sha224WithRSAEncryption", keyRSA, 0},                         // 1.2.840.113549.1.1.14
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0f", "sha512-224WithRSAEncryption", keyRSA, 0},                     // 1.2.840.113549.1.1.15
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x10", "sha512-256WithRSAEncryption", keyRSA, 0},                     // 1.2.840.113549.1.1.16
	{"\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01", "dhKeyAgreement", keyNone, 0},                                 // 1.2.840.113549.1.3.1
	{"\x2a\x86\x48\xce\x38\x04\x01", "dsaEncryption", keyDSA, 0},                                           // 1.2.840.10040.4.1
	{"\x2a\x86\x48\xce\x38\x04\x03", "dsaWithSHA1", keyDSA, 0},                                             // 1.2.840.10040.4.3
	{"\x2a\x86\x48\xce\x3d\x02\x01", "id-ecPublicKey", keyEC, 0},                                           // 1.2.840.10045.2.1
	{"\x2a\x86\x48\xce\x3d\x04\x01", "ecdsa-with-SHA1", keyEC, 0},                                          // 1.2.840.10045.4.1
	{"\x2a\x86\x48\xce\x3d\x04\x02", "ecdsa-with-Recommended", keyEC, 0},                                   // 1.2.840.10045.4.2
	{"\x2a\x86\x48\xce\x3d\x04\x03", "ecdsa-with-Specified", keyEC, 0},                                     // 1.2.840.10045.4.3
	{"\x2a\x86\x48\xce\x3d\x04\x03\x01", "ecdsa-with-SHA224", keyEC, 0},                                    // 1.2.840.10045.4.3.1
	{"\x2a\x86\x48\xce\x3d\x04\x03\x02", "ecdsa-with-SHA256", keyEC, 0},                                    // 1.2.840.10045.4.3.2
	{"\x2a\x86\x48\xce\x3d\x04\x03\x03", "ecdsa-with-SHA384", keyEC, 0},                                    // 1.2.840.10045.4.3.3
	{"\x2a\x86\x48\xce\x3d\x04\x03\x04", "ecdsa-with-SHA512", keyEC, 0},                                    // 1.2.840.10045.4.3.4
	{"\x2a\x86\x48\xce\x3e\x02\x01", "X9.42 DH", keyNone, 0},                                               // 1.2.840.10046.2.1
	{"\x2b\x0e\x03\x02\x03", "md5WithRSA", keyRSA, 0},                                                      // 1.3.14.3.2.3
	{"\x2b\x0e\x03\x02\x0c", "dsaEncryption-old", keyDSA, 0},                                               // 1.3.14.3.2.12
	{"\x2b\x0e\x03\x02\x0d", "dsaWithSHA", keyDSA, 0},                                                      // 1.3.14.3.2.13
	{"\x2b\x0e\x03\x02\x0f", "shaWithRSAEncryption", keyRSA, 0},                                            // 1.3.14.3.2.15
	{"\x2b\x0e\x03\x02\x1b", "dsaWithSHA1-old", keyDSA, 0},                                                 // 1.3.14.3.2.27
	{"\x2b\x0e\x03\x02\x1d", "sha1WithRSA", keyRSA, 0},                                                     // 1.3.14.3.2.29
	{"\x2b\x24\x03\x03\x01\x02", "ripemd160WithRSA", keyRSA, 0},                                            // 1.3.36.3.3.1.2
	{"\x2b\x65\x6e", "X25519", keyOpaque, 253},                                                             // 1.3.101.110
	{"\x2b\x65\x6f", "X448", keyOpaque, 448},                                                               // 1.3.101.111
	{"\x2b\x65\x70", "ED25519", keyOpaque, 256},                                                            // 1.3.101.112
	{"\x2b\x65\x71", "ED448", keyOpaque, 456},                                                              // 1.3.101.113
	{"\x55\x08\x01\x01", "rsa", keyRSA, 0},                                                                 // 2.5.8.1.1
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x01", "dsa_with_SHA224", keyDSA, 0},                                 // 2.16.840.1.101.3.4.3.1
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x02", "dsa_with_SHA256", keyDSA, 0},                                 // 2.16.840.1.101.3.4.3.2
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x03", "dsa_with_SHA384", keyDSA, 0},                                 // 2.16.840.1.101.3.4.3.3
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x04", "dsa_with_SHA512", keyDSA, 0},                                 // 2.16.840.1.101.3.4.3.4
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x09", "ecdsa_with_SHA3-224", keyNone, 0},                            // 2.16.840.1.101.3.4.3.9
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0a", "ecdsa_with_SHA3-256", keyNone, 0},                            // 2.16.840.1.101.3.4.3.10
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0b", "ecdsa_with_SHA3-384", keyNone, 0},                            // 2.16.840.1.101.3.4.3.11
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0c", "ecdsa_with_SHA3-512", keyNone, 0},                            // 2.16.840.1.101.3.4.3.12
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0d", "RSA-SHA3-224", keyNone, 0},                                   // 2.16.840.1.101.3.4.3.13
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0e", "RSA-SHA3-256", keyNone, 0},                                   // 2.16.840.1.101.3.4.3.14
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x0f", "RSA-SHA3-384", keyNone, 0},                                   // 2.16.840.1.101.3.4.3.15
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x10", "RSA-SHA3-512", keyNone, 0},                                   // 2.16.840.1.101.3.4.3.16
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x11", "ML-DSA-44", keyOpaque, 0},                                    // 2.16.840.1.101.3.4.3.17
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x12", "ML-DSA-65", keyOpaque, 0},                                    // 2.16.840.1.101.3.4.3.18
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x13", "ML-DSA-87", keyOpaque, 0},                                    // 2.16.840.1.101.3.4.3.19
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x14", "SLH-DSA-SHA2-128s", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.20
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x15", "SLH-DSA-SHA2-128f", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.21
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x16", "SLH-DSA-SHA2-192s", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.22
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x17", "SLH-DSA-SHA2-192f", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.23
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x18", "SLH-DSA-SHA2-256s", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.24
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x19", "SLH-DSA-SHA2-256f", keyOpaque, 0},                            // 2.16.840.1.101.3.4.3.25
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1a", "SLH-DSA-SHAKE-128s", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.26
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1b", "SLH-DSA-SHAKE-128f", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.27
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1c", "SLH-DSA-SHAKE-192s", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.28
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1d", "SLH-DSA-SHAKE-192f", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.29
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1e", "SLH-DSA-SHAKE-256s", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.30
	{"\x60\x86\x48\x01\x65\x03\x04\x03\x1f", "SLH-DSA-SHAKE-256f", keyOpaque, 0},                           // 2.16.840.1.101.3.4.3.31
	{"\x60\x86\x48\x01\x65\x03\x04\x04\x01", "ML-KEM-512", keyOpaque, 0},                                   // 2.16.840.1.101.3.4.4.1
	{"\x60\x86\x48\x01\x65\x03\x04\x04\x02", "ML-KEM-768", keyOpaque, 0},                                   // 2.16.840.1.101.3.4.4.2
	{"\x60\x86\x48\x01\x65\x03\x04\x04\x03", "ML-KEM-1024", keyOpaque, 0},                                  // 2.16.840.1.101.3.4.4.3
}

// digests are hash algorithms under their short names.
var digests = [...]object{
	{id: "\x2a\x81\x1c\xcf\x55\x01\x83\x11", name: "sm3"},            // 1.2.156.10197.1.401
	{id: "\x2a\x85\x03\x02\x02\x09", name: "md_gost94"},              // 1.2.643.2.2.9
	{id: "\x2a\x85\x03\x07\x01\x01\x02\x02", name: "md_gost12_256"},  // 1.2.643.7.1.1.2.2
	{id: "\x2a\x85\x03\x07\x01\x01\x02\x03", name: "md_gost12_512"},  // 1.2.643.7.1.1.2.3
	{id: "\x2a\x86\x48\x86\xf7\x0d\x02\x02", name: "md2"},            // 1.2.840.113549.2.2
	{id: "\x2a\x86\x48\x86\xf7\x0d\x02\x04", name: "md4"},            // 1.2.840.113549.2.4
	{id: "\x2a\x86\x48\x86\xf7\x0d\x02\x05", name: "md5"},            // 1.2.840.113549.2.5
	{id: "\x2b\x0e\x03\x02\x12", name: "sha"},                        // 1.3.14.3.2.18
	{id: "\x2b\x0e\x03\x02\x1a", name: "sha1"},                       // 1.3.14.3.2.26
	{id: "\x2b\x24\x03\x02\x01", name: "ripemd160"},                  // 1.3.36.3.2.1
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x01", name: "sha256"},     // 2.16.840.1.101.3.4.2.1
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x02", name: "sha384"},     // 2.16.840.1.101.3.4.2.2
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x03", name: "sha512"},     // 2.16.840.1.101.3.4.2.3
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x04", name: "sha224"},     // 2.16.840.1.101.3.4.2.4
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x05", name: "sha512-224"}, // 2.16.840.1.101.3.4.2.5
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x06", name: "sha512-256"}, // 2.16.840.1.101.3.4.2.6
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x07", name: "sha3-224"},   // 2.16.840.1.101.3.4.2.7
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x08", name: "sha3-256"},   // 2.16.840.1.101.3.4.2.8
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x09", name: "sha3-384"},   // 2.16.840.1.101.3.4.2.9
	{id: "\x60\x86\x48\x01\x65\x03\x04\x02\x0a", name: "sha3-512"},   // 2.16.840.1.101.3.4.2.10
}

// curves are named groups, bits being those of their order.
var curves = [...]object{
	{id: "\x2a\x81\x1c\xcf\x55\x01\x82\x2d", name: "SM2", bits: 256},                 // 1.2.156.10197.1.301
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x01", name: "prime192v1", bits: 192},          // 1.2.840.10045.3.1.1
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x02", name: "prime192v2", bits: 192},          // 1.2.840.10045.3.1.2
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x03", name: "prime192v3", bits: 192},          // 1.2.840.10045.3.1.3
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x04", name: "prime239v1", bits: 239},          // 1.2.840.10045.3.1.4
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x05", name: "prime239v2", bits: 239},          // 1.2.840.10045.3.1.5
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x06", name: "prime239v3", bits: 239},          // 1.2.840.10045.3.1.6
	{id: "\x2a\x86\x48\xce\x3d\x03\x01\x07", name: "prime256v1", bits: 256},          // 1.2.840.10045.3.1.7
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x01", name: "brainpoolP160r1", bits: 160}, // 1.3.36.3.3.2.8.1.1.1
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x02", name: "brainpoolP160t1", bits: 160}, // 1.3.36.3.3.2.8.1.1.2
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x03", name: "brainpoolP192r1", bits: 192}, // 1.3.36.3.3.2.8.1.1.3
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x04", name: "brainpoolP192t1", bits: 192}, // 1.3.36.3.3.2.8.1.1.4
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x05", name: "brainpoolP224r1", bits: 224}, // 1.3.36.3.3.2.8.1.1.5
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x06", name: "brainpoolP224t1", bits: 224}, // 1.3.36.3.3.2.8.1.1.6
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x07", name: "brainpoolP256r1", bits: 256}, // 1.3.36.3.3.2.8.1.1.7
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x08", name: "brainpoolP256t1", bits: 256}, // 1.3.36.3.3.2.8.1.1.8
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x09", name: "brainpoolP320r1", bits: 320}, // 1.3.36.3.3.2.8.1.1.9
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x0a", name: "brainpoolP320t1", bits: 320}, // 1.3.36.3.3.2.8.1.1.10
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x0b", name: "brainpoolP384r1", bits: 384}, // 1.3.36.3.3.2.8.1.1.11
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x0c", name: "brainpoolP384t1", bits: 384}, // 1.3.36.3.3.2.8.1.1.12
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x0d", name: "brainpoolP512r1", bits: 512}, // 1.3.36.3.3.2.8.1.1.13
	{id: "\x2b\x24\x03\x03\x02\x08\x01\x01\x0e", name: "brainpoolP512t1", bits: 512}, // 1.3.36.3.3.2.8.1.1.14
	{id: "\x2b\x81\x04\x00\x01", name: "sect163k1", bits: 163},                       // 1.3.132.0.1
	{id: "\x2b\x81\x04\x00\x02", name: "sect163r1", bits: 162},                       // 1.3.132.0.2
	{id: "\x2b\x81\x04\x00\x03", name: "sect239k1", bits: 238},                       // 1.3.132.0.3
	{id: "\x2b\x81\x04\x00\x04", name: "sect113r1", bits: 113},                       // 1.3.132.0.4
	{id: "\x2b\x81\x04\x00\x05", name: "sect113r2", bits: 113},                       // 1.3.132.0.5
	{id: "\x2b\x81\x04\x00\x06", name: "secp112r1", bits: 112},                       // 1.3.132.0.6
	{id: "\x2b\x81\x04\x00\x07", name: "secp112r2", bits: 110},                       // 1.3.132.0.7
	{id: "\x2b\x81\x04\x00\x08", name: "secp160r1", bits: 161},                       // 1.3.132.0.8
	{id: "\x2b\x81\x04\x00\x09", name: "secp160k1", bits: 161},                       // 1.3.132.0.9
	{id: "\x2b\x81\x04\x00\x0a", name: "secp256k1", bits: 256},                       // 1.3.132.0.10
	{id: "\x2b\x81\x04\x00\x0f", name: "sect163r2", bits: 163},                       // 1.3.132.0.15
	{id: "\x2b\x81\x04\x00\x10", name: "sect283k1", bits: 281},                       // 1.3.132.0.16
	{id: "\x2b\x81\x04\x00\x11", name: "sect283r1", bits: 282},                       // 1.3.132.0.17
	{id: "\x2b\x81\x04\x00\x16", name: "sect131r1", bits: 131},                       // 1.3.132.0.22
	{id: "\x2b\x81\x04\x00\x17", name: "sect131r2", bits: 131},                       // 1.3.132.0.23
	{id: "\x2b\x81\x04\x00\x18", name: "sect193r1", bits: 193},                       // 1.3.132.0.24
	{id: "\x2b\x81\x04\x00\x19", name: "sect193r2", bits: 193},                       // 1.3.132.0.25
	{id: "\x2b\x81\x04\x00\x1a", name: "sect233k1", bits: 232},                       // 1.3.132.0.26
	{id: "\x2b\x81\x04\x00\x1b", name: "sect233r1", bits: 233},                       // 1.3.132.0.27
	{id: "\x2b\x81\x04\x00\x1c", name: "secp128r1", bits: 128},                       // 1.3.132.0.28
	{id: "\x2b\x81\x04\x00\x1d", name: "secp128r2", bits: 126},                       // 1.3.132.0.29
	{id: "\x2b\x81\x04\x00\x1e", name: "secp160r2", bits: 161},                       // 1.3.132.0.30
	{id: "\x2b\x81\x04\x00\x1f", name: "secp192k1", bits: 192},                       // 1.3.132.0.31
	{id: "\x2b\x81\x04\x00\x20", name: "secp224k1", bits: 225},                       // 1.3.132.0.32
	{id: "\x2b\x81\x04\x00\x21", name: "secp224r1", bits: 224},                       // 1.3.132.0.33
	{id: "\x2b\x81\x04\x00\x22", name: "secp384r1", bits: 384},                       // 1.3.132.0.34
	{id: "\x2b\x81\x04\x00\x23", name: "secp521r1", bits: 521},                       // 1.3.132.0.35
	{id: "\x2b\x81\x04\x00\x24", name: "sect409k1", bits: 407},                       // 1.3.132.0.36
	{id: "\x2b\x81\x04\x00\x25", name: "sect409r1", bits: 409},                       // 1.3.132.0.37
	{id: "\x2b\x81\x04\x00\x26", name: "sect571k1", bits: 570},                       // 1.3.132.0.38
	{id: "\x2b\x81\x04\x00\x27", name: "sect571r1", bits: 570},                       // 1.3.132.0.39
}

// attributes are the parts of names under their short names.
var attributes = [...]object{
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", name: "UID"},                  // 0.9.2342.19200300.100.1.1
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x02", name: "textEncodedORAddress"}, // 0.9.2342.19200300.100.1.2
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x03", name: "mail"},                 // 0.9.2342.19200300.100.1.3
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x04", name: "info"},                 // 0.9.2342.19200300.100.1.4
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x05", name: "favouriteDrink"},       // 0.9.2342.19200300.100.1.5
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", name: "DC"},                   // 0.9.2342.19200300.100.1.25
	{id: "\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x2c", name: "uid"},                  // 0.9.2342.19200300.100.1.44
	{id: "\x2a\x85\x03\x03\x81\x03\x01\x01", name: "INN"},                          // 1.2.643.3.131.1.1
	{id: "\x2a\x85\x03\x64\x01", name: "OGRN"},                                     // 1.2.643.100.1
	{id: "\x2a\x85\x03\x64\x03", name: "SNILS"},                                    // 1.2.643.100.3
	{id: "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", name: "emailAddress"},             // 1.2.840.113549.1.9.1
	{id: "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02", name: "unstructuredName"},         // 1.2.840.113549.1.9.2
	{id: "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x07", name: "challengePassword"},        // 1.2.840.113549.1.9.7
	{id: "\x2a\x86\x48\x86\xf7\x0d\x01\x09\x08", name: "unstructuredAddress"},      // 1.2.840.113549.1.9.8
	{id: "\x2b\x06\x01\x04\x01\x82\x37\x11\x01", name: "CSPName"},                  // 1.3.6.1.4.1.311.17.1
	{id: "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01", name: "jurisdictionL"},    // 1.3.6.1.4.1.311.60.2.1.1
	{id: "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02", name: "jurisdictionST"},   // 1.3.6.1.4.1.311.60.2.1.2
	{id: "\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03", name: "jurisdictionC"},    // 1.3.6.1.4.1.311.60.2.1.3
	{id: "\x55\x04\x03", name: "CN"},                                               // 2.5.4.3
	{id: "\x55\x04\x04", name: "SN"},                                               // 2.5.4.4
	{id: "\x55\x04\x05", name: "serialNumber"},                                     // 2.5.4.5
	{id: "\x55\x04\x06", name: "C"},                                                // 2.5.4.6
	{id: "\x55\x04\x07", name: "L"},                                                // 2.5.4.7
	{id: "\x55\x04\x08", name: "ST"},                                               // 2.5.4.8
	{id: "\x55\x04\x09", name: "street"},                                           // 2.5.4.9
	{id: "\x55\x04\x0a", name: "O"},                                                // 2.5.4.10
	{id: "\x55\x04\x0b", name: "OU"},                                               // 2.5.4.11
	{id: "\x55\x04\x0c", name: "title"},                                            // 2.5.4.12
	{id: "\x55\x04\x0d", name: "description"},                                      // 2.5.4.13
	{id: "\x55\x04\x0e", name: "searchGuide"},                                      // 2.5.4.14
	{id: "\x55\x04\x0f", name: "businessCategory"},                                 // 2.5.4.15
	{id: "\x55\x04\x10", name: "postalAddress"},                                    // 2.5.4.16
	{id: "\x55\x04\x11", name: "postalCode"},                                       // 2.5.4.17
	{id: "\x55\x04\x12", name: "postOfficeBox"},                                    // 2.5.4.18
	{id: "\x55\x04\x13", name: "physicalDeliveryOfficeName"},                       // 2.5.4.19
	{id: "\x55\x04\x14", name: "telephoneNumber"},                                  // 2.5.4.20
	{id: "\x55\x04\x15", name: "telexNumber"},                                      // 2.5.4.21
	{id: "\x55\x04\x16", name: "teletexTerminalIdentifier"},                        // 2.5.4.22
	{id: "\x55\x04\x17", name: "facsimileTelephoneNumber"},                         // 2.5.4.23
	{id: "\x55\x04\x18", name: "x121Address"},                                      // 2.5.4.24
	{id: "\x55\x04\x19", name: "internationaliSDNNumber"},                          // 2.5.4.25
	{id: "\x55\x04\x1a", name: "registeredAddress"},                                // 2.5.4.26
	{id: "\x55\x04\x1b", name: "destinationIndicator"},                             // 2.5.4.27
	{id: "\x55\x04\x1c", name: "preferredDeliveryMethod"},                          // 2.5.4.28
	{id: "\x55\x04\x1f", name: "member"},                                           // 2.5.4.31
	{id: "\x55\x04\x20", name: "owner"},                                            // 2.5.4.32
	{id: "\x55\x04\x21", name: "roleOccupant"},                                     // 2.5.4.33
	{id: "\x55\x04\x22", name: "seeAlso"},                                          // 2.5.4.34
	{id: "\x55\x04\x23", name: "userPassword"},                                     // 2.5.4.35
	{id: "\x55\x04\x29", name: "name"},                                             // 2.5.4.41
	{id: "\x55\x04\x2a", name: "GN"},                                               // 2.5.4.42
	{id: "\x55\x04\x2b", name: "initials"},                                         // 2.5.4.43
	{id: "\x55\x04\x2c", name: "generationQualifier"},                              // 2.5.4.44
	{id: "\x55\x04\x2d", name: "x500UniqueIdentifier"},                             // 2.5.4.45
	{id: "\x55\x04\x2e", name: "dnQualifier"},                                      // 2.5.4.46
	{id: "\x55\x04\x33", name: "houseIdentifier"},                                  // 2.5.4.51
	{id: "\x55\x04\x36", name: "dmdName"},                                          // 2.5.4.54
	{id: "\x55\x04\x41", name: "pseudonym"},                                        // 2.5.4.65
	{id: "\x55\x04\x48", name: "role"},                                             // 2.5.4.72
	{id: "\x55\x04\x61", name: "organizationIdentifier"},                           // 2.5.4.97
	{id: "\x55\x04\x62", name: "c3"},                                               // 2.5.4.98
	{id: "\x55\x04\x63", name: "n3"},                                               // 2.5.4.99
	{id: "\x55\x04\x64", name: "dnsName"},                                          // 2.5.4.100
	{id: "\x55\x1d\x11", name: "subjectAltName"},                                   // 2.5.29.17
}
