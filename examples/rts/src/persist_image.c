/*
 * persist_image.c: an image that is the heap itself, for the 64-bit variant.
 *
 *     "RTSHEAP1"  eight bytes
 *     checksum    CRC-32 of all that follows, four bytes
 *     partitions  how many, four bytes
 *     root        a word
 *     use, top    a word each for every partition
 *     words       of each partition in use, as they lie in memory, up to its top
 *
 * References are indices, so the words are copied back unread: loading costs a copy, and no
 * object is looked at one by one but to verify it. Saving collects first, so an image has no marks,
 * no moved objects and little garbage.
 */
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "crc32.h"
#include "gc.h"
#include "partition.h"

static const char magic[8] = "RTSHEAP1";

#define CHECKED_FROM 12 /* the first byte that the checksum covers */

static void write_word(struct writer *writer, word w) { write_bytes(writer, &w, sizeof w); }

static word read_word(struct reader *reader)
{
    word w = 0;
    const unsigned char *bytes = read_bytes(reader, sizeof w);
    if (bytes != NULL) {
        memcpy(&w, bytes, sizeof w);
    }
    return w;
}

/* A large object's words go on into the partitions after its own. */
static word words_at(const struct partition *p) { return p->use == USE_LARGE_REST ? 0 : p->top; }

static void write_heap(struct writer *writer, const rts_heap *heap)
{
    const struct gc *gc = heap->gc;
    write_u32(writer, (uint32_t)gc->high);
    write_word(writer, heap->root);
    for (word p = 0; p < gc->high; p++) {
        write_word(writer, gc->table[p].use);
        write_word(writer, words_at(&gc->table[p]));
    }
    for (word p = 0; p < gc->high; p++) {
        write_bytes(writer, &heap->memory[p * PARTITION_WORDS],
                    words_at(&gc->table[p]) * sizeof(word));
    }
}

bool rts_save(rts_heap *heap, rts_image *image)
{
    gc_collect(heap);
    struct writer writer = {0};
    write_bytes(&writer, magic, sizeof magic);
    write_u32(&writer, 0);
    write_heap(&writer, heap);
    if (writer.failed) {
        free(writer.bytes);
        return false;
    }
    write_u32_at(&writer, sizeof magic,
                 crc32_of(writer.bytes + CHECKED_FROM, writer.size - CHECKED_FROM));
    *image = (rts_image){writer.bytes, writer.size};
    return true;
}

void rts_image_free(rts_image *image)
{
    free(image->bytes);
    *image = (rts_image){0};
}

static const char *restore_partition(rts_heap *heap, word partition, word use, word top)
{
    switch (use) {
    case USE_FREE:
        return NULL;
    case USE_LARGE_REST:
        return heap->gc->table[partition].use == USE_LARGE_REST ? NULL : "a lost partition";
    case USE_SMALL:
    case USE_LARGE:
        return partition_restore(heap, partition, (enum partition_use)use, top)
                   ? NULL
                   : "the heap is too small for the image";
    default:
        return "a partition of unknown use";
    }
}

/* The table says twice where a large object's run ends: in its top, and in the uses that follow. */
static const char *read_heap(struct reader *reader, rts_heap *heap)
{
    word partitions = read_u32(reader);
    heap->root = read_word(reader);
    if (reader->failed || partitions > (size_t)(reader->end - reader->at) / (2 * sizeof(word))) {
        return "the image ends early";
    }
    for (word p = 0; p < partitions; p++) {
        word use = read_word(reader), top = read_word(reader);
        const char *problem = restore_partition(heap, p, use, top);
        if (problem != NULL) {
            return problem;
        }
    }
    if (heap->gc->high > partitions) {
        return "a large object without its end";
    }
    for (word p = 0; p < partitions; p++) {
        word words = words_at(&heap->gc->table[p]);
        const unsigned char *bytes = read_bytes(reader, words * sizeof(word));
        if (bytes == NULL) {
            return "the image ends early";
        }
        memcpy(&heap->memory[p * PARTITION_WORDS], bytes, words * sizeof(word));
    }
    return reader->at == reader->end ? rts_verify(heap) : "bytes after the image's end";
}

rts_heap *rts_load(const unsigned char *bytes, size_t size, size_t capacity_bytes,
                   const char **problem)
{
    struct reader reader = {bytes, bytes + size, false};
    const unsigned char *head = read_bytes(&reader, sizeof magic);
    uint32_t checksum = read_u32(&reader);
    *problem = NULL;
    if (reader.failed || memcmp(head, magic, sizeof magic) != 0) {
        *problem = "not an image of this variant";
        return NULL;
    }
    if (checksum != crc32_of(bytes + CHECKED_FROM, size - CHECKED_FROM)) {
        *problem = "the checksum differs";
        return NULL;
    }
    rts_heap *heap = rts_heap_new(capacity_bytes);
    *problem = heap == NULL ? "no memory for the heap" : read_heap(&reader, heap);
    if (*problem != NULL) {
        rts_heap_free(heap);
        return NULL;
    }
    return heap;
}
