/*
 * text.h: texts, for the library's own modules.
 */
#ifndef RTS_TEXT_H
#define RTS_TEXT_H

#include "heap.h"

/* The index of a text that is one object of bytes, with the same contents. Allocates for a
 * concatenation that has not been flattened before. */
word text_flat(rts_heap *heap, rts_value text);

/* The size in bytes, and the length in scalar values, of a value known to be a text. */
size_t text_size(const rts_heap *heap, word value);
size_t text_length(const rts_heap *heap, word value);

#endif
