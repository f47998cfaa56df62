#include "testing.h"

static void test(void)
{
    static uint8_t in[4096], out[8192], back[4096];
    for (int i = 0; i < 200; i++) {
        size_t size = number() % 4096;
        for (size_t n = 0; n < size; n++)
            in[n] = n > 0 && number() % 8 != 0 ? in[n - 1] : (uint8_t)number();
        size_t written = runs_write(out, in, size);
        CHECK(written <= 2 * size);
        CHECK(runs_read(back, out, written) == size);
        CHECK(memcmp(in, back, size) == 0);
    }
}
