/*
 * limbs.h: arithmetic on natural numbers of any size.
 *
 * A number is an array of 32-bit limbs, lowest first, with its count; zero has none, and in every
 * other the highest is not zero. Nothing here allocates: the caller gives the room, which must
 * not overlap the operands unless it says so. Each function returns the result's count.
 */
#ifndef RTS_LIMBS_H
#define RTS_LIMBS_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t limb;

#define LIMB_BITS 32

/* The count without leading zeros. */
size_t limbs_trim(const limb *a, size_t n);
size_t limbs_from(limb *r, uint64_t value); /* room for 2 */
int limbs_compare(const limb *a, size_t n, const limb *b, size_t m);

/* Room for max(n, m) + 1. */
size_t limbs_add(limb *r, const limb *a, size_t n, const limb *b, size_t m);
/* a - b, which must not be negative; room for n. May overwrite a or b. */
size_t limbs_sub(limb *r, const limb *a, size_t n, const limb *b, size_t m);

/* Room for n + m, and scratch for limbs_mul_scratch(n, m). */
size_t limbs_mul(limb *r, const limb *a, size_t n, const limb *b, size_t m, limb *scratch);
size_t limbs_mul_scratch(size_t n, size_t m);

/* q = a / b, r = a % b, b not zero. Room for n + 1 in q and in r, and for m in scratch.
 * Returns q's count; r's is *rest. */
size_t limbs_div(limb *q, limb *r, size_t *rest, const limb *a, size_t n, const limb *b, size_t m,
                 limb *scratch);

/* In place: a = a * by + plus, room for n + 1; and a = a / by, with the remainder. */
size_t limbs_mul_small(limb *a, size_t n, limb by, limb plus);
size_t limbs_div_small(limb *a, size_t n, limb by, limb *rest);

/* Room for n + bits / LIMB_BITS + 1; and for n, where r may be a. */
size_t limbs_shift_left(limb *r, const limb *a, size_t n, size_t bits);
size_t limbs_shift_right(limb *r, const limb *a, size_t n, size_t bits);

#endif
