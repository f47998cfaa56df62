#include "limbs.h"

#include <string.h>

#define KARATSUBA_FROM 40 /* limbs; below that, the plain product is faster */

size_t limbs_trim(const limb *a, size_t n)
{
    while (n > 0 && a[n - 1] == 0) {
        n--;
    }
    return n;
}

size_t limbs_from(limb *r, uint64_t value)
{
    r[0] = (limb)value;
    r[1] = (limb)(value >> LIMB_BITS);
    return limbs_trim(r, 2);
}

int limbs_compare(const limb *a, size_t n, const limb *b, size_t m)
{
    if (n != m) {
        return n < m ? -1 : 1;
    }
    while (n-- > 0) {
        if (a[n] != b[n]) {
            return a[n] < b[n] ? -1 : 1;
        }
    }
    return 0;
}

size_t limbs_add(limb *r, const limb *a, size_t n, const limb *b, size_t m)
{
    if (n < m) {
        return limbs_add(r, b, m, a, n);
    }
    uint64_t carry = 0;
    for (size_t i = 0; i < n; i++) {
        carry += (uint64_t)a[i] + (i < m ? b[i] : 0);
        r[i] = (limb)carry;
        carry >>= LIMB_BITS;
    }
    r[n] = (limb)carry;
    return limbs_trim(r, n + 1);
}

size_t limbs_sub(limb *r, const limb *a, size_t n, const limb *b, size_t m)
{
    uint64_t borrow = 0;
    for (size_t i = 0; i < n; i++) {
        uint64_t difference = (uint64_t)a[i] - (i < m ? b[i] : 0) - borrow;
        r[i] = (limb)difference;
        borrow = difference >> 63;
    }
    return limbs_trim(r, n);
}

static void mul_plain(limb *r, const limb *a, size_t n, const limb *b, size_t m)
{
    memset(r, 0, (n + m) * sizeof(limb));
    for (size_t i = 0; i < n; i++) {
        uint64_t carry = 0;
        for (size_t j = 0; j < m; j++) {
            carry += (uint64_t)a[i] * b[j] + r[i + j];
            r[i + j] = (limb)carry;
            carry >>= LIMB_BITS;
        }
        r[i + m] = (limb)carry;
    }
}

/* r += a, where the sum fits the room. */
static void add_into(limb *r, const limb *a, size_t n)
{
    uint64_t carry = 0;
    for (size_t i = 0; i < n || carry != 0; i++) {
        carry += (uint64_t)r[i] + (i < n ? a[i] : 0);
        r[i] = (limb)carry;
        carry >>= LIMB_BITS;
    }
}

/*
 * Karatsuba, for two numbers of n limbs: with a = a1 B + a0 and b = b1 B + b0,
 * a b = a1 b1 B^2 + ((a1 + a0)(b1 + b0) - a1 b1 - a0 b0) B + a0 b0.
 */
static void mul_square(limb *r, const limb *a, const limb *b, size_t n, limb *scratch)
{
    if (n < KARATSUBA_FROM) {
        mul_plain(r, a, n, b, n);
        return;
    }
    size_t low = n / 2, high = n - low, sum = high + 1;
    limb *a_sum = scratch, *b_sum = a_sum + sum, *middle = b_sum + sum, *rest = middle + 2 * sum;
    mul_square(r, a, b, low, rest);
    mul_square(r + 2 * low, a + low, b + low, high, rest);
    limbs_add(a_sum, a + low, high, a, low);
    limbs_add(b_sum, b + low, high, b, low);
    mul_square(middle, a_sum, b_sum, sum, rest);
    limbs_sub(middle, middle, 2 * sum, r, 2 * low);
    size_t count = limbs_sub(middle, middle, 2 * sum, r + 2 * low, 2 * high);
    add_into(r + low, middle, count);
}

size_t limbs_mul_scratch(size_t n, size_t m)
{
    size_t size = n < m ? n : m, total = 2 * size;
    for (; size >= KARATSUBA_FROM; size = size - size / 2 + 1) {
        total += 4 * (size - size / 2 + 1);
    }
    return total;
}

size_t limbs_mul(limb *r, const limb *a, size_t n, const limb *b, size_t m, limb *scratch)
{
    if (n < m) {
        return limbs_mul(r, b, m, a, n, scratch);
    }
    if (m < KARATSUBA_FROM) {
        mul_plain(r, a, n, b, m);
        return limbs_trim(r, n + m);
    }
    /* The longer number in pieces as long as the shorter one. */
    limb *product = scratch, *rest = scratch + 2 * m;
    memset(r, 0, (n + m) * sizeof(limb));
    size_t at = 0;
    for (; n - at >= m; at += m) {
        mul_square(product, a + at, b, m, rest);
        add_into(r + at, product, limbs_trim(product, 2 * m));
    }
    if (at < n) {
        mul_plain(product, a + at, n - at, b, m);
        add_into(r + at, product, limbs_trim(product, n - at + m));
    }
    return limbs_trim(r, n + m);
}

/* r = a * 2^bits over n limbs, bits below LIMB_BITS; what is carried out. */
static limb shift_up(limb *r, const limb *a, size_t n, unsigned bits)
{
    limb carry = 0;
    for (size_t i = 0; i < n; i++) {
        limb above = bits == 0 ? 0 : a[i] >> (LIMB_BITS - bits);
        r[i] = a[i] << bits | carry;
        carry = above;
    }
    return carry;
}

static unsigned leading_zeros(limb a)
{
    unsigned zeros = 0;
    for (; (a & 0x80000000u) == 0; a <<= 1) {
        zeros++;
    }
    return zeros;
}

/* r -= digit * b over m + 1 limbs; whether that went below zero. */
static int subtract_multiple(limb *r, const limb *b, size_t m, uint64_t digit)
{
    uint64_t carry = 0, borrow = 0;
    for (size_t i = 0; i <= m; i++) {
        carry += i < m ? digit * b[i] : 0;
        uint64_t difference = (uint64_t)r[i] - (limb)carry - borrow;
        r[i] = (limb)difference;
        borrow = difference >> 63;
        carry >>= LIMB_BITS;
    }
    return borrow != 0;
}

/* r += b over m + 1 limbs, the carry out of them dropped. */
static void add_back(limb *r, const limb *b, size_t m)
{
    uint64_t carry = 0;
    for (size_t i = 0; i <= m; i++) {
        carry += (uint64_t)r[i] + (i < m ? b[i] : 0);
        r[i] = (limb)carry;
        carry >>= LIMB_BITS;
    }
}

/* Knuth, The Art of Computer Programming 2, 4.3.1, algorithm D. */
size_t limbs_div(limb *q, limb *r, size_t *rest, const limb *a, size_t n, const limb *b, size_t m,
                 limb *scratch)
{
    if (n < m) {
        memcpy(r, a, n * sizeof(limb));
        *rest = n;
        return 0;
    }
    if (m == 1) {
        memcpy(q, a, n * sizeof(limb));
        size_t count = limbs_div_small(q, n, b[0], r);
        *rest = limbs_trim(r, 1);
        return count;
    }
    unsigned shift = leading_zeros(b[m - 1]);
    shift_up(scratch, b, m, shift);
    r[n] = shift_up(r, a, n, shift);
    uint64_t top = scratch[m - 1], second = scratch[m - 2];
    for (size_t i = n - m + 1; i-- > 0;) {
        uint64_t head = (uint64_t)r[i + m] << LIMB_BITS | r[i + m - 1];
        uint64_t digit = head / top, left = head % top;
        while (digit >> LIMB_BITS != 0 || digit * second > (left << LIMB_BITS | r[i + m - 2])) {
            digit--;
            left += top;
            if (left >> LIMB_BITS != 0) {
                break;
            }
        }
        if (subtract_multiple(r + i, scratch, m, digit)) {
            digit--;
            add_back(r + i, scratch, m);
        }
        q[i] = (limb)digit;
    }
    *rest = limbs_shift_right(r, r, limbs_trim(r, m), shift);
    return limbs_trim(q, n - m + 1);
}

size_t limbs_mul_small(limb *a, size_t n, limb by, limb plus)
{
    uint64_t carry = plus;
    for (size_t i = 0; i < n; i++) {
        carry += (uint64_t)a[i] * by;
        a[i] = (limb)carry;
        carry >>= LIMB_BITS;
    }
    a[n] = (limb)carry;
    return limbs_trim(a, n + 1);
}

size_t limbs_div_small(limb *a, size_t n, limb by, limb *rest)
{
    uint64_t left = 0;
    for (size_t i = n; i-- > 0;) {
        left = left << LIMB_BITS | a[i];
        a[i] = (limb)(left / by);
        left %= by;
    }
    *rest = (limb)left;
    return limbs_trim(a, n);
}

size_t limbs_shift_left(limb *r, const limb *a, size_t n, size_t bits)
{
    size_t whole = bits / LIMB_BITS;
    memset(r, 0, whole * sizeof(limb));
    r[whole + n] = shift_up(r + whole, a, n, bits % LIMB_BITS);
    return limbs_trim(r, whole + n + 1);
}

size_t limbs_shift_right(limb *r, const limb *a, size_t n, size_t bits)
{
    size_t whole = bits / LIMB_BITS;
    unsigned part = bits % LIMB_BITS;
    if (whole >= n) {
        return 0;
    }
    for (size_t i = whole; i < n; i++) {
        limb above = i + 1 < n && part > 0 ? a[i + 1] << (LIMB_BITS - part) : 0;
        r[i - whole] = a[i] >> part | above;
    }
    return limbs_trim(r, n - whole);
}
