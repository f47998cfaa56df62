/*
 * modules.h: every test module, in the order of what they build on.
 */
#ifndef MODULES_H
#define MODULES_H

#define MODULES(X) \
    X(crc32)       \
    X(bitmap)      \
    X(bytes)       \
    X(utf8)        \
    X(limbs)       \
    X(alloc)       \
    X(value)       \
    X(array)       \
    X(blob)        \
    X(text)        \
    X(rope)        \
    X(smallint)    \
    X(shift)       \
    X(decimal)     \
    X(bigint)      \
    X(key)         \
    X(table)       \
    X(graph)       \
    X(pause)       \
    X(gc)          \
    X(persist)     \
    X(golden)      \
    X(image)       \
    X(upgrade)

#endif
