/* codec.h: bytes written in other ways, and read back. */
#ifndef CODEC_H
#define CODEC_H

#include <stddef.h>
#include <stdint.h>

/* Each writes to out, which must hold the most that the input can become, and gives
 * how many bytes that was. A reader gives SIZE_MAX for what no writer has written. */

/* A number, seven bits a byte, the least first: 10 bytes at most. */
size_t varint_write(uint8_t *out, uint64_t number);
size_t varint_read(uint64_t *number, const uint8_t *in, size_t size);

/* Runs of one byte, as a length and the byte: twice the size at most. */
size_t runs_write(uint8_t *out, const uint8_t *in, size_t size);
size_t runs_read(uint8_t *out, const uint8_t *in, size_t size);

/* Two digits a byte. */
size_t hex_write(uint8_t *out, const uint8_t *in, size_t size);
size_t hex_read(uint8_t *out, const uint8_t *in, size_t size);

#endif
