/* A long life: a ledger that is changed, saved at any moment, and goes on in the next heap. */
#include "test.h"

#define ACCOUNTS 40

static rts_value account(rts_heap *heap, size_t number)
{
    char name[] = "account-00";
    name[8] = (char)('0' + number / 10);
    name[9] = (char)('0' + number % 10);
    return make_text(heap, name);
}

static int64_t balance(rts_heap *heap, size_t number)
{
    rts_value found;
    return rts_table_get(heap, rts_root(heap), account(heap, number), &found) ? get_int(heap, found)
                                                                              : 0;
}

void test_upgrade(uint64_t seed)
{
    (void)seed;
    rts_heap *heap = test_heap(1 * MIB);
    int64_t model[ACCOUNTS] = {0};
    rts_set_root(heap, rts_table(heap));
    for (int generation = 0; generation < 6; generation++) {
        for (size_t i = test_below(700); i > 0; i--) {
            size_t number = test_below(ACCOUNTS);
            int64_t amount = (int64_t)(test_random() >> 24);
            rts_value name = account(heap, number), sum = rts_int(heap, balance(heap, number));
            rts_table_put(heap, rts_root(heap), name,
                          rts_int_add(heap, sum, rts_int(heap, amount)));
            model[number] += amount;
            rts_safepoint(heap);
        }
        /* In the incremental variants a collection is often under way here. */
        heap = test_reborn(heap, (1 + test_below(3)) * MIB);
        for (size_t i = 0; i < ACCOUNTS; i++) {
            CHECK_INT(balance(heap, i), model[i]);
        }
    }
    test_sound(heap);
    rts_heap_free(heap);
}
