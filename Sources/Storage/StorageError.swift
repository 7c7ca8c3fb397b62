public import Tiling
internal import Glibc

/// A file could not be read or written: what was attempted, on which path, what the system said, what to do.
public struct StorageError: Error, Retriable, CustomStringConvertible, Sendable {
    public let description: String
    public let isRetriable: Bool

    /// For content that is not what it should be.
    public init(_ description: String, isRetriable: Bool = false) {
        self.description = description
        self.isRetriable = isRetriable
    }

    /// For a system call that failed with `errno`.
    init(_ verb: String, _ path: String, code: Int32) {
        let said = String(cString: strerror(code))
        isRetriable = [ENOSPC, EDQUOT, EIO, ESTALE, EINTR, EAGAIN, ENETDOWN, ETIMEDOUT, EMFILE, ENFILE]
            .contains(code)
        let advice =
            switch code {
            case ENOSPC, EDQUOT:
                ": free some space under \(DurableFile.folder(of: path)), then `tilth resume` what failed"
            case EACCES, EPERM: ": check its permissions and owner"
            case EROFS: ": the file system is read-only; choose another run directory"
            case ENOENT, ENOTDIR: ": check the path"
            default: ""
            }
        description = "\(path): cannot \(verb): \(said)\(advice)"
    }
}
