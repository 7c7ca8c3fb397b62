import Foundation

/// Where water runs: every land pixel drains to a neighbour, over the lowest way out of every basin.
///
/// Priority flood (Barnes et al. 2014): water rises from the sea and from the edge of the grid, lowest pixel
/// first, so each pixel is reached from the neighbour that it drains to, after that neighbour.
struct DemoDrainage {
    let columns: Int
    let rows: Int
    /// Land pixels, each after the one that it drains to.
    private(set) var order: [Int32] = []
    /// Where a pixel drains to: itself at an outlet, -1 at sea.
    private(set) var target: [Int32]
    /// The water level that fills every basin to its rim, m.
    private(set) var filled: [Float]

    /// `elevation` in metres; 0 and below is sea.
    init(elevation: [Float], columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        target = [Int32](repeating: -1, count: elevation.count)
        filled = elevation
        order.reserveCapacity(elevation.count)
        flood()
    }

    private mutating func flood() {
        var rim = LowestFirst()
        var basin: [Int32] = []
        for index in filled.indices where filled[index] > 0 && isOutlet(index) {
            target[index] = Int32(index)
            order.append(Int32(index))
            rim.push(filled[index], Int32(index))
        }
        while let index = basin.popLast() ?? rim.pop() {
            let level = filled[Int(index)]
            forEachNeighbour(of: Int(index), columns: columns, rows: rows) { neighbour in
                guard target[neighbour] < 0, filled[neighbour] > 0 else { return }
                target[neighbour] = index
                order.append(Int32(neighbour))
                // Pixels below the water fill at once and need no place in the queue.
                if filled[neighbour] <= level {
                    filled[neighbour] = level
                    basin.append(Int32(neighbour))
                } else {
                    rim.push(filled[neighbour], Int32(neighbour))
                }
            }
        }
    }

    /// The number of pixels that drain through each pixel, itself included.
    func accumulation() -> [Float] {
        var area = [Float](repeating: 1, count: target.count)
        for index in order.reversed() where target[Int(index)] != index {
            area[Int(target[Int(index)])] += area[Int(index)]
        }
        return area
    }

    /// One implicit step of stream-power erosion (Braun and Willett 2013): rivers cut valleys into the
    /// relief.
    func erode(_ elevation: inout [Float], strength: Float) {
        let area = accumulation()
        for index in order {
            let below = Int(target[Int(index)])
            let height = elevation[Int(index)]
            guard elevation[below] < height else { continue }
            let cut = strength * area[Int(index)].squareRoot()
            elevation[Int(index)] = (height + cut * elevation[below]) / (1 + cut)
        }
    }

    private func isOutlet(_ index: Int) -> Bool {
        let (row, column) = index.quotientAndRemainder(dividingBy: columns)
        if row == 0 || column == 0 || row == rows - 1 || column == columns - 1 { return true }
        var besideSea = false
        forEachNeighbour(of: index, columns: columns, rows: rows) { besideSea = besideSea || filled[$0] <= 0 }
        return besideSea
    }
}

/// Calls `body` with the up to eight pixels around one.
@inline(__always)
private func forEachNeighbour(of index: Int, columns: Int, rows: Int, _ body: (Int) -> Void) {
    let (row, column) = index.quotientAndRemainder(dividingBy: columns)
    for y in max(0, row - 1)...min(rows - 1, row + 1) {
        for x in max(0, column - 1)...min(columns - 1, column + 1) where x != column || y != row {
            body(y * columns + x)
        }
    }
}

/// A binary heap of pixels, lowest first; height and pixel share one integer, so ties break the same way
/// everywhere.
private struct LowestFirst {
    private var heap: [UInt64] = []

    /// `height` must be positive: then its bits sort as it does.
    mutating func push(_ height: Float, _ pixel: Int32) {
        heap.append(UInt64(height.bitPattern) << 32 | UInt64(UInt32(bitPattern: pixel)))
        var child = heap.count - 1
        let key = heap[child]
        while child > 0, heap[(child - 1) / 2] > key {
            heap[child] = heap[(child - 1) / 2]
            child = (child - 1) / 2
        }
        heap[child] = key
    }

    mutating func pop() -> Int32? {
        guard let top = heap.first, let key = heap.popLast() else { return nil }
        if !heap.isEmpty {
            var parent = 0
            while 2 * parent + 1 < heap.count {
                var child = 2 * parent + 1
                if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
                guard heap[child] < key else { break }
                heap[parent] = heap[child]
                parent = child
            }
            heap[parent] = key
        }
        return Int32(truncatingIfNeeded: top & 0xFFFF_FFFF)
    }
}
