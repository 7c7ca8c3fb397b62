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
