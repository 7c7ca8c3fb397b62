extension UnsafeMutablePointer {
    /// Memory that begins with a line of the cache: a vector of 64 bytes that straddles two lines costs
    /// twice as much.
    static func allocateLines(capacity: Int) -> Self {
        let lineByteCount = 64
        return UnsafeMutableRawPointer.allocate(
            byteCount: max(capacity, 1) * MemoryLayout<Pointee>.stride, alignment: lineByteCount
        ).bindMemory(to: Pointee.self, capacity: capacity)
    }
}
