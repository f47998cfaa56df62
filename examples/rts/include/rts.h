/*
 * rts.h: the interface of the runtime system, the same for every variant.
 *
 * A *heap* is one block of memory that never grows beyond its capacity. A *value* is null, an
 * integer of any size, an array, a blob, a text or a table. A value is either held in the value
 * itself (null and small integers) or an *object* in the heap.
 *
 * Objects move, but only at a *safepoint*: rts_safepoint, rts_collect and rts_save. No other
 * function collects. After a safepoint every value that C code still holds is stale; what is
 * needed again is kept under the heap's one root and read back from there.
 *
 * What cannot go on *traps*: the heap's trap handler is called and must not return. The default
 * handler prints the reason and aborts.
 */
#ifndef RTS_H
#define RTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct rts_heap rts_heap;

/* A struct, so that == does not compile: see rts_same. */
typedef struct rts_value {
    uint64_t bits;
} rts_value;

#define RTS_NULL ((rts_value){1})

typedef enum rts_kind {
    RTS_KIND_NULL,
    RTS_KIND_INT,
    RTS_KIND_ARRAY,
    RTS_KIND_BLOB,
    RTS_KIND_TEXT,
    RTS_KIND_TABLE,
} rts_kind;

typedef enum rts_trap {
    RTS_TRAP_OUT_OF_MEMORY,
    RTS_TRAP_OUT_OF_RANGE,
    RTS_TRAP_WRONG_KIND,
    RTS_TRAP_DIVISION_BY_ZERO,
} rts_trap;

/* Must not return: it exits or jumps away. The heap stays usable after a jump. */
typedef void rts_trap_handler(void *context, rts_trap trap, const char *message);

/* What the linked library is. */
typedef struct rts_variant {
    const char *name;
    unsigned word_bits;
    bool incremental; /* a safepoint does a bounded amount of work */
    bool heap_image;  /* an image is the heap itself, not a stream of its objects */
} rts_variant;

const rts_variant *rts_this_variant(void);

/* --- Heaps ------------------------------------------------------------------------------- */

/* NULL where the system has not that much memory, or a word cannot count it. */
rts_heap *rts_heap_new(size_t capacity_bytes);
void rts_heap_free(rts_heap *heap);
void rts_heap_on_trap(rts_heap *heap, rts_trap_handler *handler, void *context);

rts_value rts_root(const rts_heap *heap);
void rts_set_root(rts_heap *heap, rts_value root);

typedef struct rts_stats {
    uint64_t collections;     /* finished ones */
    uint64_t longest_step;    /* words looked at or moved in the longest safepoint */
    uint64_t allocated_bytes; /* since the heap was made */
    size_t used_bytes;        /* now, garbage included */
} rts_stats;

rts_stats rts_heap_stats(const rts_heap *heap);

/* Safepoints. rts_safepoint collects as much as is due; rts_collect everything unreachable. */
void rts_safepoint(rts_heap *heap);
void rts_collect(rts_heap *heap);

/* NULL, or what is wrong with the first unsound object found. Looks at every reachable object. */
const char *rts_verify(rts_heap *heap);

/* --- Values ------------------------------------------------------------------------------ */

rts_kind rts_kind_of(const rts_heap *heap, rts_value value);

/* The same small value or the same object; not equality of contents. */
static inline bool rts_same(rts_value a, rts_value b) { return a.bits == b.bits; }
static inline bool rts_is_null(rts_value value) { return rts_same(value, RTS_NULL); }

/* Equality and a hash of contents, for integers, blobs and texts: what a table's key can be. */
bool rts_equal(rts_heap *heap, rts_value a, rts_value b);
uint64_t rts_hash(rts_heap *heap, rts_value value);

/* --- Arrays and blobs -------------------------------------------------------------------- */

rts_value rts_array(rts_heap *heap, size_t length, rts_value fill);
size_t rts_array_length(rts_heap *heap, rts_value array);
rts_value rts_array_get(rts_heap *heap, rts_value array, size_t index);
void rts_array_set(rts_heap *heap, rts_value array, size_t index, rts_value value);

rts_value rts_blob(rts_heap *heap, const void *bytes, size_t size);
size_t rts_blob_size(rts_heap *heap, rts_value blob);
void rts_blob_read(rts_heap *heap, rts_value blob, size_t from, void *bytes, size_t size);
/* Negative, zero or positive, byte by byte and then by size. */
int rts_blob_compare(rts_heap *heap, rts_value a, rts_value b);

/* --- Text: a sequence of Unicode scalar values ------------------------------------------- */

/* Null where the bytes are not UTF-8. */
rts_value rts_text(rts_heap *heap, const char *utf8, size_t size);
size_t rts_text_size(rts_heap *heap, rts_value text);   /* in bytes of UTF-8 */
size_t rts_text_length(rts_heap *heap, rts_value text); /* in scalar values */
/* Copies rts_text_size bytes, without a final zero. */
void rts_text_read(rts_heap *heap, rts_value text, char *utf8);
/* Constant time beyond a few bytes: long results share their parts. */
rts_value rts_text_concat(rts_heap *heap, rts_value a, rts_value b);
/* The scalar values from..to-1. */
rts_value rts_text_slice(rts_heap *heap, rts_value text, size_t from, size_t to);
int rts_text_compare(rts_heap *heap, rts_value a, rts_value b);

/* --- Integers of any size ---------------------------------------------------------------- */

rts_value rts_int(rts_heap *heap, int64_t value);
/* False where the value does not fit. */
bool rts_int_get(rts_heap *heap, rts_value value, int64_t *result);
rts_value rts_int_add(rts_heap *heap, rts_value a, rts_value b);
rts_value rts_int_sub(rts_heap *heap, rts_value a, rts_value b);
rts_value rts_int_mul(rts_heap *heap, rts_value a, rts_value b);
/* Rounded towards zero; the remainder has the dividend's sign. */
rts_value rts_int_div(rts_heap *heap, rts_value a, rts_value b);
rts_value rts_int_rem(rts_heap *heap, rts_value a, rts_value b);
rts_value rts_int_neg(rts_heap *heap, rts_value a);
rts_value rts_int_pow(rts_heap *heap, rts_value base, unsigned exponent);
/* a * 2^bits, and a / 2^bits rounded towards zero. */
rts_value rts_int_shift_left(rts_heap *heap, rts_value a, size_t bits);
rts_value rts_int_shift_right(rts_heap *heap, rts_value a, size_t bits);
int rts_int_compare(rts_heap *heap, rts_value a, rts_value b);
rts_value rts_int_to_text(rts_heap *heap, rts_value a);
/* Null where the text is not -?[0-9]+. */
rts_value rts_int_from_text(rts_heap *heap, rts_value text);

/* --- Tables: from integers, blobs and texts to values -------------------------------------- */

rts_value rts_table(rts_heap *heap);
size_t rts_table_count(rts_heap *heap, rts_value table);
/* False, and *value null, where the key is absent. */
bool rts_table_get(rts_heap *heap, rts_value table, rts_value key, rts_value *value);
void rts_table_put(rts_heap *heap, rts_value table, rts_value key, rts_value value);
bool rts_table_remove(rts_heap *heap, rts_value table, rts_value key);
/* Begin with *position 0; false at the end. A change to the table starts the order anew. */
bool rts_table_next(rts_heap *heap, rts_value table, size_t *position, rts_value *key,
                    rts_value *value);

/* --- Persistence --------------------------------------------------------------------------- */

typedef struct rts_image {
    unsigned char *bytes;
    size_t size;
} rts_image;

/*
 * Everything reachable from the root, as bytes. A safepoint. False where the system has no
 * memory for it. The same objects allocated in the same order give the same bytes.
 */
bool rts_save(rts_heap *heap, rts_image *image);
void rts_image_free(rts_image *image);

/*
 * A new heap with the image's objects, or NULL and *problem, a constant string. Any bytes may be
 * given: what is damaged, cut short or of another variant is refused.
 */
rts_heap *rts_load(const unsigned char *bytes, size_t size, size_t capacity_bytes,
                   const char **problem);

#endif
