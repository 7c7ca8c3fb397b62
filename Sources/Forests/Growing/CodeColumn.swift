/// A feature's code of each row, in as few bytes as hold them.
enum CodeColumn: Sendable {
    case oneByte([UInt8])
    case twoBytes([UInt16])
    case fourBytes([UInt32])

    /// The code of a row.
    subscript(row: Int) -> UInt32 {
        switch self {
        case .oneByte(let codes): UInt32(codes[row])
        case .twoBytes(let codes): UInt32(codes[row])
        case .fourBytes(let codes): codes[row]
        }
    }

    /// Keys of `code << shift | place` for some rows.
    func putKeys(
        of rows: UnsafePointer<UInt32>, count: Int, shift: UInt64, to keys: UnsafeMutablePointer<UInt64>
    ) {
        func put<Code: FixedWidthInteger>(_ codes: [Code]) {
            codes.withUnsafeBufferPointer { buffer in
                guard let codes = buffer.baseAddress else { return }
                for place in 0..<count {
                    let code = UInt64(truncatingIfNeeded: codes[Int(rows[place])])
                    keys[place] = code &<< shift | UInt64(truncatingIfNeeded: place)
                }
            }
        }
        switch self {
        case .oneByte(let codes): put(codes)
        case .twoBytes(let codes): put(codes)
        case .fourBytes(let codes): put(codes)
        }
    }

    /// Adds the shares of some rows to the sums of their codes.
    func addShares(
        of rows: UnsafePointer<UInt32>, count: Int, _ shares: UnsafePointer<RowShare>,
        to sums: UnsafeMutablePointer<NodeSum>
    ) {
        func add<Code: FixedWidthInteger>(_ codes: [Code]) {
            codes.withUnsafeBufferPointer { buffer in
                guard let codes = buffer.baseAddress else { return }
                for place in 0..<count {
                    let row = Int(rows[place])
                    sums[Int(truncatingIfNeeded: codes[row])] &+= NodeSum(shares[row])
                }
            }
        }
        switch self {
        case .oneByte(let codes): add(codes)
        case .twoBytes(let codes): add(codes)
        case .fourBytes(let codes): add(codes)
        }
    }

    /// Moves rows with codes up to `last` to the front, both sides in their order, and says how many.
    func divide(
        _ rows: UnsafeMutablePointer<UInt32>, count: Int, last: UInt32, spill: UnsafeMutablePointer<UInt32>
    ) -> Int {
        func divide<Code: FixedWidthInteger>(_ codes: [Code]) -> Int {
            codes.withUnsafeBufferPointer { buffer in
                guard let codes = buffer.baseAddress else { return 0 }
                var (front, spilled) = (0, 0)
                for place in 0..<count {
                    let row = rows[place]
                    // Both are written and one place moves on: there is no branch to guess wrong.
                    rows[front] = row
                    spill[spilled] = row
                    let isTrue = UInt32(truncatingIfNeeded: codes[Int(row)]) <= last ? 1 : 0
                    front &+= isTrue
                    spilled &+= 1 &- isTrue
                }
                (rows + front).update(from: spill, count: spilled)
                return front
            }
        }
        switch self {
        case .oneByte(let codes): return divide(codes)
        case .twoBytes(let codes): return divide(codes)
        case .fourBytes(let codes): return divide(codes)
        }
    }
}
