#include "utf8.h"

static bool continues(unsigned char byte) { return (byte & 0xc0) == 0x80; }

size_t utf8_decode(const unsigned char *bytes, size_t size, uint32_t *scalar)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    if (size == 0) {
        return 0;
    }
    unsigned char first = bytes[0];
    if (first < 0x80) {
        *scalar = first;
        return 1;
    }
    size_t length = first < 0xc0 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
    if (length == 0 || length > size) {
        return 0;
    }
    uint32_t value = first & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if (!continues(bytes[i])) {
            return 0;
        }
        value = value << 6 | (bytes[i] & 0x3fu);
    }
    if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000)) {
        return 0;
    }
    *scalar = value;
    return length;
}

size_t utf8_encode(uint32_t scalar, unsigned char *bytes)
{
    if (scalar > 0x10ffff || (scalar >= 0xd800 && scalar < 0xe000)) {
        return 0;
    }
    if (scalar < 0x80) {
        bytes[0] = (unsigned char)scalar;
        return 1;
    }
    size_t length = scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--) {
        bytes[i] = (unsigned char)(0x80 | (scalar & 0x3f));
        scalar >>= 6;
    }
    bytes[0] = (unsigned char)(0xf00u >> length | scalar);
    return length;
}

bool utf8_valid(const unsigned char *bytes, size_t size)
{
    for (size_t at = 0; at < size;) {
        uint32_t scalar;
        size_t length = utf8_decode(bytes + at, size - at, &scalar);
        if (length == 0) {
            return false;
        }
        at += length;
    }
    return true;
}

size_t utf8_length(const unsigned char *bytes, size_t size)
{
    size_t length = 0;
    for (size_t i = 0; i < size; i++) {
        length += !continues(bytes[i]);
    }
    return length;
}

size_t utf8_skip(const unsigned char *bytes, size_t size, size_t count)
{
    size_t at = 0;
    for (; count > 0 && at < size; count--) {
        at++;
        while (at < size && continues(bytes[at])) {
            at++;
        }
    }
    return at;
}
