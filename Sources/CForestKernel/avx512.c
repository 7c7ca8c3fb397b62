#if defined(__x86_64__)
#include "kernels.h"

#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,popcnt")))

bool forestHasAVX512(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
}

// Which rows have a code above that of the split. The sign of a saturated difference says it, and a shift
// across two registers moves the sign into the mask: two instructions for 32 rows.
KERNEL INLINE __m512i aboveInRows(const int16_t *codes, __m512i code) {
    __m512i low = _mm512_setzero_si512(), high = low;
    for (int pixel = 7; pixel >= 0; pixel--) {
        __m512i lowCodes = _mm512_loadu_si512(codes + 32 * pixel);
        __m512i highCodes = _mm512_loadu_si512(codes + 32 * (pixel + 8));
        low = _mm512_shldi_epi16(low, _mm512_subs_epi16(code, lowCodes), 1);
        high = _mm512_shldi_epi16(high, _mm512_subs_epi16(code, highCodes), 1);
    }
    return _mm512_or_si512(low, _mm512_slli_epi16(high, 8));
}

// A line's 16 rows are just the width of its code.
KERNEL INLINE __m512i aboveInLines(const int16_t *codes, __m512i code) {
    return _mm512_movm_epi16(_mm512_cmpgt_epi16_mask(_mm512_loadu_si512(codes), code));
}

// Eight groups, four lines each.
KERNEL INLINE __m512i aboveInPixels(const int16_t *codes, __m512i code) {
    __mmask32 pairs[4];
    for (int pair = 0; pair < 4; pair++)
        pairs[pair] = _mm512_cmpgt_epi16_mask(_mm512_loadu_si512(codes + 32 * pair), code);
    __m128i eight = _mm_set_epi64x(
        (int64_t)_mm512_kunpackd(pairs[3], pairs[2]), (int64_t)_mm512_kunpackd(pairs[1], pairs[0]));
    const __m512i fourLines = _mm512_set_epi16(
        7, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    return _mm512_permutexvar_epi16(fourLines, _mm512_castsi128_si512(eight));
}

KERNEL INLINE __m512i above(ForestShape shape, const ForestSplitOrder *order, uint32_t block, __m512i code) {
    int64_t number = block, pixels = block >> order->pixelsShift;
    switch (shape) {
    case FOREST_PIXELS: return aboveInPixels(order->codes + pixels * 128, code);
    case FOREST_LINES: return aboveInLines(order->codes + number * 32, code);
    case FOREST_ROWS: return aboveInRows(order->codes + number * 512, code);
    }
}

enum { FEW_ITEMS = 4, ITEMS_AT_ONCE = 32 };

// Moves the items whose blocks lie on one side, by their bounds, and lists the others.
KERNEL INLINE Sorting sort(const ForestSplitOrder *order) {
    if (order->end - order->start <= FEW_ITEMS) return sortOneByOne(order);
    __m512i code = _mm512_set1_epi32(order->code), blockMask = _mm512_set1_epi32(BLOCK_MASK);
    uint32_t *trueEnd = order->items + order->start, *falseEnd = order->items + order->falseStart;
    uint32_t *mixedEnd = order->mixed;
    for (int64_t place = order->start; place < order->end; place += 16) {
        int64_t left = order->end - place;
        __mmask16 some = left < 16 ? (__mmask16)((1u << left) - 1) : (__mmask16)0xFFFF;
        __m512i items = _mm512_loadu_si512(order->items + place);
        __m512i blocks = _mm512_and_si512(items, blockMask);
        __m512i bounds = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), some, blocks, order->bounds, 4);
        __m512i lowest = _mm512_srai_epi32(_mm512_slli_epi32(bounds, 16), 16);
        __mmask16 isTrue = _mm512_mask_cmple_epi32_mask(some, _mm512_srai_epi32(bounds, 16), code);
        __mmask16 isFalse = _mm512_mask_cmpgt_epi32_mask(some, lowest, code);
        __mmask16 isMixed = some & ~(isTrue | isFalse);
        _mm512_storeu_si512(trueEnd, _mm512_maskz_compress_epi32(isTrue, items));
        _mm512_storeu_si512(falseEnd, _mm512_maskz_compress_epi32(isFalse, items));
        _mm512_storeu_si512(mixedEnd, _mm512_maskz_compress_epi32(isMixed, items));
        trueEnd += _mm_popcnt_u32(isTrue);
        falseEnd += _mm_popcnt_u32(isFalse);
        mixedEnd += _mm_popcnt_u32(isMixed);
    }
    return (Sorting){
        trueEnd - order->items - order->start, falseEnd - order->items - order->falseStart,
        mixedEnd - order->mixed};
}

KERNEL INLINE ForestDivision divideBy(ForestShape shape, const ForestSplitOrder *given) {
    // A copy, which no store can change.
    const ForestSplitOrder order = *given;
    const Sorting sorting = sort(&order);
    __m512i code = _mm512_set1_epi16(order.code);
    uint32_t *trueEnd = order.items + order.start + sorting.trueCount;
    uint32_t *falseEnd = order.items + order.falseStart + sorting.falseCount;
    uint64_t freeSlot = order.freeSlot;
    for (int64_t first = 0; first < sorting.mixedCount; first += ITEMS_AT_ONCE) {
        int64_t rest = sorting.mixedCount - first, count = rest < ITEMS_AT_ONCE ? rest : ITEMS_AT_ONCE;
        const uint32_t *mixed = order.mixed + first;
        // All comparisons come first: they wait for codes from afar, but not for each other.
        __m512i over[ITEMS_AT_ONCE];
        for (int64_t number = 0; number < count; number++)
            over[number] = above(shape, &order, mixed[number] & BLOCK_MASK, code);
        for (int64_t number = 0; number < count; number++) {
            uint32_t item = mixed[number];
            uint64_t slot = item >> FOREST_BLOCK_BITS;
            __m512i set = _mm512_load_si512(order.rows + 8 * slot);
            __m512i trueRows = _mm512_andnot_si512(over[number], set);
            __m512i falseRows = _mm512_and_si512(set, over[number]);
            int hasTrue = _mm512_test_epi64_mask(trueRows, trueRows) != 0;
            int hasFalse = _mm512_test_epi64_mask(falseRows, falseRows) != 0;
            // Only a cut takes a slot, so that every slot in use has a row of its own.
            uint64_t falseSlot = hasTrue ? freeSlot : slot;
            _mm512_store_si512(order.rows + 8 * slot, trueRows);
            _mm512_store_si512(order.rows + 8 * falseSlot, falseRows);
            // Both sides are always written and counted only if they are not empty: no branch to mispredict.
            *trueEnd = item;
            *falseEnd = (item & BLOCK_MASK) | (uint32_t)falseSlot << FOREST_BLOCK_BITS;
            trueEnd += hasTrue;
            falseEnd += hasFalse;
            freeSlot += hasTrue & hasFalse;
        }
    }
    return (ForestDivision){
        trueEnd - order.items - order.start, falseEnd - order.items - order.falseStart, (int64_t)freeSlot};
}

// The lines of some items that have rows: collected first and added to then, so that one branch is
// mispredicted for many items and not for each.
typedef struct {
    uint16_t numbers[ITEMS_AT_ONCE * 32 + 32], rows[ITEMS_AT_ONCE * 32 + 32], over[ITEMS_AT_ONCE * 32 + 32];
    int count;
} Lines;

KERNEL INLINE __mmask32 collect(Lines *lines, uint32_t item, const uint64_t *rows) {
    const __m512i thirtyTwo = _mm512_set_epi16(
        31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4,
        3, 2, 1, 0);
    __m512i set = _mm512_loadu_si512(rows + 8 * (uint64_t)(item >> FOREST_BLOCK_BITS));
    __mmask32 live = _mm512_test_epi16_mask(set, set);
    __m512i numbers = _mm512_add_epi16(_mm512_set1_epi16((int16_t)((item & BLOCK_MASK) * 32)), thirtyTwo);
    _mm512_storeu_si512(lines->numbers + lines->count, _mm512_maskz_compress_epi16(live, numbers));
    _mm512_storeu_si512(lines->rows + lines->count, _mm512_maskz_compress_epi16(live, set));
    return live;
}

KERNEL INLINE void addLeafTo(const uint32_t *items, int64_t count, const uint64_t *rows, int32_t *sums, int32_t leaf) {
    __m512i leaves = _mm512_set1_epi32(leaf);
    Lines lines;
    for (int64_t first = 0; first < count; first += ITEMS_AT_ONCE) {
        int64_t end = first + ITEMS_AT_ONCE < count ? first + ITEMS_AT_ONCE : count;
        lines.count = 0;
        for (int64_t place = first; place < end; place++)
            lines.count += _mm_popcnt_u32(collect(&lines, items[place], rows));
        for (int line = 0; line < lines.count; line++) {
            int32_t *own = sums + 16 * (int64_t)lines.numbers[line];
            __m512i old = _mm512_loadu_si512(own);
            _mm512_storeu_si512(own, _mm512_mask_add_epi32(old, lines.rows[line], old, leaves));
        }
    }
}

KERNEL INLINE void addLeavesBy(
    ForestShape shape, const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    const Sorting sorting = sort(order);
    addLeafTo(order->items + order->start, sorting.trueCount, order->rows, sums, ifTrue);
    addLeafTo(order->items + order->falseStart, sorting.falseCount, order->rows, sums, ifFalse);
    __m512i code = _mm512_set1_epi16(order->code);
    __m512i trueLeaf = _mm512_set1_epi32(ifTrue), falseLeaf = _mm512_set1_epi32(ifFalse);
    Lines lines;
    for (int64_t first = 0; first < sorting.mixedCount; first += ITEMS_AT_ONCE) {
        int64_t end = first + ITEMS_AT_ONCE < sorting.mixedCount ? first + ITEMS_AT_ONCE : sorting.mixedCount;
        lines.count = 0;
        for (int64_t place = first; place < end; place++) {
            uint32_t item = order->mixed[place];
            __m512i over = above(shape, order, item & BLOCK_MASK, code);
            __mmask32 live = collect(&lines, item, order->rows);
            _mm512_storeu_si512(lines.over + lines.count, _mm512_maskz_compress_epi16(live, over));
            lines.count += _mm_popcnt_u32(live);
        }
        for (int line = 0; line < lines.count; line++) {
            int32_t *own = sums + 16 * (int64_t)lines.numbers[line];
            __m512i leaf = _mm512_mask_blend_epi32(lines.over[line], trueLeaf, falseLeaf);
            __m512i old = _mm512_loadu_si512(own);
            _mm512_storeu_si512(own, _mm512_mask_add_epi32(old, lines.rows[line], old, leaf));
        }
    }
}

// The buckets of values, by the very steps in which the buckets were filled. False if a value has no code.
KERNEL INLINE bool findBuckets(const ForestRanking *ranking, const float *values, int count, int32_t *buckets) {
    __m512 lowest = _mm512_set1_ps(ranking->lowest), scale = _mm512_set1_ps(ranking->scale);
    __m512 lastBucket = _mm512_set1_ps(ranking->lastBucket);
    __m512 lowestValue = _mm512_set1_ps(ranking->lowestValue), highestValue = _mm512_set1_ps(ranking->highestValue);
    for (int first = 0; first < count; first += 16) {
        __mmask16 some = count - first < 16 ? (__mmask16)((1u << (count - first)) - 1) : (__mmask16)0xFFFF;
        __m512 own = _mm512_maskz_loadu_ps(some, values + first);
        __mmask16 high = _mm512_mask_cmp_ps_mask(some, own, lowestValue, _CMP_GE_OQ);
        if (_mm512_mask_cmp_ps_mask(high, own, highestValue, _CMP_LE_OQ) != some) return false;
        __m512 scaled = _mm512_mul_ps(_mm512_sub_ps(own, lowest), scale);
        scaled = _mm512_max_ps(_mm512_min_ps(scaled, lastBucket), _mm512_setzero_ps());
        _mm512_storeu_si512(buckets + first, _mm512_cvttps_epi32(scaled));
    }
    return true;
}

#include "entries.h"

const ForestKernel forestKernelAVX512 = {divide, addLeaf, addLeaves, encode};
#endif
