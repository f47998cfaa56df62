/* UTF-8: every border of the scalar values, and malformed bytes. */
#include "utf8.h"

#include <string.h>

#include "test.h"

static const struct {
    uint32_t scalar;
    const char *bytes;
} borders[] = {
    {0x1, "\x01"},
    {0x7f, "\x7f"},
    {0x80, "\xc2\x80"},
    {0x7ff, "\xdf\xbf"},
    {0x800, "\xe0\xa0\x80"},
    {0xd7ff, "\xed\x9f\xbf"},
    {0xe000, "\xee\x80\x80"},
    {0xffff, "\xef\xbf\xbf"},
    {0x10000, "\xf0\x90\x80\x80"},
    {0x10ffff, "\xf4\x8f\xbf\xbf"},
};

static const char *const malformed[] = {
    "\x80",             /* a continuation alone */
    "\xc2",             /* cut short */
    "\xc1\xbf",         /* 0x7f in two bytes */
    "\xe0\x9f\xbf",     /* 0x7ff in three */
    "\xf0\x8f\xbf\xbf", /* 0xffff in four */
    "\xed\xa0\x80",     /* a surrogate */
    "\xf4\x90\x80\x80", /* beyond 0x10ffff */
    "\xf8\x88\x80\x80\x80",
    "\xe2\x82\x41",
    "\xff",
};

static void random_text(void)
{
    unsigned char bytes[400];
    uint32_t scalars[100];
    size_t size = 0, count = 0;
    while (count < 100) {
        uint32_t scalar = (uint32_t)test_below(0x110000) >> test_below(14);
        size_t length = utf8_encode(scalar, bytes + size);
        CHECK((length == 0) == (scalar >= 0xd800 && scalar < 0xe000));
        if (length > 0) {
            scalars[count++] = scalar;
            size += length;
        }
    }
    CHECK(utf8_valid(bytes, size));
    CHECK_INT(utf8_length(bytes, size), count);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t scalar = 0;
        CHECK_INT(utf8_skip(bytes, size, i), at);
        at += utf8_decode(bytes + at, size - at, &scalar);
        CHECK_INT(scalar, scalars[i]);
    }
    CHECK_INT(at, size);
}

void test_utf8(uint64_t seed)
{
    (void)seed;
    for (size_t i = 0; i < sizeof borders / sizeof borders[0]; i++) {
        unsigned char bytes[4];
        uint32_t scalar = 0;
        size_t length = strlen(borders[i].bytes);
        CHECK_INT(utf8_encode(borders[i].scalar, bytes), length);
        CHECK(memcmp(bytes, borders[i].bytes, length) == 0);
        CHECK_INT(utf8_decode(bytes, length, &scalar), length);
        CHECK_INT(scalar, borders[i].scalar);
        CHECK_INT(utf8_decode(bytes, length - 1, &scalar), 0);
    }
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        CHECK(!utf8_valid((const unsigned char *)malformed[i], strlen(malformed[i])));
    }
    unsigned char none[4];
    CHECK_INT(utf8_encode(0x110000, none), 0);
    random_text();
}
