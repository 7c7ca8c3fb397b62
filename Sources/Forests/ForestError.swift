/// Why a forest cannot be read, imported or written: one line that names the file and what to do.
public enum ForestError: Error, Equatable, Sendable {
    /// The file cannot be opened or read.
    case unreadable(path: String, reason: String)
    /// The file does not begin as a forest file does.
    case notAForest(path: String)
    /// An older or newer Tilth wrote the file.
    case otherVersion(path: String, version: UInt32)
    /// The file ends too early: a copy that was interrupted, say.
    case truncated(path: String, byteCount: Int, expectedByteCount: Int)
    /// The checksum or an index in the file is wrong.
    case damaged(path: String, detail: String)
    /// A model of another library that Tilth does not take.
    case unsupported(path: String, detail: String)
    /// Trees that cannot become a forest.
    case invalid(detail: String)
}

extension ForestError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)): check the path and its permissions"
        case .notAForest(let path):
            "\(path): not a Tilth forest file: import other formats with 'tilth forest import'"
        case .otherVersion(let path, let version):
            "\(path): forest file version \(version) is "
                + (version > ForestHeader.version ? "newer" : "older")
                + " than this Tilth, which reads version \(ForestHeader.version): "
                + (version > ForestHeader.version ? "update Tilth" : "import or train the forest again")
        case .truncated(let path, let byteCount, let expected):
            "\(path): truncated, \(byteCount) of \(expected) bytes: copy or import the forest again"
        case .damaged(let path, let detail):
            "\(path): damaged forest file (\(detail)): copy or import the forest again"
        case .unsupported(let path, let detail):
            "\(path): \(detail)"
        case .invalid(let detail):
            "the trees do not make a forest: \(detail)"
        }
    }
}
