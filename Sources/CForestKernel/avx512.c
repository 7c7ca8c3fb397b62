#include "ForestKernel.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define KERNEL __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi2,bmi,bmi2,popcnt")))
#define INLINE KERNEL __attribute__((always_inline)) static inline

bool forestHasAVX512(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
        && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vbmi2") && __builtin_cpu_supports("bmi2");
}

typedef enum { PIXELS, LINES, ROWS } Shape;

// Which rows have a code above that of the split. The sign of a saturated difference says it, and a shift
// across two registers moves the sign into the mask: two instructions for 32 rows.
INLINE __m512i aboveInRows(const int16_t *codes, __m512i code) {
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
INLINE __m512i aboveInLines(const int16_t *codes, __m512i code) {
    return _mm512_movm_epi16(_mm512_cmpgt_epi16_mask(_mm512_loadu_si512(codes), code));
}

// Eight groups, four lines each.
INLINE __m512i aboveInEightGroups(const int16_t *codes, __m512i code) {
    __m256i above = _mm256_setzero_si256();
    for (int pixel = 7; pixel >= 0; pixel--) {
        __m256i pair = _mm256_loadu_si256((const __m256i *)(codes + 16 * pixel));
        above = _mm256_shldi_epi16(above, _mm256_subs_epi16(_mm512_castsi512_si256(code), pair), 1);
    }
    __m128i eight = _mm_or_si128(
        _mm256_castsi256_si128(above), _mm_slli_epi16(_mm256_extracti128_si256(above, 1), 8));
    const __m512i fourLines = _mm512_set_epi16(
        7, 7, 7, 7, 6, 6, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 3, 3, 3, 3, 2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0);
    return _mm512_permutexvar_epi16(fourLines, _mm512_castsi128_si512(eight));
}

// More groups, in their own order.
INLINE __m512i aboveInGroups(const int16_t *codes, int groups, __m512i code) {
    uint16_t lines[32];
    for (int line = 0; line < 32; line++) {
        __m256i group = _mm256_loadu_si256((const __m256i *)(codes + 16 * (line / (32 / groups))));
        lines[line] = _mm256_cmpgt_epi16_mask(group, _mm512_castsi512_si256(code));
    }
    return _mm512_loadu_si512(lines);
}

INLINE __m512i above(Shape shape, const ForestSplitOrder *order, uint32_t block, __m512i code) {
    int64_t number = block & 0xFFFF, pixels = block >> 16;
    switch (shape) {
    case PIXELS:
        return order->pixelGroups == 8
            ? aboveInEightGroups(order->codes + pixels * 128, code)
            : aboveInGroups(order->codes + pixels * 16 * order->pixelGroups, order->pixelGroups, code);
    case LINES: return aboveInLines(order->codes + number * 32, code);
    case ROWS: return aboveInRows(order->codes + number * 512, code);
    }
}

INLINE ForestDivision divide(Shape shape, const ForestSplitOrder *given) {
    // A copy, which no store can change.
    const ForestSplitOrder order = *given;
    __m512i code = _mm512_set1_epi16(order.code);
    int64_t trueEnd = order.start, falseEnd = order.falseStart;
    for (int64_t place = order.start; place < order.end; place++) {
        uint32_t block = order.blocks[place];
        __m512i set = _mm512_loadu_si512(order.rows + 8 * place);
        __m512i over = above(shape, &order, block, code);
        __m512i trueRows = _mm512_andnot_si512(over, set), falseRows = _mm512_and_si512(set, over);
        // Both sides are always written and counted only if they are not empty: no branch to mispredict.
        order.blocks[trueEnd] = block;
        order.blocks[falseEnd] = block;
        _mm512_storeu_si512(order.rows + 8 * trueEnd, trueRows);
        _mm512_storeu_si512(order.rows + 8 * falseEnd, falseRows);
        trueEnd += _mm512_test_epi64_mask(trueRows, trueRows) != 0;
        falseEnd += _mm512_test_epi64_mask(falseRows, falseRows) != 0;
    }
    return (ForestDivision){trueEnd - order.start, falseEnd - order.falseStart};
}

KERNEL ForestDivision forestDividePixelsAVX512(const ForestSplitOrder *order) { return divide(PIXELS, order); }
KERNEL ForestDivision forestDivideLinesAVX512(const ForestSplitOrder *order) { return divide(LINES, order); }
KERNEL ForestDivision forestDivideRowsAVX512(const ForestSplitOrder *order) { return divide(ROWS, order); }

INLINE void addToLine(int32_t *sums, __m512i leaf, __mmask16 rows) {
    __m512i old = _mm512_loadu_si512(sums);
    _mm512_storeu_si512(sums, _mm512_mask_add_epi32(old, rows, old, leaf));
}

// The lines that have any of the rows.
INLINE uint32_t linesWithRows(const uint64_t *rows) {
    __m512i set = _mm512_loadu_si512(rows);
    return _mm512_test_epi16_mask(set, set);
}

KERNEL void forestAddLeafAVX512(
    const uint32_t *blocks, const uint64_t *rows, int64_t start, int64_t end, int32_t *sums, int32_t leaf) {
    __m512i leaves = _mm512_set1_epi32(leaf);
    for (int64_t place = start; place < end; place++) {
        const uint16_t *lines = (const uint16_t *)(rows + 8 * place);
        int32_t *own = sums + (int64_t)(blocks[place] & 0xFFFF) * 512;
        for (uint32_t rest = linesWithRows(rows + 8 * place); rest; rest &= rest - 1) {
            int line = __builtin_ctz(rest);
            addToLine(own + 16 * line, leaves, lines[line]);
        }
    }
}

INLINE void addLeaves(
    Shape shape, const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    __m512i code = _mm512_set1_epi16(order->code);
    __m512i trueLeaf = _mm512_set1_epi32(ifTrue), falseLeaf = _mm512_set1_epi32(ifFalse);
    for (int64_t place = order->start; place < order->end; place++) {
        uint32_t block = order->blocks[place];
        int64_t number = block & 0xFFFF;
        const uint16_t *lines = (const uint16_t *)(order->rows + 8 * place);
        int32_t *own = sums + number * 512;
        uint16_t over[32];
        _mm512_storeu_si512(over, above(shape, order, block, code));
        for (uint32_t rest = linesWithRows(order->rows + 8 * place); rest; rest &= rest - 1) {
            int line = __builtin_ctz(rest);
            addToLine(own + 16 * line, _mm512_mask_blend_epi32(over[line], trueLeaf, falseLeaf), lines[line]);
        }
    }
}

KERNEL void forestAddLeavesPixelsAVX512(
    const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    addLeaves(PIXELS, order, sums, ifTrue, ifFalse);
}
KERNEL void forestAddLeavesLinesAVX512(
    const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    addLeaves(LINES, order, sums, ifTrue, ifFalse);
}
KERNEL void forestAddLeavesRowsAVX512(
    const ForestSplitOrder *order, int32_t *sums, int32_t ifTrue, int32_t ifFalse) {
    addLeaves(ROWS, order, sums, ifTrue, ifFalse);
}
#endif
