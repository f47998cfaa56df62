/*
 * Big integers against a slow reference: decimal digits, added, multiplied and divided as on
 * paper. It shares nothing with the library, not even the base.
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define DIGITS 420 /* of an operand: from 40 limbs on, which 386 digits have, Karatsuba */
#define ROOM (2 * DIGITS + 2)

/* Lowest digit first; zero has none. */
struct decimal {
    bool negative;
    size_t count;
    unsigned char digits[ROOM];
};

static void trim(struct decimal *d)
{
    while (d->count > 0 && d->digits[d->count - 1] == 0) {
        d->count--;
    }
    d->negative = d->negative && d->count > 0;
}

static int compare(const struct decimal *a, const struct decimal *b)
{
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    for (size_t i = a->count; i-- > 0;) {
        if (a->digits[i] != b->digits[i]) {
            return a->digits[i] < b->digits[i] ? -1 : 1;
        }
    }
    return 0;
}

static void add(struct decimal *r, const struct decimal *a, const struct decimal *b)
{
    size_t count = (a->count > b->count ? a->count : b->count) + 1;
    unsigned carry = 0;
    for (size_t i = 0; i < count; i++) {
        carry += (i < a->count ? a->digits[i] : 0u) + (i < b->count ? b->digits[i] : 0u);
        r->digits[i] = (unsigned char)(carry % 10);
        carry /= 10;
    }
    r->count = count;
    trim(r);
}

/* a - b, which must not be negative. r may be a. */
static void subtract(struct decimal *r, const struct decimal *a, const struct decimal *b)
{
    int borrow = 0;
    r->count = a->count;
    for (size_t i = 0; i < r->count; i++) {
        int digit = a->digits[i] - (i < b->count ? b->digits[i] : 0) - borrow;
        borrow = digit < 0;
        r->digits[i] = (unsigned char)(digit + 10 * borrow);
    }
    trim(r);
}

static void signed_sum(struct decimal *r, const struct decimal *a, const struct decimal *b,
                       bool minus)
{
    bool b_negative = b->negative != minus;
    bool larger = compare(a, b) >= 0;
    r->negative = larger ? a->negative : b_negative;
    if (a->negative == b_negative) {
        add(r, a, b);
    } else {
        subtract(r, larger ? a : b, larger ? b : a);
    }
}

static void multiply(struct decimal *r, const struct decimal *a, const struct decimal *b)
{
    memset(r, 0, sizeof *r);
    r->count = a->count + b->count;
    r->negative = a->negative != b->negative;
    for (size_t i = 0; i < a->count; i++) {
        unsigned carry = 0;
        for (size_t j = 0; j < b->count; j++) {
            carry += r->digits[i + j] + (unsigned)a->digits[i] * b->digits[j];
            r->digits[i + j] = (unsigned char)(carry % 10);
            carry /= 10;
        }
        r->digits[i + b->count] = (unsigned char)carry;
    }
    trim(r);
}

/* Long division, each digit by repeated subtraction. */
static void divide(struct decimal *q, struct decimal *r, const struct decimal *a,
                   const struct decimal *b)
{
    memset(q, 0, sizeof *q);
    memset(r, 0, sizeof *r);
    q->count = a->count;
    for (size_t i = a->count; i-- > 0;) {
        memmove(r->digits + 1, r->digits, r->count);
        r->digits[0] = a->digits[i];
        r->count++;
        trim(r);
        while (compare(r, b) >= 0) {
            subtract(r, r, b);
            q->digits[i]++;
        }
    }
    q->negative = a->negative != b->negative;
    r->negative = a->negative;
    trim(q);
    trim(r);
}

/* Runs of nines and zeros carry far. */
static void random_decimal(struct decimal *d)
{
    d->count = test_below(1 + test_below(DIGITS));
    d->negative = test_below(2) == 0;
    size_t style = test_below(4);
    for (size_t i = 0; i < d->count; i++) {
        d->digits[i] = (unsigned char)(style == 0   ? 9
                                       : style == 1 ? 9 * (i % 7 > 2)
                                                    : test_below(10));
    }
    trim(d);
}

static rts_value from_decimal(rts_heap *heap, const struct decimal *d)
{
    char text[ROOM + 1];
    size_t at = 0;
    if (d->negative) {
        text[at++] = '-';
    }
    for (size_t i = d->count; i-- > 0;) {
        text[at++] = (char)('0' + d->digits[i]);
    }
    if (d->count == 0) {
        text[at++] = '0';
    }
    return rts_int_from_text(heap, rts_text(heap, text, at));
}

static bool is(rts_heap *heap, rts_value value, const struct decimal *expected)
{
    return rts_equal(heap, value, from_decimal(heap, expected));
}

static void check_pair(rts_heap *heap, const struct decimal *a, const struct decimal *b)
{
    struct decimal expected, rest;
    rts_value x = from_decimal(heap, a), y = from_decimal(heap, b);
    signed_sum(&expected, a, b, false);
    CHECK(is(heap, rts_int_add(heap, x, y), &expected));
    signed_sum(&expected, a, b, true);
    CHECK(is(heap, rts_int_sub(heap, x, y), &expected));
    int order = expected.count == 0 ? 0 : expected.negative ? -1 : 1;
    CHECK_INT(rts_int_compare(heap, x, y), order);
    multiply(&expected, a, b);
    CHECK(is(heap, rts_int_mul(heap, x, y), &expected));
    if (b->count > 0) {
        divide(&expected, &rest, a, b);
        CHECK(is(heap, rts_int_div(heap, x, y), &expected));
        CHECK(is(heap, rts_int_rem(heap, x, y), &rest));
    }
    /* Digits back from the library, so that reading them cannot hide a fault of writing. */
    rts_value text = rts_int_to_text(heap, x);
    char digits[ROOM + 1];
    size_t size = rts_text_size(heap, text);
    rts_text_read(heap, text, digits);
    CHECK_INT(size, (a->count == 0 ? 1 : a->count) + a->negative);
    for (size_t i = 0; i < a->count; i++) {
        CHECK_INT(digits[size - 1 - i], '0' + a->digits[i]);
    }
}

void test_bigint(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(2 * MIB);
    struct decimal a, b;
    for (int i = 0; i < 400; i++) {
        random_decimal(&a);
        random_decimal(&b);
        check_pair(heap, &a, &b);
        rts_collect(heap);
    }
    test_sound(heap);
    rts_heap_free(heap);
}
