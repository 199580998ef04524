package tlswire

// Names of the small registries, ordered by code. GREASE values are named by what they are.

var groupNames = [...]codeName{
	{1, "sect163k1"}, {2, "sect163r1"}, {3, "sect163r2"}, {4, "sect193r1"}, {5, "sect193r2"}, {6, "sect233k1"},
	{7, "sect233r1"}, {8, "sect239k1"}, {9, "sect283k1"}, {10, "sect283r1"}, {11, "sect409k1"}, {12, "sect409r1"},
	{13, "sect571k1"}, {14, "sect571r1"}, {15, "secp160k1"}, {16, "secp160r1"}, {17, "secp160r2"}, {18, "secp192k1"},
	{19, "secp192r1"}, {20, "secp224k1"}, {21, "secp224r1"}, {22, "secp256k1"}, {23, "secp256r1"}, {24, "secp384r1"},
	{25, "secp521r1"}, {26, "brainpoolP256r1"}, {27, "brainpoolP384r1"}, {28, "brainpoolP512r1"}, {29, "x25519"},
	{30, "x448"}, {31, "brainpoolP256r1tls13"}, {32, "brainpoolP384r1tls13"}, {33, "brainpoolP512r1tls13"},
	{34, "GC256A"}, {35, "GC256B"}, {36, "GC256C"}, {37, "GC256D"}, {38, "GC512A"}, {39, "GC512B"}, {40, "GC512C"},
	{41, "curveSM2"},
	{256, "ffdhe2048"}, {257, "ffdhe3072"}, {258, "ffdhe4096"}, {259, "ffdhe6144"}, {260, "ffdhe8192"},
	{512, "MLKEM512"}, {513, "MLKEM768"}, {514, "MLKEM1024"}, {2570, "grease_0x0A0A"},
	{4587, "SecP256r1MLKEM768"}, {4588, "X25519MLKEM768"}, {4589, "SecP384r1MLKEM1024"}, {4590, "curveSM2MLKEM768"},
	{6682, "grease_0x1A1A"}, {10794, "grease_0x2A2A"}, {14906, "grease_0x3A3A"}, {16696, "CECPQ2"},
	{19018, "grease_0x4A4A"}, {23130, "grease_0x5A5A"}, {25497, "X25519Kyber768Draft00"},
	{25498, "SecP256r1Kyber768Draft00"}, {27242, "grease_0x6A6A"}, {31354, "grease_0x7A7A"}, {35466, "grease_0x8A8A"},
	{39578, "grease_0x9A9A"}, {43690, "grease_0xAAAA"}, {47802, "grease_0xBABA"}, {51914, "grease_0xCACA"},
	{56026, "grease_0xDADA"}, {60138, "grease_0xEAEA"}, {64250, "grease_0xFAFA"},
	{65281, "arbitrary_explicit_prime_curves"}, {65282, "arbitrary_explicit_char2_curves"},
}

var alertNames = [...]codeName{
	{0, "close_notify"}, {10, "unexpected_message"}, {20, "bad_record_mac"}, {21, "decryption_failed"},
	{22, "record_overflow"}, {30, "decompression_failure"}, {40, "handshake_failure"}, {41, "no_certificate"},
	{42, "bad_certificate"}, {43, "unsupported_certificate"}, {44, "certificate_revoked"}, {45, "certificate_expired"},
	{46, "certificate_unknown"}, {47, "illegal_parameter"}, {48, "unknown_ca"}, {49, "access_denied"},
	{50, "decode_error"}, {51, "decrypt_error"}, {60, "export_restriction"}, {70, "protocol_version"},
	{71, "insufficient_security"}, {80, "internal_error"}, {86, "inappropriate_fallback"}, {90, "user_canceled"},
	{100, "no_renegotiation"}, {110, "unsupported_extension"}, {111, "certificate_unobtainable"},
	{112, "unrecognized_name"}, {113, "bad_certificate_status_response"}, {114, "bad_certificate_hash_value"},
	{115, "unknown_psk_identity"}, {116, "certificate_required"}, {117, "general_error"},
	{120, "no_application_protocol"}, {121, "ech_required"},
}

var extensionNames = [...]codeName{
	{0, "server_name"}, {1, "max_fragment_length"}, {2, "client_certificate_url"}, {3, "trusted_ca_keys"},
	{4, "truncated_hmac"}, {5, "status_request"}, {6, "user_mapping"}, {7, "client_authz"}, {8, "server_authz"},
	{9, "cert_type"}, {10, "supported_groups"}, {11, "ec_point_formats"}, {12, "srp"}, {13, "signature_algorithms"},
	{14, "use_srtp"}, {15, "heartbeat"}, {16, "alpn"}, {17, "status_request_v2"}, {18, "signed_certificate_timestamp"},
	{19, "client_certificate_type"}, {20, "server_certificate_type"}, {21, "padding"}, {22, "encrypt_then_mac"},
	{23, "extended_master_secret"}, {24, "token_binding"}, {25, "cached_info"}, {26, "tls_lts"},
	{27, "compress_certificate"}, {28, "record_size_limit"}, {29, "pwd_protect"}, {30, "pwd_clear"},
	{31, "password_salt"}, {32, "ticket_pinning"}, {33, "tls_cert_with_extern_psk"}, {34, "delegated_credential"},
	{35, "session_ticket"}, {36, "TLMSP"}, {37, "TLMSP_proxying"}, {38, "TLMSP_delegate"},
	{39, "supported_ekt_ciphers"}, {40, "key_share_old"}, {41, "pre_shared_key"}, {42, "early_data"},
	{43, "supported_versions"}, {44, "cookie"}, {45, "psk_key_exchange_modes"}, {46, "ticket_early_data_info"},
	{47, "certificate_authorities"}, {48, "oid_filters"}, {49, "post_handshake_auth"}, {50, "signature_algorithms_cert"},
	{51, "key_share"}, {52, "transparency_info"}, {53, "connection_id_deprecated"}, {54, "connection_id"},
	{55, "external_id_hash"}, {56, "external_session_id"}, {57, "quic_transport_parameters"}, {58, "ticket_request"},
	{59, "dnssec_chain"}, {60, "sequence_number_encryption_algorithms"}, {61, "rrc"}, {62, "tls_flags"},
	{13172, "next_protocol_negotiation"}, {13175, "origin_bound_certificates"}, {13180, "encrypted_client_certificates"},
	{17513, "application_settings"}, {17613, "application_settings_new"}, {30031, "channel_id"},
	{30032, "channel_id_new"}, {35655, "padding_temp"}, {64768, "ech_outer_extensions"},
	{65037, "encrypted_client_hello"}, {65281, "renegotiation_info"}, {65445, "quic_transport_parameters_draft"},
	{65486, "encrypted_server_name"},
}
