/// The latest durations of a stage's units, and their median.
struct DurationWindow {
    /// Enough for a steady median, few enough to sort after every unit.
    static let capacity = 101
    /// Fewer measurements say nothing about what is slow.
    static let minimum = 3

    private var durations: [Duration] = []
    private var next = 0
    private(set) var median: Duration?

    mutating func append(_ duration: Duration) {
        if durations.count < Self.capacity {
            durations.append(duration)
        } else {
            durations[next] = duration
            next = (next + 1) % Self.capacity
        }
        guard durations.count >= Self.minimum else { return }
        median = durations.sorted()[durations.count / 2]
    }
}
