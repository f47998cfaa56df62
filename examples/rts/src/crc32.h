/*
 * crc32.h: the checksum of an image, as in zip and PNG.
 */
#ifndef RTS_CRC32_H
#define RTS_CRC32_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32_of(const void *bytes, size_t size);

#endif
