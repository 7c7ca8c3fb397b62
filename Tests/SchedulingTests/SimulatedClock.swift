import Scheduling

/// What is going to happen, soonest first; what falls on the same moment keeps its order.
struct SimulatedClock<Happening> {
    private struct Entry {
        let at: MonotonicInstant
        let order: Int
        let happening: Happening

        static func < (a: Entry, b: Entry) -> Bool { (a.at, a.order) < (b.at, b.order) }
    }

    private(set) var now = MonotonicInstant(nanoseconds: 0)
    private var heap: [Entry] = []
    private var count = 0

    mutating func schedule(_ happening: Happening, after wait: Duration) {
        schedule(happening, at: now + wait)
    }

    mutating func schedule(_ happening: Happening, at instant: MonotonicInstant) {
        heap.append(Entry(at: max(now, instant), order: count, happening: happening))
        count += 1
        var child = heap.count - 1
        while child > 0, heap[child] < heap[(child - 1) / 2] {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// Moves time to the next happening.
    mutating func advance() -> Happening? {
        guard let first = heap.first, let last = heap.popLast() else { return nil }
        if !heap.isEmpty {
            heap[0] = last
            var parent = 0
            while true {
                let children = [2 * parent + 1, 2 * parent + 2].filter { $0 < heap.count }
                guard let child = children.min(by: { heap[$0] < heap[$1] }), heap[child] < heap[parent] else {
                    break
                }
                heap.swapAt(child, parent)
                parent = child
            }
        }
        now = first.at
        return first.happening
    }
}
