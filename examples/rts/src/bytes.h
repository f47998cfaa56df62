/*
 * bytes.h: writing and reading an image's bytes.
 *
 * Numbers are unsigned LEB128: seven bits a byte, lowest first, in as few bytes as possible; or
 * four bytes, lowest first. Both sides remember failure, so that one look at the end is enough.
 */
#ifndef RTS_BYTES_H
#define RTS_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero is an empty one. */
struct writer {
    unsigned char *bytes;
    size_t size, room;
    bool failed; /* no memory */
};

void write_bytes(struct writer *writer, const void *bytes, size_t size);
void write_leb(struct writer *writer, uint64_t number);
void write_u32(struct writer *writer, uint32_t number);
/* Over what was written before. */
void write_u32_at(struct writer *writer, size_t at, uint32_t number);

struct reader {
    const unsigned char *at, *end;
    bool failed; /* the bytes ended early, or a number was not in its shortest form */
};

/* So many bytes, or NULL. */
const unsigned char *read_bytes(struct reader *reader, size_t size);
uint64_t read_leb(struct reader *reader);
uint32_t read_u32(struct reader *reader);

#endif
