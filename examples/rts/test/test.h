/*
 * test.h: what a test module is written with.
 *
 * A module is a function test_NAME in test_NAME.c and a line in modules.h. It is called once for
 * each seed, and takes every random choice from that seed's numbers, so that
 * `build/VARIANT/test --module NAME --seeds 17-17` repeats a failure. The first failed check ends
 * the process with a line that names variant, module, seed, file and line.
 */
#ifndef TEST_H
#define TEST_H

#include <setjmp.h>

#include "modules.h"
#include "rts.h"

#define DECLARE_MODULE(name) void test_##name(uint64_t seed);
MODULES(DECLARE_MODULE)

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)

/* Where it stands is noted first, for a trap within the condition. */
#define CHECK(condition) \
    (test_at(__FILE__, __LINE__), (condition) ? (void)0 : test_fail(#condition))
#define CHECK_INT(got, expected) \
    (test_at(__FILE__, __LINE__), test_equal(#got, (int64_t)(got), (int64_t)(expected)))

/* The statement must trap for that reason. */
#define CHECK_TRAPS(reason, statement)          \
    do {                                        \
        test_at(__FILE__, __LINE__);            \
        if (setjmp(*test_expect_trap()) == 0) { \
            statement;                          \
            test_fail("no trap: " #statement);  \
        }                                       \
        CHECK_INT(test_trapped(), reason);      \
    } while (0)

void test_at(const char *file, int line);
_Noreturn void test_fail(const char *what);
void test_equal(const char *what, int64_t got, int64_t expected);
jmp_buf *test_expect_trap(void);
rts_trap test_trapped(void);

/* A heap whose unexpected traps fail the test; free it at the module's end. */
rts_heap *test_heap(size_t capacity);
/* The same for a heap loaded from an image, which must be possible. */
rts_heap *test_load(const unsigned char *bytes, size_t size, size_t capacity);
/* Saves the heap, frees it, and gives what is loaded from its image. */
rts_heap *test_reborn(rts_heap *heap, size_t capacity);
/* Fails with the problem where the heap is not sound. */
void test_sound(rts_heap *heap);

/* Random numbers of the running seed: any, and below a bound that is not 0. */
uint64_t test_random(void);
size_t test_below(size_t bound);

rts_value make_text(rts_heap *heap, const char *utf8);
bool text_is(rts_heap *heap, rts_value text, const char *utf8);
int64_t get_int(rts_heap *heap, rts_value value);

#endif
