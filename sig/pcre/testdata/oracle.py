# Reference results from the PCRE2 library, for the tests of this package.
#
# Reads lines of tab-separated fields from standard input and answers each with one line:
#   expression (hex)   flags (of imsxAEGU)   subject (hex)   start offset
# A flag N turns the optimizations off with which PCRE2 finds where a match can start.
# Answers: "error CODE OFFSET MESSAGE", "limit CODE", "nomatch", or the pairs of group positions, "-1" where a group is unset.
# An empty subject field is the empty subject. Needs only the shared library libpcre2-8.
import ctypes, sys

lib = ctypes.CDLL("libpcre2-8.so.0")
size = ctypes.c_size_t
lib.pcre2_compile_8.restype = ctypes.c_void_p
lib.pcre2_compile_8.argtypes = [ctypes.c_char_p, size, ctypes.c_uint32, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(size), ctypes.c_void_p]
lib.pcre2_code_free_8.argtypes = [ctypes.c_void_p]
lib.pcre2_match_data_create_from_pattern_8.restype = ctypes.c_void_p
lib.pcre2_match_data_create_from_pattern_8.argtypes = [ctypes.c_void_p, ctypes.c_void_p]
lib.pcre2_match_data_free_8.argtypes = [ctypes.c_void_p]
lib.pcre2_match_8.argtypes = [ctypes.c_void_p, ctypes.c_char_p, size, size, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p]
lib.pcre2_get_ovector_count_8.argtypes = [ctypes.c_void_p]
lib.pcre2_get_ovector_count_8.restype = ctypes.c_uint32
lib.pcre2_get_ovector_pointer_8.argtypes = [ctypes.c_void_p]
lib.pcre2_get_ovector_pointer_8.restype = ctypes.POINTER(size)
lib.pcre2_get_error_message_8.argtypes = [ctypes.c_int, ctypes.c_char_p, size]
FLAGS = {"N": 0x10000, "i": 0x8, "m": 0x400, "s": 0x20, "x": 0x80, "A": 0x80000000, "E": 0x10, "G": 0x40000}
UNSET = size(-1).value

cache = {}


def code(expr, flags):
    if (expr, flags) in cache:
        return cache[expr, flags]
    if len(cache) > 64:
        for c, _ in cache.values():
            if c:
                lib.pcre2_code_free_8(c)
        cache.clear()
    options = 0
    for f in flags:
        options |= FLAGS[f]
    err, off = ctypes.c_int(), size()
    c = lib.pcre2_compile_8(expr, len(expr), options, ctypes.byref(err), ctypes.byref(off), None)
    text = None
    if not c:
        buf = ctypes.create_string_buffer(256)
        lib.pcre2_get_error_message_8(err.value, buf, 256)
        text = "error %d %d %s" % (err.value, off.value, buf.value.decode())
    cache[expr, flags] = (c, text)
    return c, text


def answer(line):
    f = line.rstrip("\n").split("\t")
    expr, flags, subject, start = bytes.fromhex(f[0]), f[1], bytes.fromhex(f[2]), int(f[3])
    c, text = code(expr, flags)
    if not c:
        return text
    md = lib.pcre2_match_data_create_from_pattern_8(c, None)
    rc = lib.pcre2_match_8(c, subject, len(subject), start, 0, md, None)
    try:
        if rc == -1:
            return "nomatch"
        if rc < 0:
            return "limit %d" % rc
        n = lib.pcre2_get_ovector_count_8(md)
        ov = lib.pcre2_get_ovector_pointer_8(md)
        return " ".join("-1" if ov[i] == UNSET or i // 2 >= rc else str(ov[i]) for i in range(2 * n))
    finally:
        lib.pcre2_match_data_free_8(md)


for line in sys.stdin:
    sys.stdout.write(answer(line) + "\n")
    sys.stdout.flush()
