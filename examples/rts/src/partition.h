/*
 * partition.h: the partitioned heap of the incremental collector.
 *
 * The heap is cut into partitions of equal size. Small objects fill a partition from its first
 * word; an object larger than half a partition has a run of partitions of its own and never moves.
 * The heap image of the 64-bit variant is the table below without the marks, and the words in use.
 */
#ifndef RTS_PARTITION_H
#define RTS_PARTITION_H

#include "bitmap.h"
#include "heap.h"

#define PARTITION_WORDS ((word)4096)
#define NO_PARTITION WORD_MAX

enum partition_use {
    USE_FREE,
    USE_SMALL,      /* objects up to half a partition */
    USE_LARGE,      /* the first of a run for one object */
    USE_LARGE_REST, /* the others of that run */
    USE_LEAVING,    /* small objects, being moved away by this collection */
    USES,
};

/*
 * Marked objects are alive in this collection. Gray ones are marked, and their fields have not
 * been looked at. Between collections both sets are empty.
 */
struct partition {
    enum partition_use use;
    word top;       /* words in use; for a large object all of its words */
    word live;      /* words of marked objects */
    word gray;      /* the number of gray objects */
    word gray_from; /* none is gray before this word */
    word gray_next; /* the list of partitions with gray objects */
    bool listed;    /* in that list */
    uint64_t marks[BITMAP_BLOCKS(PARTITION_WORDS)];
    uint64_t grays[BITMAP_BLOCKS(PARTITION_WORDS)];
};

enum gc_phase {
    PHASE_IDLE,
    PHASE_MARK,     /* look at the fields of gray objects */
    PHASE_SELECT,   /* free partitions without live objects, choose which to empty */
    PHASE_EVACUATE, /* copy the live objects of those */
    PHASE_UPDATE,   /* make every field name the copies; unmark */
    PHASE_RELEASE,  /* free the emptied partitions */
};

struct gc {
    struct partition *table;
    word count;    /* partitions in all */
    word high;     /* partitions ever used */
    word free;     /* partitions of use USE_FREE */
    word reserved; /* of those, kept for copies */
    word open;     /* where new objects go, or NO_PARTITION */
    word target;   /* where copies go, or NO_PARTITION */

    enum gc_phase phase;
    word partition; /* where the phase has come to: partition, word in it, field of the object */
    word offset;
    word field;
    word gray_list;
    word scanned;    /* the object whose fields are being marked, or NO_INDEX */
    word evacuating; /* live words of the partitions chosen so far */

    word allocated_in_cycle; /* words since the last collection ended */
    word allocated_in_step;  /* words since the last safepoint */
};

/* Puts words into a heap that has allocated nothing yet; false where they do not fit. */
bool partition_restore(rts_heap *heap, word partition, enum partition_use use, word top);

#endif
