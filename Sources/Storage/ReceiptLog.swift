internal import Glibc
internal import Synchronization
public import Tiling

/// The append-only log of one worker's receipts: enough, with the others, to rebuild the ledger.
///
/// One record a line: 16 hexadecimal digits of the SHA-256 of the JSON, a blank, the JSON. A line that was
/// torn by a crash is cut off when the log is opened again.
public final class ReceiptLog: Sendable {
    private let path: String
    private let state: Mutex<State>

    private struct State {
        let file: Int32
        /// Where the last whole line ends.
        var length: Int
        /// Whether a failed append may have left something behind `length`.
        var isTorn = false
    }

    /// Opens or makes the log of a worker.
    public init(path: String) throws(StorageError) {
        self.path = path
        let folder = DurableFile.folder(of: path)
        try DurableFile.makeFolder(folder)
        let file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw StorageError("open the receipt log", path, code: errno) }
        do {
            let length = try Self.endOfLastLine(of: file, path: path)
            try Self.cut(file, to: length, path: path)
            try DurableFile.flushFolder(folder)
            state = Mutex(State(file: file, length: length))
        } catch {
            close(file)
            throw error
        }
    }

    deinit { _ = state.withLock { close($0.file) } }

    /// Writes a receipt and returns its bytes as they go to the coordinator. It is on disk when this
    /// returns; when it throws, it is not in the log.
    public func append(_ receipt: Receipt) throws(StorageError) -> [UInt8] {
        let json = CanonicalJSON.bytes(receipt)
        let line = ReceiptLine.bytes(of: json)
        try state.withLock { state throws(StorageError) in
            // A full disk may have taken half a line; the next receipt must not be glued to it.
            if state.isTorn { try Self.cut(state.file, to: state.length, path: path) }
            state.isTorn = true
            try DurableFile.writeAll(line, to: state.file, path: path)
            guard fdatasync(state.file) == 0 else { throw StorageError("flush", path, code: errno) }
            state.length += line.count
            state.isTorn = false
        }
        return json
    }

    /// Hands every receipt of every log of a folder to `body`, with its bytes, a line in memory at a time;
    /// damaged lines are described in the result.
    public static func readAll(
        in folder: String, _ body: (Receipt, [UInt8]) throws -> Void
    ) throws -> [String] {
        var damaged: [String] = []
        for name in try DurableFile.names(in: folder) where name.hasSuffix(".log") {
            let path = "\(folder)/\(name)"
            var lines = try LineReader(path: path)
            var number = 0
            while let line = try lines.next() {
                number += 1
                if let (receipt, json) = ReceiptLine.receipt(in: line) {
                    try body(receipt, json)
                } else if lines.lastLineIsWhole {
                    damaged.append("\(path):\(number): damaged receipt, passed over: its unit is done again")
                } else {
                    damaged.append(
                        "\(path):\(number): torn last receipt, passed over: its worker was cut off")
                }
            }
        }
        return damaged
    }

    private static func cut(_ file: Int32, to length: Int, path: String) throws(StorageError) {
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw StorageError("repair", path, code: errno) }
        guard Int(facts.st_size) != length else { return }
        guard ftruncate(file, off_t(length)) == 0, fsync(file) == 0 else {
            throw StorageError("repair", path, code: errno)
        }
    }

    /// Looks for the last line feed from the end, so that a long log opens at once.
    private static func endOfLastLine(of file: Int32, path: String) throws(StorageError) -> Int {
        var end = Int(lseek(file, 0, SEEK_END))
        guard end >= 0 else { throw StorageError("read", path, code: errno) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while end > 0 {
            let start = max(0, end - buffer.count)
            let count = pread(file, &buffer, end - start, off_t(start))
            if count < 0 && errno == EINTR { continue }
            guard count == end - start else {
                throw StorageError("read", path, code: count < 0 ? errno : EIO)
            }
            if let feed = buffer[..<count].lastIndex(of: UInt8(ascii: "\n")) { return start + feed + 1 }
            end = start
        }
        return 0
    }
}

/// How a receipt stands on a line.
private enum ReceiptLine {
    private static let checksumLength = 16

    static func bytes(of json: [UInt8]) -> [UInt8] {
        Array(checksum(of: json).utf8) + [UInt8(ascii: " ")] + json + [UInt8(ascii: "\n")]
    }

    /// Nil when the line is not what was written.
    static func receipt(in line: [UInt8]) -> (Receipt, [UInt8])? {
        let json = Array(line.dropFirst(checksumLength + 1))
        guard line.count > checksumLength + 1, line[checksumLength] == UInt8(ascii: " "),
            line.prefix(checksumLength).elementsEqual(checksum(of: json).utf8),
            let receipt = try? CanonicalJSON.value(Receipt.self, from: json)
        else { return nil }
        return (receipt, json)
    }

    private static func checksum(of json: [UInt8]) -> String {
        String(Digest(of: json).hex.prefix(checksumLength))
    }
}
