/* Numbers written and read back, in one form only. */
#include "bytes.h"

#include <stdlib.h>

#include "test.h"

static void round_trip(void)
{
    enum { NUMBERS = 200 };
    uint64_t numbers[NUMBERS];
    struct writer writer = {0};
    for (size_t i = 0; i < NUMBERS; i++) {
        numbers[i] = test_random() >> test_below(64);
        write_leb(&writer, numbers[i]);
        write_u32(&writer, (uint32_t)numbers[i]);
    }
    CHECK(!writer.failed);
    struct reader reader = {writer.bytes, writer.bytes + writer.size, false};
    for (size_t i = 0; i < NUMBERS; i++) {
        CHECK(read_leb(&reader) == numbers[i]);
        CHECK(read_u32(&reader) == (uint32_t)numbers[i]);
    }
    CHECK(!reader.failed && reader.at == reader.end);
    CHECK_INT(read_leb(&reader), 0);
    CHECK(reader.failed && read_bytes(&reader, 0) == NULL);
    free(writer.bytes);
}

static bool reads(const unsigned char *bytes, size_t size, uint64_t expected)
{
    struct reader reader = {bytes, bytes + size, false};
    uint64_t number = read_leb(&reader);
    return !reader.failed && reader.at == reader.end && number == expected;
}

void test_bytes(uint64_t seed)
{
    (void)seed;
    round_trip();
    CHECK(reads((const unsigned char *)"\x00", 1, 0));
    CHECK(reads((const unsigned char *)"\xe5\x8e\x26", 3, 624485));
    CHECK(reads((const unsigned char *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 10, UINT64_MAX));
    CHECK(!reads((const unsigned char *)"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 10, 0));
    CHECK(!reads((const unsigned char *)"\x80", 1, 0));
    CHECK(!reads((const unsigned char *)"\x80\x00", 2, 0));
}
