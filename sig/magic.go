package sig

// describe is what libmagic says of a type, as far as rules ask for it: words of its description. It falls back to the MIME
// type itself, so that rules may name either.
func describe(mime string) string {
	if d, ok := descriptions[mime]; ok {
		return d
	}
	return mime
}

// descriptions are the beginnings of libmagic's descriptions.
var descriptions = map[string]string{
	"application/pdf": "PDF document", "application/x-dosexec": "PE32 executable (MS-DOS) for MS Windows",
	"application/zip": "Zip archive data", "application/x-rar": "RAR archive data", "application/gzip": "gzip compressed data",
	"application/x-gzip": "gzip compressed data", "image/jpeg": "JPEG image data", "image/png": "PNG image data", "image/gif": "GIF image data",
	"text/html": "HTML document text", "application/xml": "XML document text", "text/plain": "ASCII text",
	"application/msword": "Composite Document File V2 Document", "application/x-executable": "ELF executable",
	"application/x-elf": "ELF executable", "application/java-archive": "Java archive data (JAR)", "application/x-java-applet": "compiled Java class data",
	"application/x-shockwave-flash": "Macromedia Flash data", "application/vnd.ms-cab-compressed": "Microsoft Cabinet archive data",
	"application/x-7z-compressed": "7-zip archive data", "application/x-bzip2": "bzip2 compressed data", "application/x-tar": "POSIX tar archive",
	"audio/mpeg": "Audio file with ID3", "video/mp4": "ISO Media, MP4", "video/x-flv": "Macromedia Flash Video", "text/rtf": "Rich Text Format data",
	"application/x-lnk": "MS Windows shortcut",
}
