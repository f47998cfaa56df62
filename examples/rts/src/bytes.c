#include "bytes.h"

#include <stdlib.h>
#include <string.h>

void write_bytes(struct writer *writer, const void *bytes, size_t size)
{
    if (size > writer->room - writer->size) {
        size_t room = writer->size + size + writer->room + 256;
        unsigned char *grown = writer->failed ? NULL : realloc(writer->bytes, room);
        if (grown == NULL) {
            writer->failed = true;
            return;
        }
        writer->bytes = grown;
        writer->room = room;
    }
    if (size > 0) {
        memcpy(writer->bytes + writer->size, bytes, size);
    }
    writer->size += size;
}

void write_leb(struct writer *writer, uint64_t number)
{
    unsigned char bytes[10];
    size_t size = 0;
    do {
        bytes[size] = (unsigned char)(number & 0x7f);
        number >>= 7;
        bytes[size] |= (unsigned char)(number != 0 ? 0x80 : 0);
        size++;
    } while (number != 0);
    write_bytes(writer, bytes, size);
}

static void put_u32(unsigned char *bytes, uint32_t number)
{
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(number >> 8 * i);
    }
}

void write_u32(struct writer *writer, uint32_t number)
{
    unsigned char bytes[4];
    put_u32(bytes, number);
    write_bytes(writer, bytes, sizeof bytes);
}

void write_u32_at(struct writer *writer, size_t at, uint32_t number)
{
    if (!writer->failed) {
        put_u32(writer->bytes + at, number);
    }
}

const unsigned char *read_bytes(struct reader *reader, size_t size)
{
    if (reader->failed || size > (size_t)(reader->end - reader->at)) {
        reader->failed = true;
        return NULL;
    }
    const unsigned char *bytes = reader->at;
    reader->at += size;
    return bytes;
}

uint64_t read_leb(struct reader *reader)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const unsigned char *byte = read_bytes(reader, 1);
        if (byte == NULL) {
            return 0;
        }
        uint64_t bits = *byte & 0x7f;
        number |= bits << shift;
        if ((number >> shift) != bits) {
            break;
        }
        if ((*byte & 0x80) == 0) {
            /* A last byte of zero says nothing: not the shortest form. */
            reader->failed = shift > 0 && bits == 0;
            return reader->failed ? 0 : number;
        }
    }
    reader->failed = true;
    return 0;
}

uint32_t read_u32(struct reader *reader)
{
    const unsigned char *bytes = read_bytes(reader, 4);
    uint32_t number = 0;
    for (unsigned i = 0; bytes != NULL && i < 4; i++) {
        number |= (uint32_t)bytes[i] << 8 * i;
    }
    return number;
}
