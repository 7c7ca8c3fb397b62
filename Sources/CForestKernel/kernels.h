// What the kernels share; each compiles it for its own processor.
#pragma once
#include "ForestKernel.h"
#include <immintrin.h>

#define BLOCK_MASK ((1u << FOREST_BLOCK_BITS) - 1)
#define INLINE __attribute__((always_inline)) static inline

typedef struct {
    int64_t trueCount, falseCount, mixedCount;
} Sorting;

// Moves the items whose blocks lie on one side, by their bounds, and lists the others. Written to all three lists and
// counted in one: no branch to mispredict.
INLINE Sorting sortOneByOne(const ForestSplitOrder *order) {
    uint32_t *trueEnd = order->items + order->start, *falseEnd = order->items + order->falseStart;
    uint32_t *mixedEnd = order->mixed;
    for (int64_t place = order->start; place < order->end; place++) {
        uint32_t item = order->items[place];
        int32_t bounds = order->bounds[item & BLOCK_MASK];
        int isTrue = (int16_t)(bounds >> 16) <= order->code, isFalse = (int16_t)bounds > order->code;
        *trueEnd = *falseEnd = *mixedEnd = item;
        trueEnd += isTrue;
        falseEnd += isFalse;
        mixedEnd += !(isTrue | isFalse);
    }
    return (Sorting){
        trueEnd - order->items - order->start, falseEnd - order->items - order->falseStart,
        mixedEnd - order->mixed};
}

// By halving, where a bucket holds many thresholds: how many are below the value.
__attribute__((noinline, unused)) static uint32_t rankInBucket(
    const ForestRanking *ranking, float value, int32_t bucket) {
    const uint32_t crowded = 1u << 31;
    // The next bucket may begin too early.
    uint32_t rank = ranking->starts[bucket] & ~crowded, end = (ranking->starts[bucket + 1] & ~crowded) + 8;
    if (end > ranking->count) end = ranking->count;
    while (rank < end) {
        uint32_t middle = rank + (end - rank) / 2;
        if (value <= ranking->thresholds[middle]) end = middle;
        else rank = middle + 1;
    }
    return rank;
}
