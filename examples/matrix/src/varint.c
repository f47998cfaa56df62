#include "codec.h"

size_t varint_write(uint8_t *out, uint64_t number)
{
    size_t n = 0;
    for (; number > 127; number >>= 7)
        out[n++] = (uint8_t)(number | 128);
    out[n++] = (uint8_t)number;
    return n;
}

size_t varint_read(uint64_t *number, const uint8_t *in, size_t size)
{
    *number = 0;
    for (size_t n = 0; n < size && n < 10; n++) {
        *number |= (uint64_t)(in[n] & 127) << (7 * n);
        if (in[n] < 128)
            return n > 0 && in[n] == 0 ? SIZE_MAX : n + 1;
    }
    return SIZE_MAX;
}
