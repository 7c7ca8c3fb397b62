// How a kernel is entered, the same for every processor: included at the end of each, where KERNEL names its processor.

KERNEL static ForestDivision divide(const ForestSplitOrder *order) {
    switch (order->shape) {
    case FOREST_PIXELS: return divideBy(FOREST_PIXELS, order);
    case FOREST_LINES: return divideBy(FOREST_LINES, order);
    case FOREST_ROWS: return divideBy(FOREST_ROWS, order);
    }
}

KERNEL static void addLeaf(
    const uint32_t *items, const uint64_t *rows, int64_t start, int64_t end, int32_t *sums, int32_t leaf) {
    addLeafTo(items + start, end - start, rows, sums, leaf);
}

KERNEL static void addLeaves(const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    switch (order->shape) {
    case FOREST_PIXELS: addLeavesBy(FOREST_PIXELS, order, sums, ifTrue, ifFalse); break;
    case FOREST_LINES: addLeavesBy(FOREST_LINES, order, sums, ifTrue, ifFalse); break;
    case FOREST_ROWS: addLeavesBy(FOREST_ROWS, order, sums, ifTrue, ifFalse); break;
    }
}

// As many values as a superblock has in a row: room for whole vectors.
enum { VALUES_AT_ONCE = 160 };

// Values, buckets and thresholds are looked up one after the other, each for many values: all come from afar, and do not
// wait for each other then.
KERNEL static bool encode(
    const ForestRanking *given, const float *values, int64_t count, const float *next, const int32_t *slots,
    int16_t *codes) {
    // A copy, which no store can change.
    const ForestRanking ranking = *given;
    // Code 1 is that of the lowest rank, biased by 32,768.
    const uint32_t bias = ranking.lowestRank + 32767, crowded = 1u << 31;
    int32_t buckets[VALUES_AT_ONCE];
    uint32_t starts[VALUES_AT_ONCE];
    for (int64_t first = 0; first < count; first += VALUES_AT_ONCE) {
        int some = count - first < VALUES_AT_ONCE ? (int)(count - first) : VALUES_AT_ONCE;
        for (int place = 0; place < some; place += 16) forestPrefetch(next + first + place);
        if (!findBuckets(&ranking, values + first, some, buckets)) return false;
        for (int place = 0; place < some; place++) {
            starts[place] = ranking.starts[buckets[place]];
            forestPrefetch(ranking.thresholds + (starts[place] & ~crowded));
        }
        for (int place = 0; place < some; place++) {
            float value = values[first + place];
            uint32_t start = starts[place], rank;
            if (__builtin_expect(start & crowded, 0)) {
                rank = rankInBucket(&ranking, value, buckets[place]);
            } else {
                __m256 near = _mm256_loadu_ps(ranking.thresholds + start);
                __m256 isBelow = _mm256_cmp_ps(near, _mm256_set1_ps(value), _CMP_LT_OQ);
                rank = start + (uint32_t)__builtin_popcount(_mm256_movemask_ps(isBelow));
            }
            codes[slots[first + place]] = (int16_t)(rank - bias);
        }
    }
    return true;
}
