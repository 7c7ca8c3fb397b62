internal import Synchronization

/// Arrays that go from unit to unit. The system clears fresh memory page by page, which takes as long as
/// computing most of what a unit needs; and a plane of a month is tens of megabytes.
///
/// Arrays are values: what is given back while somebody still reads it is copied before it is written again.
public final class PlaneMemory: Sendable {
    private let free = Mutex<[[Float]]>([])

    /// The allocator keeps smaller ones itself.
    static let keptCountMin = 1 << 18

    /// Nothing is allocated yet.
    public init() {}

    /// An array of so many values, whatever they are.
    public func array(count: Int) -> [Float] {
        guard count >= Self.keptCountMin else { return [Float](repeating: .nan, count: count) }
        guard var array = taken(count: count) else {
            // Months differ by three days; what is not touched costs nothing.
            return [Float](unsafeUninitializedCapacity: count + count / 8) { values, initialized in
                values[..<count].initialize(repeating: .nan)
                initialized = count
            }
        }
        if array.count > count {
            array.removeLast(array.count - count)
        } else {
            let more = count - array.count
            array.append(addingCapacity: more) { $0.append(repeating: .nan, count: more) }
        }
        return array
    }

    /// An array that nobody needs any more.
    public func giveBack(_ array: consuming [Float]) {
        guard array.count >= Self.keptCountMin else { return }
        free.withLock { [array] in $0.append(array) }
    }

    /// The arrays of planes that nobody needs any more; fixed ones are kept for the next unit of their tile.
    func giveBack(_ planes: consuming [CovariatePlane]) {
        while let plane = planes.popLast() {
            switch plane {
            case .daily(let values), .coarse(let values, _, _): giveBack(values)
            case .fixed, .date: continue
            }
        }
    }

    /// How many arrays wait to be taken again.
    var keptCount: Int { free.withLock(\.count) }

    /// The smallest that is large enough. Where all are too small, one makes way for a larger one, so that
    /// there are never more of them than were in use at once.
    private func taken(count: Int) -> [Float]? {
        free.withLock { free in
            let fitting = free.indices.filter { free[$0].capacity >= count }
            guard let best = fitting.min(by: { free[$0].capacity < free[$1].capacity }) else {
                if !free.isEmpty { free.removeFirst() }
                return nil
            }
            return free.remove(at: best)
        }
    }
}
