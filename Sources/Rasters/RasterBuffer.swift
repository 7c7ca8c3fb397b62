public import Tiling

/// Stored values of one band over a window, row by row, in the number type of the file.
public enum RasterBuffer: Equatable, Sendable {
    case uint16([UInt16])
    case int16([Int16])
    case float32([Float])

    public var count: Int {
        switch self {
        case .uint16(let values): values.count
        case .int16(let values): values.count
        case .float32(let values): values.count
        }
    }

    public var type: PixelType {
        switch self {
        case .uint16: .uint16
        case .int16: .int16
        case .float32: .float32
        }
    }

    /// SHA-256 of the values, little-endian, row by row: the identity of a result.
    public var digest: Digest { withBytes { Digest(of: $0) } }

    /// How many values are neither `noData` nor NaN.
    public func countOfValid(noData: Double) -> Int {
        switch self {
        case .uint16(let values): values.count { Double($0) != noData }
        case .int16(let values): values.count { Double($0) != noData }
        case .float32(let values): values.count { !$0.isNaN && $0 != Float(noData) }
        }
    }

    /// The upper left part of a block of rows of `width` values.
    public func cropped(fromColumns width: Int, toColumns columns: Int, rows: Int) -> RasterBuffer {
        precondition(columns <= width && rows * width <= count, "a part is not larger than the whole")
        guard columns < width || rows * width < count else { return self }
        func crop<Value>(_ values: [Value]) -> [Value] {
            (0..<rows).flatMap { values[$0 * width..<$0 * width + columns] }
        }
        switch self {
        case .uint16(let values): return .uint16(crop(values))
        case .int16(let values): return .int16(crop(values))
        case .float32(let values): return .float32(crop(values))
        }
    }

    /// The values as they lie in memory, which is little-endian on every platform of Swift.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        switch self {
        case .uint16(let values): try values.withUnsafeBytes(body)
        case .int16(let values): try values.withUnsafeBytes(body)
        case .float32(let values): try values.withUnsafeBytes(body)
        }
    }
}
