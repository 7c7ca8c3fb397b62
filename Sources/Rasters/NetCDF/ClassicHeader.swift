internal import Glibc

/// The header of a classic netCDF file (CDF-1, CDF-2, CDF-5), read for two questions: how long the file must
/// be, and where the values of a variable lie.
///
/// The library reads what lies behind the end of a truncated classic file as zeros, which unpack to plausible
/// values. Layout: NetCDF Classic Format Specification, `netcdf_file = magic numrecs dim_list gatt_list
/// var_list data`.
struct ClassicHeader {
    /// Bytes up to the end of the last value; nil while a program may still append records.
    private(set) var byteCountNeeded: Int?
    private(set) var variables: [Variable] = []

    /// Where a variable lies.
    struct Variable {
        let name: String
        /// Of the first value.
        let begin: Int
        /// From one place along the first dimension to the next, where records of several variables take
        /// turns; nil for a variable that lies in one piece.
        let recordStride: Int?
    }

    private static let headerBytesMax = 16 << 20

    /// Nil for files of another format. Throws a sentence for a header that cannot be followed.
    init?(path: String) throws(Problem) {
        guard let file = fopen(path, "rb") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        bytes.removeLast(bytes.count - fread(&bytes, 1, bytes.count, file))
        guard bytes.count >= 8, Array(bytes.prefix(3)) == Array("CDF".utf8), [1, 2, 5].contains(bytes[3])
        else {
            return nil
        }
        while true {
            do throws(Problem) {
                var reader = Reader(bytes: bytes)
                (byteCountNeeded, variables) = try reader.layout()
                return
            } catch {
                // The header may be longer than what was read of it.
                guard error == .endsEarly, bytes.count < Self.headerBytesMax else { throw error }
                var more = [UInt8](repeating: 0, count: bytes.count)
                more.removeLast(more.count - fread(&more, 1, more.count, file))
                guard !more.isEmpty else { throw error }
                bytes += more
            }
        }
    }

    enum Problem: Error {
        /// The file ends within its header.
        case endsEarly
        case notUnderstood
    }

    /// Walks through the bytes of a header.
    private struct Reader {
        let bytes: [UInt8]
        private var position = 4

        init(bytes: [UInt8]) { self.bytes = bytes }

        private var version: UInt8 { bytes[3] }

        mutating func layout() throws(Problem) -> (byteCountNeeded: Int?, variables: [Variable]) {
            let recordCount = try count()
            // All bits set: the number of records is not known while the file is written.
            let isStreaming = recordCount < 0 || recordCount == 0xffff_ffff
            var lengths: [Int] = []
            for _ in 0..<(try listLength()) {
                _ = try name()
                lengths.append(try count())
            }
            try skipAttributes()
            var end = 0
            var records: [(begin: Int, byteCount: Int)] = []
            var found: [(name: String, begin: Int, isRecord: Bool)] = []
            for _ in 0..<(try listLength()) {
                let name = try name()
                var valueCount = 1
                var isRecord = false
                for _ in 0..<(try count()) {
                    let dimension = try count()
                    guard lengths.indices.contains(dimension) else { throw .notUnderstood }
                    if lengths[dimension] == 0 { isRecord = true } else { valueCount *= lengths[dimension] }
                }
                try skipAttributes()
                let byteCount = valueCount * (try Self.byteCount(ofType: Int(number(4))))
                _ = try count()
                let begin = try number(version == 1 ? 4 : 8)
                found.append((name, begin, isRecord))
                if isRecord {
                    records.append((begin, byteCount))
                } else {
                    end = max(end, begin + byteCount)
                }
            }
            // Each variable of a record is padded to 4 bytes, unless there is only one.
            let stride =
                records.count == 1
                ? records[0].byteCount : records.reduce(0) { $0 + ($1.byteCount + 3) / 4 * 4 }
            let variables = found.map {
                Variable(name: $0.name, begin: $0.begin, recordStride: $0.isRecord ? stride : nil)
            }
            if isStreaming { return (nil, variables) }
            if recordCount > 0 {
                for record in records {
                    end = max(end, record.begin + (recordCount - 1) * stride + record.byteCount)
                }
            }
            return (end, variables)
        }

        /// The length of a list with a tag in front, 0 where it is absent.
        private mutating func listLength() throws(Problem) -> Int {
            _ = try number(4)
            return try count()
        }

        private mutating func name() throws(Problem) -> String {
            let length = try count()
            let first = position
            try skip(length)
            return String(decoding: bytes[first..<first + length], as: UTF8.self)
        }

        private mutating func skipAttributes() throws(Problem) {
            for _ in 0..<(try listLength()) {
                _ = try name()
                let size = try Self.byteCount(ofType: Int(try number(4)))
                try skip(size * (try count()))
            }
        }

        /// A number of things: 4 bytes, and 8 in CDF-5.
        private mutating func count() throws(Problem) -> Int { try number(version == 5 ? 8 : 4) }

        private mutating func number(_ byteCount: Int) throws(Problem) -> Int {
            guard position + byteCount <= bytes.count else { throw .endsEarly }
            var value: UInt64 = 0
            for byte in bytes[position..<position + byteCount] { value = value << 8 | UInt64(byte) }
            position += byteCount
            return Int(truncatingIfNeeded: value)
        }

        private mutating func skip(_ byteCount: Int) throws(Problem) {
            guard byteCount >= 0, byteCount <= ClassicHeader.headerBytesMax else { throw .notUnderstood }
            position += (byteCount + 3) / 4 * 4
            if position > bytes.count { throw .endsEarly }
        }

        private static func byteCount(ofType type: Int) throws(Problem) -> Int {
            switch type {
            case 1, 2, 7: 1
            case 3, 8: 2
            case 4, 5, 9: 4
            case 6, 10, 11: 8
            default: throw .notUnderstood
            }
        }
    }
}
