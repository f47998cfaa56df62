/*
 * persist_stream.c: an image as a stream of objects, for the 32-bit variants.
 *
 *     "RTS1"     four bytes
 *     checksum   CRC-32 of all that follows, four bytes
 *     objects    how many
 *     root       a value
 *     object ... in the order of their places in the heap:
 *                kind + 16 * negative; then the number of fields and each a value,
 *                or the number of bytes and the bytes
 *
 * Numbers are LEB128. A value is a small integer n as zigzag(n) * 2, null as 1, and an object as
 * its number in the stream, from one, * 2 + 1. Sharing and cycles survive; garbage does not.
 */
#include <stdlib.h>
#include <string.h>

#include "bitmap.h"
#include "bytes.h"
#include "crc32.h"
#include "gc.h"
#include "trace.h"

static const char magic[4] = "RTS1";

#define HEADER_BYTES 8

/* --- Saving ---------------------------------------------------------------------------------- */

struct numbering {
    uint64_t *starts;
    size_t *ranks;
};

static void write_value(struct writer *writer, const struct numbering *numbers, word w)
{
    if (is_small(w)) {
        int64_t n = small_get(w);
        write_leb(writer, (n < 0 ? ~(uint64_t)n << 1 | 1 : (uint64_t)n << 1) << 1);
    } else if (w == NULL_WORD) {
        write_leb(writer, 1);
    } else {
        size_t number = bitmap_rank(numbers->starts, numbers->ranks, index_of(w));
        write_leb(writer, (uint64_t)(number + 1) << 1 | 1);
    }
}

static void write_object(struct writer *writer, const struct numbering *numbers,
                         const rts_heap *heap, word index)
{
    enum object_kind kind = object_kind(heap, index);
    write_leb(writer, (uint64_t)kind + 16 * object_negative(heap, index));
    if (!kind_has_fields(kind)) {
        write_leb(writer, object_bytes(heap, index));
        write_bytes(writer, object_data(heap, index), object_bytes(heap, index));
        return;
    }
    word fields = object_fields(heap, index);
    write_leb(writer, fields);
    for (word i = 0; i < fields; i++) {
        write_value(writer, numbers, field_get(heap, index, i));
    }
}

bool rts_save(rts_heap *heap, rts_image *image)
{
    struct writer writer = {0};
    struct numbering numbers = {.starts = trace(heap, heap->capacity)};
    if (numbers.starts != NULL) {
        numbers.ranks = bitmap_ranks(numbers.starts, heap->capacity);
    }
    bool enough = numbers.ranks != NULL;
    if (enough) {
        write_bytes(&writer, magic, sizeof magic);
        write_u32(&writer, 0);
        write_leb(&writer, numbers.ranks[BITMAP_BLOCKS(heap->capacity)]);
        write_value(&writer, &numbers, current(heap, heap->root));
        for (size_t at = bitmap_next(numbers.starts, 0, heap->capacity); at < heap->capacity;
             at = bitmap_next(numbers.starts, at + 1, heap->capacity)) {
            write_object(&writer, &numbers, heap, (word)at);
        }
        enough = !writer.failed;
    }
    if (enough) {
        write_u32_at(&writer, sizeof magic,
                     crc32_of(writer.bytes + HEADER_BYTES, writer.size - HEADER_BYTES));
        *image = (rts_image){writer.bytes, writer.size};
    } else {
        free(writer.bytes);
    }
    free(numbers.starts);
    free(numbers.ranks);
    return enough;
}

void rts_image_free(rts_image *image)
{
    free(image->bytes);
    *image = (rts_image){0};
}

/* --- Loading --------------------------------------------------------------------------------- */

struct loading {
    struct reader reader;
    rts_heap *heap;
    word *places; /* the index of each object, by its number */
    size_t objects;
    const char *problem;
};

static bool fail(struct loading *l, const char *problem)
{
    if (l->problem == NULL) {
        l->problem = problem;
    }
    return false;
}

/* Reads a value; one that refers to an object holds its number in place of an index. */
static bool read_value(struct loading *l, word *value)
{
    uint64_t number = read_leb(&l->reader);
    if (l->reader.failed) {
        return fail(l, "the image ends early");
    }
    if ((number & 1) == 0) {
        uint64_t zigzag = number >> 1;
        int64_t n = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
        *value = small_word(n);
        return fits_small(n) || fail(l, "a small integer that is too large");
    }
    if (number >> 1 > l->objects) {
        return fail(l, "a reference to an object that the image has not");
    }
    *value = number >> 1 == 0 ? NULL_WORD : reference_to((word)(number >> 1) - 1);
    return true;
}

static bool place_object(struct loading *l, size_t number, word payload)
{
    word index = payload > PAYLOAD_MAX ? NO_INDEX : gc_allocate(l->heap, words_for(payload));
    if (index == NO_INDEX) {
        return fail(l, "the heap is too small for the image");
    }
    l->places[number] = index;
    l->heap->memory[index + words_for(payload) - 1] = 0;
    return true;
}

static bool read_object(struct loading *l, size_t number)
{
    uint64_t kind = read_leb(&l->reader), size = read_leb(&l->reader);
    bool negative = kind >> 4 & 1;
    kind &= ~(uint64_t)16;
    if (l->reader.failed || size > (size_t)(l->reader.end - l->reader.at)) {
        return fail(l, "the image ends early");
    }
    if (kind <= OBJECT_MOVED || kind >= OBJECT_KINDS) {
        return fail(l, "an object of unknown kind");
    }
    bool fields = kind_has_fields((enum object_kind)kind);
    word payload = (word)(fields ? size : size / sizeof(word) + (size % sizeof(word) != 0));
    if (!place_object(l, number, payload)) {
        return false;
    }
    word *object = &l->heap->memory[l->places[number]];
    size_t slack = fields ? 0 : payload * sizeof(word) - (size_t)size;
    *object = header_of((enum object_kind)kind, payload, slack, negative);
    if (!fields) {
        const unsigned char *bytes = read_bytes(&l->reader, (size_t)size);
        if (size > 0) {
            memcpy(object + 1, bytes, (size_t)size);
        }
        return true;
    }
    for (word i = 0; i < payload; i++) {
        if (!read_value(l, &object[1 + i])) {
            return false;
        }
    }
    return true;
}

static word placed(const struct loading *l, word value)
{
    return is_reference(value) ? reference_to(l->places[index_of(value)]) : value;
}

static bool read_objects(struct loading *l)
{
    uint64_t objects = read_leb(&l->reader);
    /* Each takes two bytes at least, so this bounds what is allocated for a false count. */
    if (l->reader.failed || objects > (size_t)(l->reader.end - l->reader.at) / 2) {
        return fail(l, "the image ends early");
    }
    l->objects = (size_t)objects;
    l->places = calloc(l->objects + 1, sizeof(word));
    if (l->places == NULL) {
        return fail(l, "no memory to load with");
    }
    word root;
    if (!read_value(l, &root)) {
        return false;
    }
    for (size_t i = 0; i < l->objects; i++) {
        if (!read_object(l, i)) {
            return false;
        }
    }
    if (l->reader.at != l->reader.end) {
        return fail(l, "bytes after the image's end");
    }
    for (size_t i = 0; i < l->objects; i++) {
        word fields = object_fields(l->heap, l->places[i]);
        for (word field = 0; field < fields; field++) {
            word *place = &l->heap->memory[l->places[i] + 1 + field];
            *place = placed(l, *place);
        }
    }
    l->heap->root = placed(l, root);
    return true;
}

rts_heap *rts_load(const unsigned char *bytes, size_t size, size_t capacity_bytes,
                   const char **problem)
{
    struct loading l = {.reader = {bytes, bytes + size, false}};
    const unsigned char *head = read_bytes(&l.reader, sizeof magic);
    uint32_t checksum = read_u32(&l.reader);
    if (l.reader.failed || memcmp(head, magic, sizeof magic) != 0) {
        fail(&l, "not an image of this variant");
    } else if (checksum != crc32_of(bytes + HEADER_BYTES, size - HEADER_BYTES)) {
        fail(&l, "the checksum differs");
    } else if ((l.heap = rts_heap_new(capacity_bytes)) == NULL) {
        fail(&l, "no memory for the heap");
    } else if (read_objects(&l)) {
        l.problem = rts_verify(l.heap);
    }
    free(l.places);
    if (l.problem != NULL) {
        rts_heap_free(l.heap);
        l.heap = NULL;
    }
    *problem = l.problem;
    return l.heap;
}
