internal import Synchronization

/// Memory that grows to what is asked for and is used again: pages of fresh memory cost as much as a third of
/// decoding what goes into them.
// Handed from thread to thread whole, never shared.
final class ReusedMemory: @unchecked Sendable {
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 64)

    deinit { buffer.deallocate() }

    /// Where the room that was asked for last begins.
    var bytes: UnsafeRawPointer { UnsafeRawPointer(buffer.baseAddress!) }

    var byteCount: Int { buffer.count }

    /// So many bytes; what was there before is lost. With `slack`, somewhat more can be asked for later
    /// without fresh memory.
    func room(for count: Int, slack: Int = 0) -> UnsafeMutableRawBufferPointer {
        if buffer.count < count {
            buffer.deallocate()
            buffer = .allocate(byteCount: count + slack, alignment: 64)
        }
        return UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    }

    /// Gives away what it holds, for what the other one holds.
    func exchange(with other: ReusedMemory) { swap(&buffer, &other.buffer) }
}

/// Memory for as many threads as ask at once.
final class MemoryPool: Sendable {
    private let free = Mutex<[ReusedMemory]>([])

    func withMemory<Result>(_ body: (ReusedMemory) -> Result) -> Result {
        let memory = free.withLock { $0.popLast() } ?? ReusedMemory()
        defer { free.withLock { $0.append(memory) } }
        return body(memory)
    }
}
