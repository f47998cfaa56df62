#include "testing.h"

static void test(void)
{
    uint8_t in[64], out[128], back[64];
    for (int i = 0; i < 100; i++) {
        size_t size = number() % 64;
        for (size_t n = 0; n < size; n++)
            in[n] = (uint8_t)number();
        CHECK(hex_write(out, in, size) == 2 * size);
        CHECK(hex_read(back, out, 2 * size) == size);
        CHECK(memcmp(in, back, size) == 0);
    }
    CHECK(hex_read(back, (const uint8_t *)"0", 1) == SIZE_MAX);
    CHECK(hex_read(back, (const uint8_t *)"0G", 2) == SIZE_MAX);
}
