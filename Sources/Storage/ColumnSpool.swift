internal import Glibc

/// Columns of float32 that grow row by row. All but the last rows lie in a temporary file, so that a table
/// larger than memory can be collected; the file has no name, and is gone with the last copy of the spool.
/// Copies are for reading: only one of them may grow.
///
/// The file holds blocks of `blockRows` rows, in each block a column after the other, so that a column is
/// read back whole with one read a block.
public struct ColumnSpool: Sendable {
    public let columnCount: Int
    /// Rows so far.
    public private(set) var rowCount = 0
    private let folder: String
    private let blockRows: Int
    private var file: SpoolFile?
    /// The rows behind the last whole block, by column.
    private var tail: [[Float]]

    /// `folder` is where the temporary file goes, once there are more than `blockRows` rows.
    public init(columnCount: Int, folder: String, blockRows: Int = 1 << 16) {
        precondition(columnCount >= 0 && blockRows > 0)
        self.folder = folder
        self.columnCount = columnCount
        self.blockRows = blockRows
        tail = Array(repeating: [], count: columnCount)
    }

    /// Adds a row, a value a column.
    public mutating func append(_ row: some Collection<Float>) throws(StorageError) {
        precondition(row.count == columnCount, "a row has a value for each column")
        for (column, value) in row.enumerated() { tail[column].append(value) }
        rowCount += 1
        guard rowCount % blockRows == 0, columnCount > 0 else { return }
        if file == nil { file = try SpoolFile(in: folder) }
        guard let file else { return }
        let start = (rowCount / blockRows - 1) * columnCount
        for column in tail.indices {
            try file.write(tail[column], at: (start + column) * blockRows)
            tail[column].removeAll(keepingCapacity: true)
        }
    }

    /// A column, whole.
    public func column(_ number: Int) throws(StorageError) -> [Float] {
        guard let file else { return tail[number] }
        var values = [Float](repeating: 0, count: rowCount - tail[number].count)
        for block in 0..<(values.count / blockRows) {
            try file.read(
                into: &values, block * blockRows..<(block + 1) * blockRows,
                at: (block * columnCount + number) * blockRows)
        }
        return values + tail[number]
    }
}

/// A temporary file without name.
private final class SpoolFile: Sendable {
    private let descriptor: Int32
    private let folder: String

    init(in folder: String) throws(StorageError) {
        var path = Array("\(folder)/tilth-rows-XXXXXX".utf8CString)
        descriptor = mkstemp(&path)
        self.folder = folder
        guard descriptor >= 0 else {
            throw StorageError(
                "make a temporary file there (TMPDIR names another folder)", folder, code: errno)
        }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(path)
    }

    deinit { close(descriptor) }

    /// Places count floats.
    func write(_ values: [Float], at place: Int) throws(StorageError) {
        var done = 0
        let bytes = values.count * MemoryLayout<Float>.stride
        while done < bytes {
            let count = values.withUnsafeBytes { buffer in
                pwrite(
                    descriptor, buffer.baseAddress.map { $0 + done }, bytes - done,
                    off_t(place * MemoryLayout<Float>.stride + done))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw StorageError(
                    "keep rows in a temporary file there (TMPDIR names another folder)", folder, code: errno)
            }
            done += count
        }
    }

    func read(into values: inout [Float], _ range: Range<Int>, at place: Int) throws(StorageError) {
        var done = range.lowerBound * MemoryLayout<Float>.stride
        let end = range.upperBound * MemoryLayout<Float>.stride
        let shift = (place - range.lowerBound) * MemoryLayout<Float>.stride
        while done < end {
            let count = values.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress.map { $0 + done }, end - done, off_t(done + shift))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else {
                throw StorageError("read rows back from a temporary file there", folder, code: errno)
            }
            done += count
        }
    }
}
