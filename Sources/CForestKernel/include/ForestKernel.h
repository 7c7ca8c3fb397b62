// What the forest engine asks of one processor: divide sets of rows by a comparison, and add leaves to sums.
//
// A block is 512 rows: 32 lines of 16 pixels. A set is a list of items; an item is a block's number (the low
// FOREST_BLOCK_BITS bits) and the slot of its rows, 512 bits, line by line. Codes are biased 16-bit ranks; a
// row goes to the true side if its code is at most the split's. The integer arithmetic is exact, so that
// every processor gives the same result.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#define FOREST_BLOCK_BITS 11

// What a feature has codes for in a block: each pixel of its eight groups, which have four lines each, each line, or
// each row. The code of pixel p in line l is number 32 p + l of its block; that of pixel p in group g is number 16 g + p.
typedef enum { FOREST_PIXELS, FOREST_LINES, FOREST_ROWS } ForestShape;

// A set of rows that has come to a split, and what the split asks of them. Lists have room for whole vectors
// past their end.
typedef struct {
    uint32_t *items;
    // Room for the items of blocks that may have rows on both sides.
    uint32_t *mixed;
    // Eight words a slot.
    uint64_t *rows;
    // The set is [start, end); the false side goes to falseStart.
    int64_t start, end, falseStart;
    // Slots from here on are free.
    int64_t freeSlot;
    const int16_t *codes;
    // By block: the lowest code in the low half, the highest one in the high half.
    const int32_t *bounds;
    // Block b has the pixels b >> pixelsShift.
    int32_t pixelsShift;
    ForestShape shape;
    int16_t code;
} ForestSplitOrder;

// The true side lies at the start of the set, the false side at falseStart.
typedef struct {
    int64_t trueCount, falseCount, freeSlot;
} ForestDivision;

// Where the rank of a value is found: in the bucket of its size. Thresholds ascend; those of bucket b begin at starts[b]
// or up to seven later, and are compared eight at once unless the highest bit says that they are more.
typedef struct {
    const float *thresholds;
    uint32_t count;
    const uint32_t *starts;
    float lowest, scale, lastBucket;
    // Codes count from here.
    uint32_t lowestRank;
    // Of those that have a code.
    float lowestValue, highestValue;
} ForestRanking;

static inline void forestPrefetch(const void *address) { __builtin_prefetch(address); }

// What a processor does to sets; every one gives the same result.
typedef struct {
    ForestDivision (*divide)(const ForestSplitOrder *order);
    // A leaf for all rows of the items [start, end).
    void (*addLeaf)(
        const uint32_t *items, const uint64_t *rows, int64_t start, int64_t end, int32_t *sums, int32_t leaf);
    // A leaf for the rows of the true side and another for those of the false side.
    void (*addLeaves)(const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse);
    // Writes codes[slots[i]], until a value is missing or has none: then it is false. As many values will soon be
    // read from next on.
    bool (*encode)(
        const ForestRanking *ranking, const float *values, int64_t count, const float *next, const int32_t *slots,
        int16_t *codes);
} ForestKernel;

#if defined(__x86_64__)
extern const ForestKernel forestKernelAVX2, forestKernelAVX512;
bool forestHasAVX2(void);
bool forestHasAVX512(void);
#endif
