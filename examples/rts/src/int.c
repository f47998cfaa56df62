/*
 * int.c: integers of any size.
 *
 * An integer that fits a word is a small one, every other an object of sign and limbs, so each
 * integer has one form. Arithmetic goes over limbs in the heap's scratch memory, except for the
 * common case that everything is small.
 */
#include <string.h>

#include "heap.h"
#include "limbs.h"
#include "text.h"

/* The decimal digits of text are worked on nine at a time. */
#define CHUNK_DIGITS 9
#define CHUNK 1000000000u

#define SHIFT_MAX ((size_t)1 << 26) /* bits; more is a mistake sooner than a number */

struct magnitude {
    limb *limbs;
    size_t count;
    bool negative;
};

static bool is_int(const rts_heap *heap, word w)
{
    return is_small(w) || (is_reference(w) && object_kind(heap, index_of(w)) == OBJECT_INT);
}

static word checked(const rts_heap *heap, rts_value value)
{
    if (!is_int(heap, word_of(value))) {
        heap_trap(heap, RTS_TRAP_WRONG_KIND, "not an integer");
    }
    return word_of(value);
}

/* Room for the limbs of an integer. */
static size_t room_for(const rts_heap *heap, word w)
{
    return is_small(w) ? 2 : object_bytes(heap, index_of(w)) / sizeof(limb);
}

static struct magnitude load(const rts_heap *heap, word w, limb *room)
{
    if (is_small(w)) {
        int64_t n = small_get(w);
        uint64_t size = n < 0 ? -(uint64_t)n : (uint64_t)n;
        return (struct magnitude){room, limbs_from(room, size), n < 0};
    }
    word index = index_of(w);
    size_t bytes = object_bytes(heap, index);
    memcpy(room, object_data(heap, index), bytes);
    return (struct magnitude){room, bytes / sizeof(limb), object_negative(heap, index)};
}

static bool fits_int64(struct magnitude m, int64_t *result)
{
    if (m.count > 2) {
        return false;
    }
    uint64_t size = m.count > 0 ? m.limbs[0] : 0;
    if (m.count > 1) {
        size |= (uint64_t)m.limbs[1] << LIMB_BITS;
    }
    if (size > (uint64_t)INT64_MAX + m.negative) {
        return false;
    }
    *result = !m.negative ? (int64_t)size : size == 0 ? 0 : -(int64_t)(size - 1) - 1;
    return true;
}

static rts_value store(rts_heap *heap, struct magnitude m)
{
    int64_t n;
    if (fits_int64(m, &n) && fits_small(n)) {
        return value_of(small_word(n));
    }
    return value_of(reference_to(
        object_from_bytes(heap, OBJECT_INT, m.limbs, m.count * sizeof(limb), m.negative)));
}

rts_value rts_int(rts_heap *heap, int64_t value)
{
    if (fits_small(value)) {
        return value_of(small_word(value));
    }
    limb limbs[2];
    uint64_t size = value < 0 ? -(uint64_t)value : (uint64_t)value;
    return store(heap, (struct magnitude){limbs, limbs_from(limbs, size), value < 0});
}

bool rts_int_get(rts_heap *heap, rts_value value, int64_t *result)
{
    word w = checked(heap, value);
    if (is_small(w)) {
        *result = small_get(w);
        return true;
    }
    limb limbs[2];
    return room_for(heap, w) <= 2 && fits_int64(load(heap, w, limbs), result);
}

/* Two operands, and room behind them for so many more limbs. */
struct operands {
    struct magnitude a, b;
    limb *room;
};

static struct operands load_both(rts_heap *heap, word a, word b, size_t more)
{
    size_t n = room_for(heap, a), m = room_for(heap, b);
    limb *scratch = heap_scratch(heap, (n + m + more) * sizeof(limb));
    return (struct operands){load(heap, a, scratch), load(heap, b, scratch + n), scratch + n + m};
}

static rts_value add_signed(rts_heap *heap, word a, word b, bool negate_b)
{
    if (is_small(a) && is_small(b)) {
        int64_t y = small_get(b);
        return rts_int(heap, small_get(a) + (negate_b ? -y : y));
    }
    struct operands o = load_both(heap, a, b, room_for(heap, a) + room_for(heap, b) + 1);
    struct magnitude sum = {.limbs = o.room, .negative = o.a.negative};
    o.b.negative ^= negate_b;
    if (o.a.negative == o.b.negative) {
        sum.count = limbs_add(sum.limbs, o.a.limbs, o.a.count, o.b.limbs, o.b.count);
    } else if (limbs_compare(o.a.limbs, o.a.count, o.b.limbs, o.b.count) >= 0) {
        sum.count = limbs_sub(sum.limbs, o.a.limbs, o.a.count, o.b.limbs, o.b.count);
    } else {
        sum.count = limbs_sub(sum.limbs, o.b.limbs, o.b.count, o.a.limbs, o.a.count);
        sum.negative = o.b.negative;
    }
    return store(heap, sum);
}

rts_value rts_int_add(rts_heap *heap, rts_value a, rts_value b)
{
    return add_signed(heap, checked(heap, a), checked(heap, b), false);
}

rts_value rts_int_sub(rts_heap *heap, rts_value a, rts_value b)
{
    return add_signed(heap, checked(heap, a), checked(heap, b), true);
}

rts_value rts_int_neg(rts_heap *heap, rts_value a)
{
    return add_signed(heap, small_word(0), checked(heap, a), true);
}

rts_value rts_int_mul(rts_heap *heap, rts_value a, rts_value b)
{
    word x = checked(heap, a), y = checked(heap, b);
    size_t n = room_for(heap, x), m = room_for(heap, y);
    struct operands o = load_both(heap, x, y, n + m + limbs_mul_scratch(n, m));
    struct magnitude product = {.limbs = o.room, .negative = o.a.negative != o.b.negative};
    product.count =
        limbs_mul(product.limbs, o.a.limbs, o.a.count, o.b.limbs, o.b.count, o.room + n + m);
    return store(heap, product);
}

static rts_value divide(rts_heap *heap, rts_value a, rts_value b, bool want_rest)
{
    word x = checked(heap, a), y = checked(heap, b);
    if (y == small_word(0)) {
        heap_trap(heap, RTS_TRAP_DIVISION_BY_ZERO, "division by zero");
    }
    size_t n = room_for(heap, x), m = room_for(heap, y);
    struct operands o = load_both(heap, x, y, 2 * (n + 1) + m);
    struct magnitude quotient = {.limbs = o.room, .negative = o.a.negative != o.b.negative};
    struct magnitude rest = {.limbs = o.room + n + 1, .negative = o.a.negative};
    quotient.count = limbs_div(quotient.limbs, rest.limbs, &rest.count, o.a.limbs, o.a.count,
                               o.b.limbs, o.b.count, o.room + 2 * (n + 1));
    return store(heap, want_rest ? rest : quotient);
}

rts_value rts_int_div(rts_heap *heap, rts_value a, rts_value b)
{
    return divide(heap, a, b, false);
}

rts_value rts_int_rem(rts_heap *heap, rts_value a, rts_value b) { return divide(heap, a, b, true); }

rts_value rts_int_pow(rts_heap *heap, rts_value base, unsigned exponent)
{
    rts_value result = rts_int(heap, 1);
    checked(heap, base);
    for (; exponent > 0; exponent /= 2) {
        if (exponent % 2 == 1) {
            result = rts_int_mul(heap, result, base);
        }
        if (exponent > 1) {
            base = rts_int_mul(heap, base, base);
        }
    }
    return result;
}

rts_value rts_int_shift_left(rts_heap *heap, rts_value a, size_t bits)
{
    word x = checked(heap, a);
    if (bits > SHIFT_MAX) {
        heap_trap(heap, RTS_TRAP_OUT_OF_RANGE, "shift out of range");
    }
    size_t n = room_for(heap, x);
    struct operands o = load_both(heap, x, small_word(0), n + bits / LIMB_BITS + 1);
    size_t count = limbs_shift_left(o.room, o.a.limbs, o.a.count, bits);
    return store(heap, (struct magnitude){o.room, count, o.a.negative});
}

rts_value rts_int_shift_right(rts_heap *heap, rts_value a, size_t bits)
{
    word x = checked(heap, a);
    struct operands o = load_both(heap, x, small_word(0), room_for(heap, x));
    size_t count = limbs_shift_right(o.room, o.a.limbs, o.a.count, bits);
    return store(heap, (struct magnitude){o.room, count, o.a.negative});
}

int rts_int_compare(rts_heap *heap, rts_value a, rts_value b)
{
    word x = checked(heap, a), y = checked(heap, b);
    struct operands o = load_both(heap, x, y, 0);
    if (o.a.negative != o.b.negative) {
        return o.a.negative ? -1 : 1;
    }
    int order = limbs_compare(o.a.limbs, o.a.count, o.b.limbs, o.b.count);
    return o.a.negative ? -order : order;
}

rts_value rts_int_to_text(rts_heap *heap, rts_value a)
{
    word x = checked(heap, a);
    size_t n = room_for(heap, x);
    /* A limb has less than ten digits; then the sign, and the rest of the last chunk. */
    size_t size = 10 * n + 1 + CHUNK_DIGITS;
    struct operands o = load_both(heap, x, small_word(0), size / sizeof(limb) + 1);
    char *end = (char *)o.room + size, *at = end;
    do {
        limb chunk;
        o.a.count = limbs_div_small(o.a.limbs, o.a.count, CHUNK, &chunk);
        for (int i = 0; i < CHUNK_DIGITS; i++, chunk /= 10) {
            *--at = (char)('0' + chunk % 10);
        }
    } while (o.a.count > 0);
    while (*at == '0' && at + 1 < end) {
        at++;
    }
    if (o.a.negative) {
        *--at = '-';
    }
    return value_of(
        reference_to(object_from_bytes(heap, OBJECT_TEXT, at, (size_t)(end - at), false)));
}

rts_value rts_int_from_text(rts_heap *heap, rts_value text)
{
    word flat = text_flat(heap, text);
    const unsigned char *at = object_data(heap, flat), *end = at + object_bytes(heap, flat);
    bool negative = at < end && *at == '-';
    at += negative;
    if (at == end) {
        return RTS_NULL;
    }
    struct magnitude m = {.negative = negative};
    m.limbs = heap_scratch(heap, ((size_t)(end - at) / CHUNK_DIGITS + 2) * sizeof(limb));
    while (at < end) {
        limb chunk = 0, scale = 1;
        for (; scale < CHUNK && at < end; scale *= 10, at++) {
            if (*at < '0' || *at > '9') {
                return RTS_NULL;
            }
            chunk = chunk * 10 + (limb)(*at - '0');
        }
        m.count = limbs_mul_small(m.limbs, m.count, scale, chunk);
    }
    return store(heap, m);
}
