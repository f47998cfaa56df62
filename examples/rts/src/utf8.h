/*
 * utf8.h: Unicode scalar values and their bytes (RFC 3629: no surrogates, no overlong forms).
 */
#ifndef RTS_UTF8_H
#define RTS_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads one scalar value; the bytes that it takes, or 0 where none is well-formed there. */
size_t utf8_decode(const unsigned char *bytes, size_t size, uint32_t *scalar);

/* Writes up to four bytes; how many, or 0 for what is not a scalar value. */
size_t utf8_encode(uint32_t scalar, unsigned char *bytes);

bool utf8_valid(const unsigned char *bytes, size_t size);

/* Of valid bytes: the number of scalar values, and the place after the first count of them. */
size_t utf8_length(const unsigned char *bytes, size_t size);
size_t utf8_skip(const unsigned char *bytes, size_t size, size_t count);

#endif
