#include "codec.h"

size_t runs_write(uint8_t *out, const uint8_t *in, size_t size)
{
    size_t n = 0;
    for (size_t at = 0; at < size;) {
        size_t end = at + 1;
        while (end < size && end - at < 255 && in[end] == in[at])
            end++;
        out[n++] = (uint8_t)(end - at);
        out[n++] = in[at];
        at = end;
    }
    return n;
}

size_t runs_read(uint8_t *out, const uint8_t *in, size_t size)
{
    size_t n = 0;
    if (size % 2 != 0)
        return SIZE_MAX;
    for (size_t at = 0; at < size; at += 2) {
        if (in[at] == 0)
            return SIZE_MAX;
        for (int i = 0; i < in[at]; i++)
            out[n++] = in[at + 1];
    }
    return n;
}
