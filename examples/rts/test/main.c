/*
 * main.c: runs one test module of one variant over a range of seeds.
 */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "test.h"

static const struct module {
    const char *name;
    void (*run)(uint64_t seed);
} modules[] = {
#define ENTRY(name) {#name, test_##name},
    MODULES(ENTRY)
#undef ENTRY
};

static struct {
    const struct module *module;
    uint64_t seed, random;
    const char *file; /* the last check begun */
    int line;
    jmp_buf trap_target;
    bool trap_expected;
    rts_trap trap;
} running;

void test_at(const char *file, int line)
{
    running.file = file;
    running.line = line;
}

_Noreturn void test_fail(const char *what)
{
    printf("FAIL %s %s, seed %" PRIu64 ": %s:%d: %s\n", rts_this_variant()->name,
           running.module->name, running.seed, running.file, running.line, what);
    exit(1);
}

/* The library's own assertions end in abort, from which a handler may call what it likes. */
static void on_abort(int signal)
{
    (void)signal;
    test_fail("aborted at or after this check");
}

void test_equal(const char *what, int64_t got, int64_t expected)
{
    if (got != expected) {
        char text[256];
        snprintf(text, sizeof text, "%s is %" PRId64 ", not %" PRId64, what, got, expected);
        test_fail(text);
    }
}

jmp_buf *test_expect_trap(void)
{
    running.trap_expected = true;
    return &running.trap_target;
}

rts_trap test_trapped(void) { return running.trap; }

static void on_trap(void *context, rts_trap trap, const char *message)
{
    (void)context;
    if (!running.trap_expected) {
        char text[256];
        snprintf(text, sizeof text, "trap at or after this check: %s", message);
        test_fail(text);
    }
    running.trap_expected = false;
    running.trap = trap;
    longjmp(running.trap_target, 1);
}

static rts_heap *watched(rts_heap *heap, const char *problem)
{
    if (heap == NULL) {
        test_fail(problem);
    }
    rts_heap_on_trap(heap, on_trap, NULL);
    return heap;
}

rts_heap *test_heap(size_t capacity)
{
    return watched(rts_heap_new(capacity), "no memory for a heap");
}

rts_heap *test_load(const unsigned char *bytes, size_t size, size_t capacity)
{
    const char *problem;
    rts_heap *heap = rts_load(bytes, size, capacity, &problem);
    return watched(heap, problem);
}

rts_heap *test_reborn(rts_heap *heap, size_t capacity)
{
    rts_image image;
    CHECK(rts_save(heap, &image));
    rts_heap_free(heap);
    heap = test_load(image.bytes, image.size, capacity);
    rts_image_free(&image);
    return heap;
}

void test_sound(rts_heap *heap)
{
    const char *problem = rts_verify(heap);
    if (problem != NULL) {
        test_fail(problem);
    }
}

/* splitmix64 */
uint64_t test_random(void)
{
    uint64_t z = running.random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

size_t test_below(size_t bound) { return (size_t)(test_random() % bound); }

rts_value make_text(rts_heap *heap, const char *utf8) { return rts_text(heap, utf8, strlen(utf8)); }

bool text_is(rts_heap *heap, rts_value text, const char *utf8)
{
    return rts_text_compare(heap, text, make_text(heap, utf8)) == 0;
}

int64_t get_int(rts_heap *heap, rts_value value)
{
    int64_t n = 0;
    CHECK(rts_int_get(heap, value, &n));
    return n;
}

static const struct module *find_module(const char *name)
{
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        if (strcmp(modules[i].name, name) == 0) {
            return &modules[i];
        }
    }
    return NULL;
}

static int usage(void)
{
    fprintf(stderr, "usage: test --module NAME [--seeds FIRST-LAST] | test --list\n");
    return 2;
}

/* FIRST-LAST, both from 1 on. */
static bool parse_seeds(const char *text, uint64_t *first, uint64_t *last)
{
    int end = 0;
    return sscanf(text, "%" SCNu64 "-%" SCNu64 "%n", first, last, &end) == 2 && text[end] == '\0' &&
           *first >= 1 && *first <= *last;
}

static int list(void)
{
    for (size_t i = 0; i < sizeof modules / sizeof modules[0]; i++) {
        printf("%s\n", modules[i].name);
    }
    return 0;
}

int main(int argc, char **argv)
{
    uint64_t first = 1, last = 100;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--list") == 0 && argc == 2) {
            return list();
        }
        if (i + 1 == argc) {
            return usage();
        }
        if (strcmp(argv[i], "--module") == 0) {
            running.module = find_module(argv[++i]);
            if (running.module == NULL) {
                fprintf(stderr, "test: no module %s; see test --list\n", argv[i]);
                return 2;
            }
        } else if (strcmp(argv[i], "--seeds") != 0 || !parse_seeds(argv[++i], &first, &last)) {
            return usage();
        }
    }
    if (running.module == NULL) {
        return usage();
    }
    signal(SIGABRT, on_abort);
    clock_t start = clock();
    for (uint64_t seed = first; seed <= last; seed++) {
        running.seed = running.random = seed;
        test_at("test/main.c", __LINE__);
        running.module->run(seed);
    }
    printf("ok   %-16s %-10s %6.2f s\n", rts_this_variant()->name, running.module->name,
           (double)(clock() - start) / CLOCKS_PER_SEC);
    return 0;
}
