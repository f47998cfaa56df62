/* Ring buffers of bytes: first in, first out, in a memory of fixed size. */
#ifndef RING_H
#define RING_H

#include <stddef.h>

typedef struct {
	unsigned char *bytes;
	size_t size;  /* how many bytes there is room for */
	size_t start; /* where the oldest byte is */
	size_t count; /* how many there are */
} ring;

/* A ring that uses the memory of the caller. */
ring ring_of(void *memory, size_t size);

/* Adds as many bytes as there is room for, and returns how many. */
size_t ring_write(ring *r, const void *bytes, size_t count);

/* Takes up to count of the oldest bytes, and returns how many. */
size_t ring_read(ring *r, void *bytes, size_t count);

#endif
