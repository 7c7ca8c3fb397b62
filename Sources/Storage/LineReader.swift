internal import Glibc

/// The lines of a file, one at a time, however long the file is.
struct LineReader: ~Copyable {
    private let path: String
    private let file: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 18)
    private var unread = 0..<0
    /// Whether the line that came last ended with a line feed; only the end of the file may lack it.
    private(set) var lastLineIsWhole = true

    init(path: String) throws(StorageError) {
        self.path = path
        file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw StorageError("read", path, code: errno) }
    }

    deinit { close(file) }

    /// The next line without its line feed, nil at the end of the file.
    mutating func next() throws(StorageError) -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if let feed = buffer[unread].firstIndex(of: UInt8(ascii: "\n")) {
                line += buffer[unread.lowerBound..<feed]
                unread = (feed + 1)..<unread.upperBound
                lastLineIsWhole = true
                return line
            }
            line += buffer[unread]
            unread = 0..<0
            let count = read(file, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw StorageError("read", path, code: errno) }
            if count == 0 {
                lastLineIsWhole = false
                return line.isEmpty ? nil : line
            }
            unread = 0..<count
        }
    }
}
