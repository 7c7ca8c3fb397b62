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
    uint32_t rank = ranking->starts[bucket] & ~crowded, end = ranking->starts[bucket + 1] & ~crowded;
    while (rank < end) {
        uint32_t middle = rank + (end - rank) / 2;
        if (value <= ranking->thresholds[middle]) end = middle;
        else rank = middle + 1;
    }
    return rank;
}

// The code of a value in a bucket.
INLINE int16_t codeInBucket(const ForestRanking *ranking, float value, int32_t bucket) {
    // Code 1 is that of the lowest rank, biased by 32,768.
    const uint32_t bias = ranking->lowestRank + 32767;
    uint32_t start = ranking->starts[bucket];
    if (__builtin_expect(start >> 31, 0)) return (int16_t)(rankInBucket(ranking, value, bucket) - bias);
    __m128 next = _mm_loadu_ps(ranking->thresholds + start);
    int below = _mm_movemask_ps(_mm_cmplt_ps(next, _mm_set1_ps(value)));
    return (int16_t)(start + __builtin_popcount(below) - bias);
}
