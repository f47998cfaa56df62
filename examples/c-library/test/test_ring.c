#include <stdio.h>
#include <string.h>

#include "ring.h"

#define CHECK(what)                                                        \
	do {                                                               \
		if (!(what)) {                                             \
			printf("%s:%d: %s\n", __FILE__, __LINE__, #what);  \
			return 1;                                          \
		}                                                          \
	} while (0)

int main(void)
{
	unsigned char memory[4], got[4];
	ring r = ring_of(memory, sizeof memory);

	CHECK(ring_read(&r, got, 4) == 0);
	CHECK(ring_write(&r, "abc", 3) == 3);
	CHECK(ring_read(&r, got, 2) == 2 && memcmp(got, "ab", 2) == 0);
	/* Around the end of the memory, and no more than there is room for. */
	CHECK(ring_write(&r, "defgh", 5) == 3);
	CHECK(ring_read(&r, got, 9) == 4 && memcmp(got, "cdef", 4) == 0);
	CHECK(r.count == 0);
	puts("ok");
	return 0;
}
