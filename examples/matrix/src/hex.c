#include "codec.h"

size_t hex_write(uint8_t *out, const uint8_t *in, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        out[2 * i] = (uint8_t)"0123456789abcdef"[in[i] >> 4];
        out[2 * i + 1] = (uint8_t)"0123456789abcdef"[in[i] & 15];
    }
    return 2 * size;
}

static int digit(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t hex_read(uint8_t *out, const uint8_t *in, size_t size)
{
    if (size % 2 != 0)
        return SIZE_MAX;
    for (size_t i = 0; i < size; i += 2) {
        if (digit(in[i]) < 0 || digit(in[i + 1]) < 0)
            return SIZE_MAX;
        out[i / 2] = (uint8_t)(digit(in[i]) << 4 | digit(in[i + 1]));
    }
    return size / 2;
}
