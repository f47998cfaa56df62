/* The checksum: its published check value, and every single-bit change noticed. */
#include "crc32.h"

#include "test.h"

void test_crc32(uint64_t seed)
{
    (void)seed;
    CHECK_INT(crc32_of("123456789", 9), 0xcbf43926);
    CHECK_INT(crc32_of("", 0), 0);

    unsigned char bytes[64];
    for (size_t i = 0; i < sizeof bytes; i++) {
        bytes[i] = (unsigned char)test_random();
    }
    uint32_t crc = crc32_of(bytes, sizeof bytes);
    for (size_t bit = 0; bit < 8 * sizeof bytes; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        CHECK(crc32_of(bytes, sizeof bytes) != crc);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
}
