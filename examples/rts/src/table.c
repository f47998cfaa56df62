/*
 * table.c: hash tables with open addressing.
 *
 * The slots are one array of a power of two of pairs, key and value; an empty slot's key is null.
 * At most three quarters are taken. A key lies at the first free slot from its hash on, and a
 * removal moves later keys of the same run up, so no slot needs to say "was taken".
 */
#include "heap.h"

#define FIRST_CAPACITY 8

/* A table's parts. They stay where they are until the next safepoint. */
struct slots {
    word array;
    size_t capacity;
};

static word table_at(rts_heap *heap, rts_value table)
{
    return expect(heap, table, OBJECT_TABLE, "not a table");
}

static struct slots slots_of(const rts_heap *heap, word table)
{
    word array = index_of(field_get(heap, table, TABLE_SLOTS));
    return (struct slots){array, object_payload(heap, array) / 2};
}

static rts_value key_at(const rts_heap *heap, struct slots s, size_t slot)
{
    return value_of(field_get(heap, s.array, (word)(2 * slot)));
}

static rts_value value_at(const rts_heap *heap, struct slots s, size_t slot)
{
    return value_of(field_get(heap, s.array, (word)(2 * slot + 1)));
}

static void set_slot(rts_heap *heap, struct slots s, size_t slot, rts_value key, rts_value value)
{
    field_set(heap, s.array, (word)(2 * slot), word_of(key));
    field_set(heap, s.array, (word)(2 * slot + 1), word_of(value));
}

static size_t home(rts_heap *heap, struct slots s, rts_value key)
{
    uint64_t hash = rts_hash(heap, key);
    return (size_t)(hash ^ hash >> 32) & (s.capacity - 1);
}

/* The key's slot, or the empty one where it would go. */
static size_t find(rts_heap *heap, struct slots s, rts_value key)
{
    size_t slot = home(heap, s, key);
    while (!rts_is_null(key_at(heap, s, slot)) && !rts_equal(heap, key_at(heap, s, slot), key)) {
        slot = (slot + 1) & (s.capacity - 1);
    }
    return slot;
}

static void set_count(rts_heap *heap, word table, size_t count)
{
    field_set(heap, table, TABLE_COUNT, small_word((int64_t)count));
}

rts_value rts_table(rts_heap *heap)
{
    rts_value slots = rts_array(heap, 2 * FIRST_CAPACITY, RTS_NULL);
    word index = object_new(heap, OBJECT_TABLE, TABLE_FIELDS, 0, false);
    heap->memory[index + 1 + TABLE_COUNT] = small_word(0);
    heap->memory[index + 1 + TABLE_SLOTS] = word_of(slots);
    return value_of(reference_to(index));
}

size_t rts_table_count(rts_heap *heap, rts_value table)
{
    return (size_t)small_get(field_get(heap, table_at(heap, table), TABLE_COUNT));
}

bool rts_table_get(rts_heap *heap, rts_value table, rts_value key, rts_value *value)
{
    struct slots s = slots_of(heap, table_at(heap, table));
    size_t slot = find(heap, s, key);
    *value = value_at(heap, s, slot);
    return !rts_is_null(key_at(heap, s, slot));
}

static struct slots grow(rts_heap *heap, word table, struct slots old)
{
    rts_value array = rts_array(heap, 4 * old.capacity, RTS_NULL);
    struct slots s = {index_of(word_of(array)), 2 * old.capacity};
    for (size_t slot = 0; slot < old.capacity; slot++) {
        rts_value key = key_at(heap, old, slot);
        if (!rts_is_null(key)) {
            set_slot(heap, s, find(heap, s, key), key, value_at(heap, old, slot));
        }
    }
    field_set(heap, table, TABLE_SLOTS, word_of(array));
    return s;
}

void rts_table_put(rts_heap *heap, rts_value table, rts_value key, rts_value value)
{
    word at = table_at(heap, table);
    struct slots s = slots_of(heap, at);
    size_t slot = find(heap, s, key), count = rts_table_count(heap, table);
    if (rts_is_null(key_at(heap, s, slot))) {
        if (4 * (count + 1) > 3 * s.capacity) {
            s = grow(heap, at, s);
            slot = find(heap, s, key);
        }
        set_count(heap, at, count + 1);
    }
    set_slot(heap, s, slot, key, value);
}

bool rts_table_remove(rts_heap *heap, rts_value table, rts_value key)
{
    word at = table_at(heap, table);
    struct slots s = slots_of(heap, at);
    size_t hole = find(heap, s, key), mask = s.capacity - 1;
    if (rts_is_null(key_at(heap, s, hole))) {
        return false;
    }
    for (size_t slot = (hole + 1) & mask; !rts_is_null(key_at(heap, s, slot));
         slot = (slot + 1) & mask) {
        rts_value other = key_at(heap, s, slot);
        /* It may move into the hole unless its home lies behind the hole. */
        if (((slot - home(heap, s, other)) & mask) >= ((slot - hole) & mask)) {
            set_slot(heap, s, hole, other, value_at(heap, s, slot));
            hole = slot;
        }
    }
    set_slot(heap, s, hole, RTS_NULL, RTS_NULL);
    set_count(heap, at, rts_table_count(heap, table) - 1);
    return true;
}

bool rts_table_next(rts_heap *heap, rts_value table, size_t *position, rts_value *key,
                    rts_value *value)
{
    struct slots s = slots_of(heap, table_at(heap, table));
    for (; *position < s.capacity; ++*position) {
        if (!rts_is_null(key_at(heap, s, *position))) {
            *key = key_at(heap, s, *position);
            *value = value_at(heap, s, *position);
            ++*position;
            return true;
        }
    }
    return false;
}
