/* Limb arithmetic: products and quotients that must fit together, in rooms of the exact size. */
#include "limbs.h"

#include <stdlib.h>
#include <string.h>

#include "test.h"

static limb *room(size_t count)
{
    limb *limbs = calloc(count + 1, sizeof(limb));
    CHECK(limbs != NULL);
    return limbs;
}

/* Limbs of all ones and zeros are where carries go wrong. */
static size_t fill(limb *a, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t choice = test_below(4);
        a[i] = choice == 0 ? 0 : choice == 1 ? 0xffffffff : (limb)test_random();
    }
    return limbs_trim(a, n);
}

/* (a * b + r) / b is a, with the rest r, for an r below b. */
static void product_and_quotient(size_t n, size_t m)
{
    limb *a = room(n), *b = room(m), *product = room(n + m), *sum = room(n + m + 1);
    limb *q = room(n + m + 2), *r = room(n + m + 2), *mul = room(limbs_mul_scratch(n, m));
    limb *div = room(m), *below = room(m);
    size_t an = fill(a, n), bm = fill(b, m), rest;
    if (bm == 0) {
        b[0] = 7;
        bm = 1;
    }
    size_t rn = limbs_sub(below, b, bm, (const limb[]){1}, 1);
    size_t pn = limbs_mul(product, a, an, b, bm, mul);
    size_t sn = limbs_add(sum, product, pn, below, rn);
    size_t qn = limbs_div(q, r, &rest, sum, sn, b, bm, div);
    CHECK(limbs_compare(q, qn, a, an) == 0);
    CHECK(limbs_compare(r, rest, below, rn) == 0);

    size_t other = limbs_mul(sum, b, bm, a, an, mul);
    CHECK(limbs_compare(sum, other, product, pn) == 0);

    limb *all[] = {a, b, product, sum, q, r, mul, div, below};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        free(all[i]);
    }
}

static void shifts(size_t n, size_t bits)
{
    limb *a = room(n), *left = room(n + bits / LIMB_BITS + 1),
         *back = room(n + bits / LIMB_BITS + 1);
    size_t an = fill(a, n);
    size_t count = limbs_shift_left(left, a, an, bits);
    count = limbs_shift_right(back, left, count, bits);
    CHECK(limbs_compare(back, count, a, an) == 0);
    CHECK_INT(limbs_shift_right(back, a, an, an * LIMB_BITS), 0);
    free(a);
    free(left);
    free(back);
}

void test_limbs(uint64_t seed)
{
    (void)seed;
    for (size_t size = 1; size <= 12; size++) {
        product_and_quotient(size, 1 + test_below(12));
        shifts(size, test_below(200));
    }
    product_and_quotient(100 + test_below(100), 100 + test_below(100)); /* Karatsuba */
    product_and_quotient(300, 45);                                      /* in pieces */
}
