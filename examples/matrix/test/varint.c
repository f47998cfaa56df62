#include "testing.h"

static void test(void)
{
    for (int i = 0; i < 20000; i++) {
        uint8_t bytes[10];
        uint64_t written = number() >> (number() % 64), read;
        size_t size = varint_write(bytes, written);
        CHECK(varint_read(&read, bytes, size) == size);
        CHECK(read == written);
        CHECK(varint_read(&read, bytes, size - 1) == SIZE_MAX);
    }
}
