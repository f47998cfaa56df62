/*
 * verify.c: whether a heap is sound, however it came to be.
 *
 * Nothing is followed before it has been checked, so that a heap loaded from foreign bytes can be
 * looked at. First every reachable object's place and size: it lies in allocated words and shares
 * none with another. Then, with all headers known to be right, what each kind promises.
 */
#include <stdlib.h>

#include "bitmap.h"
#include "gc.h"
#include "limbs.h"
#include "text.h"
#include "trace.h"
#include "utf8.h"

struct verification {
    const rts_heap *heap;
    uint64_t *starts;  /* headers of objects found */
    uint64_t *covered; /* words of objects found */
    struct stack pending;
    const char *problem;
};

static bool fail(struct verification *v, const char *problem)
{
    v->problem = problem;
    return false;
}

/* A moved object counts as its copy; only a collection under way leaves some. */
static bool reach(struct verification *v, word value)
{
    if (!is_reference(value)) {
        return true;
    }
    word index = index_of(value);
    if (gc_allocated_end(v->heap, index) == 0) {
        return fail(v, "a reference to words that are not allocated");
    }
    if (object_kind(v->heap, index) == OBJECT_MOVED && !gc_idle(v->heap)) {
        return reach(v, reference_to(v->heap->memory[index + 1]));
    }
    if (bitmap_get(v->starts, index)) {
        return true;
    }
    bitmap_set(v->starts, index);
    return stack_push(&v->pending, index) || fail(v, "no memory to verify with");
}

static bool check_place(struct verification *v, word index)
{
    enum object_kind kind = object_kind(v->heap, index);
    if (kind <= OBJECT_MOVED || kind >= OBJECT_KINDS) {
        return fail(v, "an object of unknown kind");
    }
    word payload = object_payload(v->heap, index);
    if (words_for(payload) > gc_allocated_end(v->heap, index) - index) {
        return fail(v, "an object longer than the allocated words");
    }
    if (!bitmap_set_range(v->covered, index, index + words_for(payload))) {
        return fail(v, "two objects share words");
    }
    size_t slack = header_slack(v->heap->memory[index]);
    if (slack >= sizeof(word) || (payload == 0 && slack > 0)) {
        return fail(v, "an object with more slack than payload");
    }
    word fields = object_fields(v->heap, index);
    for (word i = 0; i < fields; i++) {
        if (!reach(v, v->heap->memory[index + 1 + i])) {
            return false;
        }
    }
    return true;
}

static bool is_kind(const rts_heap *heap, word w, enum object_kind kind)
{
    return is_reference(w) && object_kind(heap, index_of(w)) == kind;
}

static bool sound_int(const rts_heap *heap, word index)
{
    size_t count = object_bytes(heap, index) / sizeof(limb);
    const limb *limbs = (const limb *)(const void *)object_data(heap, index);
    if (object_bytes(heap, index) % sizeof(limb) != 0 || limbs_trim(limbs, count) != count) {
        return false;
    }
    int64_t n;
    return count > 0 &&
           !(rts_int_get((rts_heap *)heap, value_of(reference_to(index)), &n) && fits_small(n));
}

static bool is_text(const rts_heap *heap, word w)
{
    if (is_kind(heap, w, OBJECT_CONCAT)) {
        word index = index_of(w);
        return object_payload(heap, index) == CONCAT_FIELDS &&
               is_small(field_get(heap, index, CONCAT_SIZE)) &&
               is_small(field_get(heap, index, CONCAT_LENGTH));
    }
    return is_kind(heap, w, OBJECT_TEXT);
}

/* Parts are never empty, so they are shorter than the whole: a concatenation cannot hold itself. */
static bool sound_concat(const rts_heap *heap, word index)
{
    word whole = reference_to(index);
    if (!is_text(heap, whole)) {
        return false;
    }
    word left = field_get(heap, index, CONCAT_LEFT), right = field_get(heap, index, CONCAT_RIGHT);
    if (right == NULL_WORD) {
        return is_kind(heap, left, OBJECT_TEXT) &&
               text_size(heap, left) == text_size(heap, whole) &&
               text_length(heap, left) == text_length(heap, whole);
    }
    if (!is_text(heap, left) || !is_text(heap, right)) {
        return false;
    }
    size_t n = text_size(heap, left), m = text_size(heap, right), size = text_size(heap, whole);
    return n > 0 && m > 0 && n < size && m == size - n &&
           text_length(heap, left) + text_length(heap, right) == text_length(heap, whole);
}

static bool is_key(const rts_heap *heap, word w)
{
    return is_small(w) || is_text(heap, w) || is_kind(heap, w, OBJECT_BLOB) ||
           is_kind(heap, w, OBJECT_INT);
}

static bool sound_table(const rts_heap *heap, word index)
{
    if (object_payload(heap, index) != TABLE_FIELDS ||
        !is_kind(heap, field_get(heap, index, TABLE_SLOTS), OBJECT_ARRAY)) {
        return false;
    }
    word slots = index_of(field_get(heap, index, TABLE_SLOTS)), size = object_payload(heap, slots);
    if (size < 4 || (size & (size - 1)) != 0) {
        return false;
    }
    word keys = 0;
    for (word i = 0; i < size; i += 2) {
        word key = field_get(heap, slots, i);
        if (key != NULL_WORD && !is_key(heap, key)) {
            return false;
        }
        keys += key != NULL_WORD;
    }
    return field_get(heap, index, TABLE_COUNT) == small_word((int64_t)keys) && keys < size / 2;
}

static bool check_kind(struct verification *v, word index)
{
    const rts_heap *heap = v->heap;
    switch (object_kind(heap, index)) {
    case OBJECT_TEXT:
        return utf8_valid(object_data(heap, index), object_bytes(heap, index)) ||
               fail(v, "a text that is not UTF-8");
    case OBJECT_CONCAT:
        return sound_concat(heap, index) || fail(v, "a concatenation that is not its parts");
    case OBJECT_INT:
        return sound_int(heap, index) || fail(v, "an integer not in its one form");
    case OBJECT_TABLE:
        return sound_table(heap, index) || fail(v, "a table that does not count its keys");
    case OBJECT_ARRAY:
    case OBJECT_BLOB:
        return true;
    case OBJECT_MOVED:
    case OBJECT_KINDS:
        break;
    }
    return fail(v, "an object of unknown kind");
}

static bool verify_all(struct verification *v)
{
    word limit = v->heap->capacity;
    if (v->starts == NULL || v->covered == NULL) {
        return fail(v, "no memory to verify with");
    }
    if (!reach(v, v->heap->root)) {
        return false;
    }
    while (v->pending.count > 0) {
        if (!check_place(v, v->pending.words[--v->pending.count])) {
            return false;
        }
    }
    for (size_t at = bitmap_next(v->starts, 0, limit); at < limit;
         at = bitmap_next(v->starts, at + 1, limit)) {
        if (!check_kind(v, (word)at)) {
            return false;
        }
    }
    return true;
}

const char *rts_verify(rts_heap *heap)
{
    struct verification v = {
        .heap = heap,
        .starts = bitmap_new(heap->capacity),
        .covered = bitmap_new(heap->capacity),
    };
    verify_all(&v);
    stack_free(&v.pending);
    free(v.starts);
    free(v.covered);
    return v.problem;
}
