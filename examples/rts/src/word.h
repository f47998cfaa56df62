/*
 * word.h: the unit of the heap, and how a value is held in one.
 *
 *     ...n0   the small integer n
 *     0...01  null
 *     ...i1   the object whose header is word i - 1 of the heap
 *
 * References are indices, never addresses: a heap can be copied, saved and mapped elsewhere.
 */
#ifndef RTS_WORD_H
#define RTS_WORD_H

#include "rts.h"

/* Limbs and texts are bytes of words, and images hold them as they are. */
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the heap's layout is little-endian"
#endif

#if RTS_WORD_BITS == 32
typedef uint32_t word;
typedef int32_t sword;
#elif RTS_WORD_BITS == 64
typedef uint64_t word;
typedef int64_t sword;
#else
#error "RTS_WORD_BITS must be 32 or 64"
#endif

#define WORD_MAX ((word) ~(word)0)
#define NULL_WORD ((word)1)
#define SMALL_MAX ((sword)(WORD_MAX >> 2))
#define SMALL_MIN (-SMALL_MAX - 1)

/* Not an index: no object starts at the last word. */
#define NO_INDEX WORD_MAX

static inline bool is_small(word w) { return (w & 1) == 0; }
static inline bool is_reference(word w) { return (w & 1) == 1 && w != NULL_WORD; }

static inline bool fits_small(int64_t n) { return n >= SMALL_MIN && n <= SMALL_MAX; }
static inline word small_word(int64_t n) { return (word)n << 1; }
/* The shift is arithmetic, as in every compiler that this is built with. */
static inline sword small_get(word w) { return (sword)w >> 1; }

static inline word reference_to(word index) { return (index + 1) << 1 | 1; }
static inline word index_of(word reference) { return (reference >> 1) - 1; }

static inline word word_of(rts_value value) { return (word)value.bits; }
static inline rts_value value_of(word w) { return (rts_value){w}; }

#endif
