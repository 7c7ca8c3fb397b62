#if defined(__x86_64__)
#include "kernels.h"

#define KERNEL __attribute__((target("avx2,bmi,bmi2,popcnt")))

bool forestHasAVX2(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")
        && __builtin_cpu_supports("popcnt");
}

// The rows of a block: 16 lines each.
typedef struct {
    __m256i low, high;
} Rows;

KERNEL INLINE Rows loadRows(const void *rows) {
    return (Rows){_mm256_load_si256(rows), _mm256_load_si256((const __m256i *)rows + 1)};
}

KERNEL INLINE void storeRows(void *place, Rows rows) {
    _mm256_store_si256(place, rows.low);
    _mm256_store_si256((__m256i *)place + 1, rows.high);
}

KERNEL INLINE __m256i loadCodes(const int16_t *codes) { return _mm256_loadu_si256((const __m256i *)codes); }

// A bit for each of 32 lanes of 16 bits that are all ones or all zeros.
KERNEL INLINE uint32_t bitsOf(__m256i low, __m256i high) {
    __m256i bytes = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xD8);
    return (uint32_t)_mm256_movemask_epi8(bytes);
}

// Which rows have a code of at most that of the split, which is given plus one: one bit after the other. Some code of
// the block is above it, so that one more is a code, too.
KERNEL INLINE Rows holdsInRows(const int16_t *codes, __m256i next) {
    __m256i low = _mm256_setzero_si256(), high = low;
    for (int pixel = 15; pixel >= 0; pixel--) {
        // What holds gives -1.
        low = _mm256_sub_epi16(_mm256_add_epi16(low, low), _mm256_cmpgt_epi16(next, loadCodes(codes + 32 * pixel)));
        high = _mm256_sub_epi16(
            _mm256_add_epi16(high, high), _mm256_cmpgt_epi16(next, loadCodes(codes + 32 * pixel + 16)));
    }
    return (Rows){low, high};
}

// A line's 16 rows are just the width of its code.
KERNEL INLINE Rows holdsInLines(const int16_t *codes, __m256i next) {
    return (Rows){_mm256_cmpgt_epi16(next, loadCodes(codes)), _mm256_cmpgt_epi16(next, loadCodes(codes + 16))};
}

// Eight groups, four lines each.
KERNEL INLINE Rows holdsInPixels(const int16_t *codes, __m256i next) {
    uint64_t four[8];
    for (int pair = 0; pair < 4; pair++) {
        uint32_t bits = bitsOf(
            _mm256_cmpgt_epi16(next, loadCodes(codes + 32 * pair)),
            _mm256_cmpgt_epi16(next, loadCodes(codes + 32 * pair + 16)));
        four[2 * pair] = (bits & 0xFFFF) * 0x0001000100010001u;
        four[2 * pair + 1] = (bits >> 16) * 0x0001000100010001u;
    }
    return (Rows){
        _mm256_loadu_si256((const __m256i *)four), _mm256_loadu_si256((const __m256i *)four + 1)};
}

KERNEL INLINE Rows holds(ForestShape shape, const ForestSplitOrder *order, uint32_t block, __m256i next) {
    int64_t number = block, pixels = block >> order->pixelsShift;
    switch (shape) {
    case FOREST_PIXELS: return holdsInPixels(order->codes + pixels * 128, next);
    case FOREST_LINES: return holdsInLines(order->codes + number * 32, next);
    case FOREST_ROWS: return holdsInRows(order->codes + number * 512, next);
    }
}

KERNEL INLINE int hasRows(Rows rows) {
    __m256i all = _mm256_or_si256(rows.low, rows.high);
    return !_mm256_testz_si256(all, all);
}

KERNEL INLINE ForestDivision divideBy(ForestShape shape, const ForestSplitOrder *given) {
    // A copy, which no store can change.
    const ForestSplitOrder order = *given;
    const Sorting sorting = sortOneByOne(&order);
    __m256i next = _mm256_set1_epi16((int16_t)(order.code + 1));
    uint32_t *trueEnd = order.items + order.start + sorting.trueCount;
    uint32_t *falseEnd = order.items + order.falseStart + sorting.falseCount;
    uint64_t freeSlot = order.freeSlot;
    for (int64_t place = 0; place < sorting.mixedCount; place++) {
        uint32_t item = order.mixed[place];
        uint64_t slot = item >> FOREST_BLOCK_BITS;
        Rows isTrue = holds(shape, &order, item & BLOCK_MASK, next);
        Rows set = loadRows(order.rows + 8 * slot);
        Rows trueRows = {_mm256_and_si256(isTrue.low, set.low), _mm256_and_si256(isTrue.high, set.high)};
        Rows falseRows = {_mm256_andnot_si256(isTrue.low, set.low), _mm256_andnot_si256(isTrue.high, set.high)};
        int hasTrue = hasRows(trueRows), hasFalse = hasRows(falseRows);
        // Only a cut takes a slot, so that every slot in use has a row of its own.
        uint64_t falseSlot = hasTrue ? freeSlot : slot;
        storeRows(order.rows + 8 * slot, trueRows);
        storeRows(order.rows + 8 * falseSlot, falseRows);
        // Both sides are always written and counted only if they are not empty: no branch to mispredict.
        *trueEnd = item;
        *falseEnd = (item & BLOCK_MASK) | (uint32_t)falseSlot << FOREST_BLOCK_BITS;
        trueEnd += hasTrue;
        falseEnd += hasFalse;
        freeSlot += hasTrue & hasFalse;
    }
    return (ForestDivision){
        trueEnd - order.items - order.start, falseEnd - order.items - order.falseStart, (int64_t)freeSlot};
}

// A bit for each line that has rows.
KERNEL INLINE uint32_t liveLines(Rows rows) {
    __m256i zero = _mm256_setzero_si256();
    return ~bitsOf(_mm256_cmpeq_epi16(rows.low, zero), _mm256_cmpeq_epi16(rows.high, zero));
}

// All ones for those of the first or the last eight rows of a line that are in the set.
KERNEL INLINE __m256i lanes(uint16_t rows, int half) {
    const __m256i bits = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
    __m256i own = _mm256_slli_epi32(bits, 8 * half);
    return _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(rows), own), own);
}

KERNEL INLINE void add(__m256i leaves, __m256i lanes, int32_t *sums) {
    __m256i *own = (__m256i *)sums;
    _mm256_storeu_si256(own, _mm256_add_epi32(_mm256_loadu_si256(own), _mm256_and_si256(leaves, lanes)));
}

KERNEL INLINE void addLeafTo(
    const uint32_t *items, int64_t count, const uint64_t *rows, int32_t *sums, int32_t leaf) {
    __m256i leaves = _mm256_set1_epi32(leaf);
    for (int64_t place = 0; place < count; place++) {
        const uint64_t *set = rows + 8 * (uint64_t)(items[place] >> FOREST_BLOCK_BITS);
        int32_t *block = sums + 512 * (int64_t)(items[place] & BLOCK_MASK);
        for (uint32_t live = liveLines(loadRows(set)); live; live &= live - 1) {
            int line = __builtin_ctz(live);
            uint16_t own = ((const uint16_t *)set)[line];
            for (int half = 0; half < 2; half++) add(leaves, lanes(own, half), block + 16 * line + 8 * half);
        }
    }
}

KERNEL INLINE void addLeavesBy(
    ForestShape shape, const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    const Sorting sorting = sortOneByOne(order);
    addLeafTo(order->items + order->start, sorting.trueCount, order->rows, sums, ifTrue);
    addLeafTo(order->items + order->falseStart, sorting.falseCount, order->rows, sums, ifFalse);
    __m256i next = _mm256_set1_epi16((int16_t)(order->code + 1));
    __m256i trueLeaf = _mm256_set1_epi32(ifTrue), falseLeaf = _mm256_set1_epi32(ifFalse);
    for (int64_t place = 0; place < sorting.mixedCount; place++) {
        uint32_t item = order->mixed[place];
        const uint64_t *set = order->rows + 8 * (uint64_t)(item >> FOREST_BLOCK_BITS);
        int32_t *block = sums + 512 * (int64_t)(item & BLOCK_MASK);
        _Alignas(32) uint16_t isTrue[32];
        storeRows(isTrue, holds(shape, order, item & BLOCK_MASK, next));
        for (uint32_t live = liveLines(loadRows(set)); live; live &= live - 1) {
            int line = __builtin_ctz(live);
            uint16_t own = ((const uint16_t *)set)[line];
            for (int half = 0; half < 2; half++) {
                __m256i leaves = _mm256_blendv_epi8(falseLeaf, trueLeaf, lanes(isTrue[line], half));
                add(leaves, lanes(own, half), block + 16 * line + 8 * half);
            }
        }
    }
}

// The buckets of values, by the very steps in which the buckets were filled. False if a value has no code.
KERNEL INLINE bool findBuckets(const ForestRanking *ranking, const float *values, int count, int32_t *buckets) {
    __m256 lowest = _mm256_set1_ps(ranking->lowest), scale = _mm256_set1_ps(ranking->scale);
    __m256 lastBucket = _mm256_set1_ps(ranking->lastBucket);
    __m256 lowestValue = _mm256_set1_ps(ranking->lowestValue), highestValue = _mm256_set1_ps(ranking->highestValue);
    const __m256i numbers = _mm256_set_epi32(7, 6, 5, 4, 3, 2, 1, 0);
    for (int first = 0; first < count; first += 8) {
        __m256i some = _mm256_cmpgt_epi32(_mm256_set1_epi32(count - first), numbers);
        __m256 own = _mm256_maskload_ps(values + first, some);
        __m256 inRange = _mm256_and_ps(
            _mm256_cmp_ps(own, lowestValue, _CMP_GE_OQ), _mm256_cmp_ps(own, highestValue, _CMP_LE_OQ));
        if (!_mm256_testc_ps(inRange, _mm256_castsi256_ps(some))) return false;
        __m256 scaled = _mm256_mul_ps(_mm256_sub_ps(own, lowest), scale);
        scaled = _mm256_max_ps(_mm256_min_ps(scaled, lastBucket), _mm256_setzero_ps());
        _mm256_storeu_si256((__m256i *)(buckets + first), _mm256_cvttps_epi32(scaled));
    }
    return true;
}

#include "entries.h"

const ForestKernel forestKernelAVX2 = {divide, addLeaf, addLeaves, encode};
#endif
