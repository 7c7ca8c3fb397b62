internal import Foundation

/// A protobuf message in parts, of which all lengths are known before a byte is written: what holds millions
/// of numbers is made while it is written, and never lies in memory.
struct WireMessage {
    /// A source of numbers that can be asked more than once.
    typealias Source<Number> = ((Number) throws -> Void) throws -> Void

    private enum Part {
        case bytes([UInt8])
        case made((inout WireSink) throws -> Void)
    }

    private var parts: [Part] = []
    private(set) var byteCount = 0

    /// How many bytes a number takes.
    static func byteCount(ofVarint value: UInt64) -> Int {
        value == 0 ? 1 : (70 - value.leadingZeroBitCount) / 7
    }

    private mutating func append(_ bytes: [UInt8]) {
        parts.append(.bytes(bytes))
        byteCount += bytes.count
    }

    private static func varint(_ value: UInt64) -> [UInt8] {
        var (rest, bytes) = (value, [UInt8]())
        while rest > 127 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    private static func lengthDelimited(_ field: Int, _ count: Int) -> [UInt8] {
        varint(UInt64(field << 3 | 2)) + varint(UInt64(count))
    }

    mutating func number(_ field: Int, _ value: UInt64) {
        append(Self.varint(UInt64(field << 3)) + Self.varint(value))
    }

    mutating func text(_ field: Int, _ text: String) {
        append(Self.lengthDelimited(field, text.utf8.count) + Array(text.utf8))
    }

    mutating func message(_ field: Int, _ message: WireMessage) {
        append(Self.lengthDelimited(field, message.byteCount))
        parts += message.parts
        byteCount += message.byteCount
    }

    /// Whole numbers in a row.
    /// - Parameter byteCount: what they take together (`byteCount(ofVarint:)`).
    mutating func numbers(_ field: Int, byteCount: Int, _ source: @escaping Source<UInt64>) {
        made(Self.lengthDelimited(field, byteCount), byteCount) { sink in
            try source { try sink.putVarint($0) }
        }
    }

    /// Float32 in a row.
    mutating func floats(_ field: Int, count: Int, _ source: @escaping Source<Float>) {
        made(Self.lengthDelimited(field, 4 * count), 4 * count) { sink in
            try source { try sink.put($0.bitPattern) }
        }
    }

    /// One of two texts after the other, each a field of its own.
    mutating func texts(
        _ field: Int, ofTrue: (text: String, count: Int), ofFalse: (text: String, count: Int),
        _ source: @escaping Source<Bool>
    ) {
        func whole(_ text: String) -> [UInt8] {
            Self.lengthDelimited(field, text.utf8.count) + Array(text.utf8)
        }
        let (one, other) = (whole(ofTrue.text), whole(ofFalse.text))
        made([], ofTrue.count * one.count + ofFalse.count * other.count) { sink in
            try source { try sink.put($0 ? one : other) }
        }
    }

    private mutating func made(
        _ head: [UInt8], _ count: Int, _ write: @escaping (inout WireSink) throws -> Void
    ) {
        append(head)
        parts.append(.made(write))
        byteCount += count
    }

    /// Writes the message in pieces.
    func write(_ consume: @escaping (Data) throws -> Void) throws {
        var sink = WireSink(consume)
        for part in parts {
            switch part {
            case .bytes(let bytes): try sink.put(bytes)
            case .made(let write): try write(&sink)
            }
        }
        try sink.flush()
        precondition(sink.byteCount == byteCount, "the lengths in the message are those of its parts")
    }
}

/// Collects bytes and hands them on in pieces.
struct WireSink {
    private var buffer: [UInt8] = []
    private let consume: (Data) throws -> Void
    private(set) var byteCount = 0

    private static let pieceByteCount = 1 << 20

    init(_ consume: @escaping (Data) throws -> Void) {
        self.consume = consume
        buffer.reserveCapacity(Self.pieceByteCount + 64)
    }

    mutating func put(_ bytes: [UInt8]) throws {
        buffer += bytes
        try flushIfFull()
    }

    mutating func put(_ number: UInt32) throws {
        buffer.appendLittleEndian(number)
        try flushIfFull()
    }

    mutating func putVarint(_ value: UInt64) throws {
        var rest = value
        while rest > 127 {
            buffer.append(UInt8(truncatingIfNeeded: rest) | 128)
            rest >>= 7
        }
        buffer.append(UInt8(truncatingIfNeeded: rest))
        try flushIfFull()
    }

    private mutating func flushIfFull() throws {
        if buffer.count >= Self.pieceByteCount { try flush() }
    }

    mutating func flush() throws {
        byteCount += buffer.count
        try consume(Data(buffer))
        buffer.removeAll(keepingCapacity: true)
    }
}
