#include "ring.h"

ring ring_of(void *memory, size_t size)
{
	return (ring){ .bytes = memory, .size = size };
}

size_t ring_write(ring *r, const void *bytes, size_t count)
{
	const unsigned char *from = bytes;
	size_t n = 0;

	for (; n < count && r->count < r->size; n++, r->count++)
		r->bytes[(r->start + r->count) % r->size] = from[n];
	return n;
}

size_t ring_read(ring *r, void *bytes, size_t count)
{
	unsigned char *to = bytes;
	size_t n = 0;

	for (; n < count && r->count > 0; n++, r->count--) {
		to[n] = r->bytes[r->start];
		r->start = (r->start + 1) % r->size;
	}
	return n;
}
