/*
 * The collector under stress: a random program runs on the heap and on a model of it, and both
 * must agree on every object, its contents, and which objects are the same.
 *
 * The model is an array of nodes, with nothing that moves or is freed behind the program's back.
 * A node's object is an array: its number, a payload that follows from the number, its links.
 */
#include <stdlib.h>
#include <string.h>

#include "test.h"

#define ROOTS 12
#define NODES 700
#define LINKS 12
#define ROUNDS 5000
#define CAPACITY (3 * MIB)

enum { FIELD_NUMBER, FIELD_PAYLOAD, FIELD_LINKS };

#define NO_NODE (-1)

struct node {
    bool used, marked;
    int64_t number; /* never used again for another node */
    size_t links;
    int link[LINKS];
    size_t padding; /* further fields, all null: some objects are large */
};

static struct {
    rts_heap *heap;
    struct node nodes[NODES];
    int roots[ROOTS];
    int64_t next_number;
} world;

/* --- Payloads -------------------------------------------------------------------------------- */

static rts_value bytes_of(rts_heap *heap, int64_t number, bool blob)
{
    char bytes[600];
    size_t size = (size_t)(number * 7919 % (number % 10 == 0 ? 600 : 40));
    memset(bytes, 'a' + (int)(number % 26), size);
    return blob ? rts_blob(heap, bytes, size) : rts_text(heap, bytes, size);
}

static rts_value payload(rts_heap *heap, int64_t number)
{
    switch (number % 5) {
    case 0:
        return bytes_of(heap, number, true);
    case 1:
        return rts_text_concat(heap, bytes_of(heap, number, false),
                               bytes_of(heap, number + 1, false));
    case 2:
        return rts_int_pow(heap, rts_int(heap, number), 9);
    default:
        return rts_int(heap, -number);
    }
}

/* --- The model's nodes ----------------------------------------------------------------------- */

static void mark_from(int node)
{
    if (node == NO_NODE || world.nodes[node].marked) {
        return;
    }
    world.nodes[node].marked = true;
    for (size_t i = 0; i < world.nodes[node].links; i++) {
        mark_from(world.nodes[node].link[i]);
    }
}

static void forget_unreachable(void)
{
    for (size_t i = 0; i < ROOTS; i++) {
        mark_from(world.roots[i]);
    }
    for (size_t i = 0; i < NODES; i++) {
        world.nodes[i].used = world.nodes[i].marked;
        world.nodes[i].marked = false;
    }
}

/* A free node, or NO_NODE where all are reachable. */
static int free_node(void)
{
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < NODES; i++) {
            if (!world.nodes[i].used) {
                return i;
            }
        }
        forget_unreachable();
    }
    return NO_NODE;
}

/* --- Places: a node of the model and its object ---------------------------------------------- */

struct place {
    int node;
    rts_value object;
};

static rts_value root_slot(size_t slot)
{
    return rts_array_get(world.heap, rts_root(world.heap), slot);
}

static rts_value link_of(rts_value object, size_t link)
{
    return rts_array_get(world.heap, object, FIELD_LINKS + link);
}

/* Walks some links from a random root; node NO_NODE where that root is empty. */
static struct place random_place(void)
{
    size_t slot = test_below(ROOTS);
    struct place at = {world.roots[slot], root_slot(slot)};
    for (size_t steps = test_below(12); at.node != NO_NODE && steps > 0; steps--) {
        const struct node *node = &world.nodes[at.node];
        if (node->links == 0) {
            break;
        }
        size_t link = test_below(node->links);
        if (node->link[link] == NO_NODE) {
            break;
        }
        at = (struct place){node->link[link], link_of(at.object, link)};
    }
    return at;
}

static void set_link(struct place at, size_t link, struct place to)
{
    world.nodes[at.node].link[link] = to.node;
    rts_array_set(world.heap, at.object, FIELD_LINKS + link, to.object);
}

/* --- What the program does ------------------------------------------------------------------- */

static void add_node(void)
{
    int number = free_node();
    if (number == NO_NODE) {
        return;
    }
    struct node *node = &world.nodes[number];
    *node =
        (struct node){.used = true, .number = world.next_number++, .links = test_below(LINKS + 1)};
    node->padding = test_below(100) == 0 ? 1000 + test_below(4000) : test_below(8);

    rts_heap *heap = world.heap;
    rts_value object = rts_array(heap, FIELD_LINKS + node->links + node->padding, RTS_NULL);
    rts_array_set(heap, object, FIELD_NUMBER, rts_int(heap, node->number));
    rts_array_set(heap, object, FIELD_PAYLOAD, payload(heap, node->number));
    struct place made = {number, object};
    for (size_t i = 0; i < node->links; i++) {
        node->link[i] = NO_NODE;
        if (test_below(3) > 0) {
            set_link(made, i, random_place());
        }
    }
    struct place holder = random_place();
    if (holder.node != NO_NODE && world.nodes[holder.node].links > 0 && test_below(4) > 0) {
        set_link(holder, test_below(world.nodes[holder.node].links), made);
    } else {
        size_t slot = test_below(ROOTS);
        world.roots[slot] = number;
        rts_array_set(heap, rts_root(heap), slot, object);
    }
}

static void relink(void)
{
    struct place at = random_place(), to = random_place();
    if (at.node != NO_NODE && world.nodes[at.node].links > 0) {
        struct place nothing = {NO_NODE, RTS_NULL};
        set_link(at, test_below(world.nodes[at.node].links), test_below(2) == 0 ? to : nothing);
    }
}

/* A link to another place, and none where it was: what hides objects from a marking that does not
 * hear of it. */
static void move_link(void)
{
    struct place from = random_place(), holder = random_place();
    if (from.node == NO_NODE || holder.node == NO_NODE) {
        return;
    }
    const struct node *source = &world.nodes[from.node];
    if (source->links == 0 || world.nodes[holder.node].links == 0) {
        return;
    }
    size_t link = test_below(source->links);
    struct place moved = {source->link[link], link_of(from.object, link)};
    set_link(from, link, (struct place){NO_NODE, RTS_NULL});
    set_link(holder, test_below(world.nodes[holder.node].links), moved);
}

static void drop_root(void)
{
    size_t slot = test_below(ROOTS);
    world.roots[slot] = NO_NODE;
    rts_array_set(world.heap, rts_root(world.heap), slot, RTS_NULL);
}

/* --- Comparing ------------------------------------------------------------------------------- */

static void compare_from(int number, rts_value object, rts_value *objects)
{
    if (number == NO_NODE) {
        CHECK(rts_is_null(object));
        return;
    }
    struct node *node = &world.nodes[number];
    if (node->marked) {
        CHECK(rts_same(objects[number], object));
        return;
    }
    node->marked = true;
    objects[number] = object;
    rts_heap *heap = world.heap;
    CHECK_INT(rts_array_length(heap, object), FIELD_LINKS + node->links + node->padding);
    CHECK_INT(get_int(heap, rts_array_get(heap, object, FIELD_NUMBER)), node->number);
    CHECK(rts_equal(heap, rts_array_get(heap, object, FIELD_PAYLOAD), payload(heap, node->number)));
    for (size_t i = 0; i < node->links; i++) {
        compare_from(node->link[i], link_of(object, i), objects);
    }
}

static void compare_all(void)
{
    static rts_value objects[NODES];
    for (size_t i = 0; i < ROOTS; i++) {
        compare_from(world.roots[i], root_slot(i), objects);
    }
    for (size_t i = 0; i < NODES; i++) {
        world.nodes[i].marked = false;
    }
}

void test_gc(uint64_t seed)
{
    (void)seed;
    memset(&world, 0, sizeof world);
    world.heap = test_heap(CAPACITY);
    rts_set_root(world.heap, rts_array(world.heap, ROOTS, RTS_NULL));
    for (size_t i = 0; i < ROOTS; i++) {
        world.roots[i] = NO_NODE;
    }
    for (int round = 1; round <= ROUNDS; round++) {
        size_t choice = test_below(100);
        if (choice < 50) {
            add_node();
        } else if (choice < 75) {
            relink();
        } else if (choice < 98) {
            move_link();
        } else {
            drop_root();
        }
        rts_safepoint(world.heap);
        if (test_below(2000) == 0) {
            rts_collect(world.heap);
        }
        if (test_below(3000) == 0) {
            world.heap = test_reborn(world.heap, CAPACITY);
        }
        if (round % 250 == 0) {
            compare_all();
        }
        if (round % 1000 == 0) {
            test_sound(world.heap);
        }
    }
    rts_heap_free(world.heap);
}
