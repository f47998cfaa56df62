/* testing.h: runs the test of a module with one seed after the other. The file of the
 * module includes it, and defines test. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"

static uint64_t state;

static inline uint64_t number(void)
{
    state += 0x9e3779b97f4a7c15;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

static void test(void);

/* FIRST LAST SEED */
int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    for (uint64_t n = strtoull(argv[1], NULL, 10); n <= strtoull(argv[2], NULL, 10); n++) {
        state = n << 32 ^ strtoull(argv[3], NULL, 10);
        test();
    }
    return 0;
}
