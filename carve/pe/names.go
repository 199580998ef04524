package pe

// machines are the names of IMAGE_FILE_MACHINE_ values.
var machines = map[uint16]string{
	0x0000: "UNKNOWN", 0x014c: "I386", 0x0166: "R4000", 0x0169: "WCEMIPSV2", 0x01a2: "SH3", 0x01a3: "SH3DSP", 0x01a6: "SH4",
	0x01a8: "SH5", 0x01c0: "ARM", 0x01c2: "THUMB", 0x01c4: "ARMNT", 0x01d3: "AM33", 0x01f0: "POWERPC", 0x01f1: "POWERPCFP",
	0x0200: "IA64", 0x0266: "MIPS16", 0x0366: "MIPSFPU", 0x0466: "MIPSFPU16", 0x0ebc: "EBC", 0x8664: "AMD64", 0x9041: "M32R",
	0xaa64: "ARM64",
}

// subsystems are the names of IMAGE_SUBSYSTEM_ values.
var subsystems = map[uint16]string{
	0: "UNKNOWN", 1: "NATIVE", 2: "WINDOWS_GUI", 3: "WINDOWS_CUI", 7: "POSIX_CUI", 9: "WINDOWS_CE_GUI", 10: "EFI_APPLICATION",
	11: "EFI_BOOT_SERVICE_DRIVER", 12: "EFI_RUNTIME_DRIVER", 13: "EFI_ROM", 14: "XBOX",
}

// systems are versions of Windows by the numbers that a linker writes.
var systems = map[[2]uint16]string{
	{1, 0}: "Windows 1.0", {1, 1}: "Windows 1.01", {1, 3}: "Windows 1.03", {1, 4}: "Windows 1.04",
	{2, 0}: "Windows 2.0", {2, 10}: "Windows 2.1x", {2, 11}: "Windows 2.1x",
	{3, 0}: "Windows 3.0", {3, 10}: "Windows 3.1 or NT 3.1", {3, 11}: "Windows for Workgroups 3.11", {3, 2}: "Windows 3.2",
	{3, 50}: "Windows NT 3.5", {3, 51}: "Windows NT 3.51",
	{4, 0}: "Windows 95 or NT 4.0", {4, 10}: "Windows 98", {4, 90}: "Windows Me",
	{5, 0}: "Windows 2000", {5, 1}: "Windows XP", {5, 2}: "Windows XP x64 or Server 2003",
	{6, 0}: "Windows Vista or Server 2008", {6, 1}: "Windows 7 or Server 2008 R2", {6, 2}: "Windows 8 or Server 2012",
	{6, 3}: "Windows 8.1 or Server 2012 R2", {6, 4}: "Windows 10 Technical Preview", {10, 0}: "Windows 10",
}
